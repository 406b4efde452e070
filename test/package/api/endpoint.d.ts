import { IssuedTokenFields, CallOptions, ErrorCode, KnownError } from "./index.cjs";
interface TokenSource {
    readonly provider: IssuedTokenFields["provider"];
    readonly issueToken: (userId: string, options?: CallOptions) => Promise<IssuedTokenFields>;
}
interface Authorization {
    readonly userId: string;
    readonly caller?: string | undefined;
}
interface TokenEndpointRecord {
    readonly provider: string;
    readonly caller: string | undefined;
    readonly userId: string | undefined;
    readonly outcome: "issued" | "unauthenticated" | "too_many_requests" | "aborted" | ErrorCode;
    readonly status: number;
    readonly error: KnownError | undefined;
}
type MaybePromise<T> = T | Promise<T>;
interface TokenEndpointOptions {
    readonly issuer: TokenSource;
    readonly authorize: (request: Request) => MaybePromise<string | Authorization | Response | null | undefined>;
    readonly format?: "default" | "junction_guide" | undefined;
    readonly limitRate?: ((authorization: Authorization, request: Request) => MaybePromise<number | null | undefined>) | undefined;
    readonly audit?: ((record: TokenEndpointRecord, request: Request) => unknown) | undefined;
}
declare function createTokenEndpoint(options: TokenEndpointOptions): (request: Request) => Promise<Response>;
export { createTokenEndpoint };
export type { Authorization, TokenEndpointOptions, TokenEndpointRecord, TokenSource };
