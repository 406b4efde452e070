import { ProviderId } from "./index.cjs";
import "./issuer-HASH.cjs";
interface FakeCall {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
    readonly status: number | undefined;
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
    readonly seconds: number;
}
interface FakeProvider {
    readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
    readonly origins: readonly string[];
    readonly calls: readonly FakeCall[];
    readonly acceptKey: (key: string, environment?: string) => void;
    readonly addUser: (userId: string) => void;
    readonly failNext: (failure: FakeFailure, times?: number) => void;
    readonly failWith: (failure?: FakeFailure) => void;
    readonly limitRate: (limit?: FakeRateLimit) => void;
    readonly reset: () => void;
}
interface FakeClerkToken {
    readonly id: string;
    readonly token: string;
    readonly userId: string;
    readonly organizationId: string | undefined;
    readonly status: "pending" | "accepted" | "revoked";
    readonly createdAt: Date;
    readonly expiresAt: Date;
}
interface FakeClerk extends FakeProvider {
    readonly tokens: readonly FakeClerkToken[];
    readonly consume: (token: string) => FakeClerkToken;
    readonly addOrganization: (organizationId: string, memberIds: readonly string[]) => void;
}
interface FakeJunctionToken {
    readonly token: string;
    readonly userId: string;
    readonly issuedAt: Date;
}
interface FakeJunctionUser {
    readonly userId: string;
    readonly clientUserId: string;
    readonly createdOn: Date;
}
interface FakeJunction extends FakeProvider {
    readonly tokens: readonly FakeJunctionToken[];
    readonly createdUsers: readonly FakeJunctionUser[];
}
interface FakeSfoxToken {
    readonly token: string;
    readonly userId: string;
    readonly issuedAt: Date;
    readonly expiresAt: Date;
}
interface FakeSfox extends FakeProvider {
    readonly tokens: readonly FakeSfoxToken[];
    unknownUsersInBatch: "refuse" | "leave_out";
    maxBatchSize: number;
}
interface FakeProvidersOptions {
    readonly now?: (() => number | Date) | undefined;
    readonly users?: Readonly<Partial<Record<ProviderId, readonly string[] | undefined>>> | undefined;
}
interface FakeProviders extends Readonly<Record<ProviderId, FakeProvider>> {
    readonly junction: FakeJunction;
    readonly sfox: FakeSfox;
    readonly clerk: FakeClerk;
    readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
    readonly origins: readonly string[];
    readonly reset: () => void;
}
declare function createFakeProviders(options?: FakeProvidersOptions): FakeProviders;
export { createFakeProviders };
export type { FakeCall, FakeClerk, FakeClerkToken, FakeFailure, FakeJunction, FakeJunctionToken, FakeJunctionUser, FakeProvider, FakeProviders, FakeProvidersOptions, FakeRateLimit, FakeSfox, FakeSfoxToken };
