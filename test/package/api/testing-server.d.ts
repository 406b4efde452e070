import { FakeRateLimit, FakeProviders, FakeProvidersOptions } from "./testing.cjs";
import { ProviderId } from "./index.cjs";
import "./issuer-HASH.cjs";
import "./rate-limit-HASH.cjs";
type OfProviders<T> = Readonly<Partial<Record<ProviderId, T>>>;
interface FakeServerKey {
    readonly key: string;
    readonly environment?: string;
}
interface FakeServerOrganizations {
    readonly clerk?: Readonly<Record<string, readonly string[]>>;
}
interface FakeServerData {
    readonly users?: OfProviders<readonly string[]>;
    readonly keys?: OfProviders<readonly (string | FakeServerKey)[]>;
    readonly organizations?: FakeServerOrganizations;
    readonly limits?: OfProviders<FakeRateLimit>;
}
interface ServedFakes {
    readonly url: string;
    readonly baseUrls: Readonly<Record<ProviderId, string>>;
    readonly close: () => Promise<void>;
}
interface FakeServerOptions extends Pick<FakeProvidersOptions, "now" | "randomSeed"> {
    readonly port?: number | undefined;
    readonly host?: string | undefined;
    readonly data?: FakeServerData | undefined;
    readonly unknown?: "accept" | "refuse" | undefined;
    readonly keep?: number | undefined;
    readonly onRequest?: ((line: string) => void) | undefined;
}
interface FakeServer extends ServedFakes {
    readonly url: string;
    readonly baseUrls: ServedFakes["baseUrls"];
    readonly fakes: FakeProviders;
    readonly close: () => Promise<void>;
    readonly [Symbol.asyncDispose]: () => Promise<void>;
}
declare function startFakeServer(options?: FakeServerOptions): Promise<FakeServer>;
export { startFakeServer };
export type { FakeServer, FakeServerData, FakeServerKey, FakeServerOptions, FakeServerOrganizations };
