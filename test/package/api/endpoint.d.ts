import { IssuedTokenFields, CallOptions, ErrorCode, KnownError } from "./index.cjs";
import "./rate-limit-HASH.cjs";
type MaybePromise<T> = T | Promise<T>;
interface TokenSource {
    readonly provider: IssuedTokenFields["provider"];
    readonly issueToken: (userId: string, options?: CallOptions) => Promise<IssuedTokenFields>;
    readonly revokeToken?: ((tokenId: string) => Promise<unknown>) | undefined;
}
interface Authorization {
    readonly userId: string;
    readonly caller?: string | undefined;
}
type TokenEndpointOutcome = "issued" | "unauthenticated" | "cross_site" | "too_many_requests" | "aborted" | ErrorCode;
interface TokenEndpointRecord {
    readonly provider: string | undefined;
    readonly caller: string | undefined;
    readonly userId: string | undefined;
    readonly outcome: TokenEndpointOutcome;
    readonly status: number;
    readonly tokenId: string | undefined;
    readonly expiresAt: Date | undefined;
    readonly requestId: string | undefined;
    readonly durationMilliseconds: number;
    readonly error: KnownError | undefined;
}
interface TokenEndpointOptions<C = unknown> {
    readonly issuer: TokenSource | (() => MaybePromise<TokenSource>);
    readonly authorize: (request: Request, context: C) => MaybePromise<string | Authorization | Response | null | undefined>;
    readonly origins?: readonly string[] | ((origin: string, request: Request, context: C) => MaybePromise<boolean>) | undefined;
    readonly format?: "default" | "junction_guide" | undefined;
    readonly limitRate?: ((authorization: Authorization, request: Request, context: C) => MaybePromise<number | null | undefined>) | undefined;
    readonly audit?: ((record: TokenEndpointRecord, request: Request, context: C) => unknown) | undefined;
}
type TokenEndpoint<C = unknown> = (request: Request, ...context: unknown extends C ? [
    context?: unknown
] : [
    context: C
]) => Promise<Response>;
declare function createTokenEndpoint<C = unknown>(options: TokenEndpointOptions<C>): TokenEndpoint<C>;
interface NodeRequest {
    readonly method?: string | undefined;
    readonly url?: string | undefined;
    readonly headers: Readonly<Record<string, string | string[] | undefined>>;
    readonly socket?: object | undefined;
}
interface NodeResponse {
    statusCode: number;
    readonly headersSent: boolean;
    readonly writableFinished: boolean;
    readonly destroyed?: boolean | undefined;
    setHeader(name: string, value: string | string[]): unknown;
    end(body: Uint8Array): unknown;
    once(event: "close", listener: () => void): unknown;
}
interface NodeContext<Req = NodeRequest, Res = NodeResponse> {
    readonly req: Req;
    readonly res: Res;
}
interface NodeHandlerOptions<Req = NodeRequest> {
    readonly onError?: ((error: unknown, req: Req) => void) | undefined;
}
declare function toNodeHandler<Req extends NodeRequest = NodeRequest, Res extends NodeResponse = NodeResponse>(endpoint: (request: Request, context: NodeContext<Req, Res>) => Promise<Response>, options?: NodeHandlerOptions<Req>): (req: Req, res: Res, next?: (error?: unknown) => void) => Promise<void>;
export { createTokenEndpoint, toNodeHandler };
export type { Authorization, NodeContext, NodeHandlerOptions, NodeRequest, NodeResponse, TokenEndpoint, TokenEndpointOptions, TokenEndpointOutcome, TokenEndpointRecord, TokenSource };
