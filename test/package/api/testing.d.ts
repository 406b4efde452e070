import { ProviderId } from "./index.cjs";
import "./issuer-HASH.cjs";
import "./rate-limit-HASH.cjs";
interface FakeClock {
    readonly now: () => number;
    readonly set: (now: Date | number | string) => void;
    readonly advance: (milliseconds: number) => void;
    readonly reset: () => void;
}
interface FakeCall {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
    readonly status: number | undefined;
    readonly receivedAt: Date;
}
interface FakeFailure {
    readonly status?: number | undefined;
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>> | undefined;
    readonly retryAfter?: number | string | undefined;
    readonly delay?: number | undefined;
    readonly fault?: "drop_connection" | "stall" | "stall_body" | "malformed_body" | undefined;
}
interface FakeRateLimit {
    readonly requests: number;
    readonly perSeconds?: number | undefined;
    readonly penaltySeconds?: number | undefined;
    readonly seconds?: number | undefined;
    readonly scope?: "address" | "route" | undefined;
}
interface FakeEndpoint {
    readonly method: string;
    readonly path: string;
    readonly origins: readonly string[];
}
interface FakeToken {
    readonly token: string;
    readonly userId: string;
    readonly environment: string | undefined;
    readonly expiresAt: Date | undefined;
    readonly usedAt: Date | undefined;
}
interface FakeProvider {
    readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
    readonly origins: readonly string[];
    readonly endpoints: readonly FakeEndpoint[];
    readonly calls: readonly FakeCall[];
    readonly tokens: readonly FakeToken[];
    readonly consume: (token: string) => FakeToken;
    readonly acceptKey: (key: string, environment?: string) => void;
    readonly addUser: (userId: string, environment?: string) => void;
    readonly failNext: (failure: FakeFailure, times?: number) => void;
    readonly failWith: (failure?: FakeFailure) => void;
    readonly limitRate: (limit?: FakeRateLimit) => void;
    readonly reset: () => void;
}
interface FakeClerkToken extends FakeToken {
    readonly id: string;
    readonly organizationId: string | undefined;
    readonly status: "pending" | "accepted" | "revoked";
    readonly createdAt: Date;
    readonly expiresAt: Date;
}
interface FakeClerk extends FakeProvider {
    readonly tokens: readonly FakeClerkToken[];
    readonly consume: (token: string) => FakeClerkToken;
    readonly addOrganization: (organizationId: string, memberIds: readonly string[]) => void;
    organizationsEnabled: boolean;
}
interface FakeJunctionUser {
    readonly userId: string;
    readonly clientUserId: string;
    readonly environment: string | undefined;
    readonly createdOn: Date;
}
interface FakeJunctionToken extends FakeToken {
    readonly issuedAt: Date;
    readonly expiresAt: undefined;
}
interface FakeJunction extends FakeProvider {
    readonly tokens: readonly FakeJunctionToken[];
    readonly consume: (token: string) => FakeJunctionToken;
    readonly createdUsers: readonly FakeJunctionUser[];
    readonly acceptAccessToken: (token: string, key: string) => void;
}
interface FakeSfoxToken extends FakeToken {
    readonly issuedAt: Date;
    readonly expiresAt: Date;
}
interface FakeSfox extends FakeProvider {
    readonly tokens: readonly FakeSfoxToken[];
    readonly consume: (token: string) => FakeSfoxToken;
    unknownUsersInBatch: "refuse" | "leave_out";
    maxBatchSize: number;
}
interface ProviderFakes extends Readonly<Record<ProviderId, FakeProvider>> {
    readonly junction: FakeJunction;
    readonly sfox: FakeSfox;
    readonly clerk: FakeClerk;
}
interface FakeProvidersOptions {
    readonly now?: (() => number | Date) | undefined;
    readonly users?: Readonly<Partial<Record<ProviderId, readonly string[] | undefined>>> | undefined;
    readonly randomSeed?: string | number | undefined;
    readonly keep?: number | undefined;
}
interface FakeProviders extends ProviderFakes {
    readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
    readonly origins: readonly string[];
    readonly endpoints: readonly FakeEndpoint[];
    readonly clock: FakeClock;
    readonly reset: () => void;
}
declare function createFakeProviders(options?: FakeProvidersOptions): FakeProviders;
export { createFakeProviders };
export type { FakeCall, FakeClerk, FakeClerkToken, FakeClock, FakeEndpoint, FakeFailure, FakeJunction, FakeJunctionToken, FakeJunctionUser, FakeProvider, FakeProviders, FakeProvidersOptions, FakeRateLimit, FakeSfox, FakeSfoxToken, FakeToken, ProviderFakes };
