import { R as RateLimit, a as RateLimiter } from "./rate-limit-HASH.cjs";
type Operation = "createClient" | "issueToken" | "issueTokens" | "revokeToken" | "createUser" | "resolveUser";
type ConfigurationErrorCode = "missing_api_key" | "invalid_api_key" | "environment_mismatch" | "invalid_option";
type LimiterErrorCode = "limit_reached" | "limiter_failed";
type InvalidInputErrorCode = "invalid_user_id" | "invalid_token_id";
type InvalidResponseErrorCode = "invalid_response" | "not_issued";
type PlainApiErrorCode = "bad_request" | "conflict" | "user_exists" | "user_limit_reached" | "unexpected_status";
type ApiErrorCode = PlainApiErrorCode | "unauthorized" | "forbidden" | "not_found" | "validation_failed" | "token_not_pending" | "rate_limited" | "server_error";
type ErrorCode = ConfigurationErrorCode | "api_key_unavailable" | LimiterErrorCode | InvalidInputErrorCode | ApiErrorCode | "connection_failed" | "timeout" | InvalidResponseErrorCode;
type ErrorScope = "user" | "account" | "service";
interface ErrorIssue {
    readonly path: readonly (string | number)[];
    readonly code: string | undefined;
    readonly message: string;
}
interface ErrorFields<Code extends ErrorCode = ErrorCode> {
    readonly code: Code;
    readonly message: string;
    readonly provider: string | undefined;
    readonly operation: Operation;
    readonly retryable?: boolean | undefined;
    readonly scope?: ErrorScope | undefined;
    readonly cause?: Error | undefined;
}
declare abstract class TokenwrightError extends Error {
    protected static readonly codes: readonly ErrorCode[] | undefined;
    static [Symbol.hasInstance](value: unknown): boolean;
    readonly code: ErrorCode;
    readonly provider: string | undefined;
    readonly operation: Operation;
    readonly retryable: boolean;
    readonly scope: ErrorScope;
    constructor(name: string, fields: ErrorFields);
    toJSON(): object;
}
declare class ConfigurationError extends TokenwrightError {
    protected static readonly codes: readonly ErrorCode[];
    readonly code: ConfigurationErrorCode;
    constructor(fields: ErrorFields<ConfigurationErrorCode>);
}
declare class CredentialError extends TokenwrightError {
    protected static readonly codes: readonly ErrorCode[];
    readonly code: "api_key_unavailable";
    constructor(fields: ErrorFields<"api_key_unavailable">);
}
declare class LimiterError extends TokenwrightError {
    protected static readonly codes: readonly ErrorCode[];
    readonly code: LimiterErrorCode;
    readonly retryAfter: number | undefined;
    constructor(fields: ErrorFields<LimiterErrorCode> & {
        readonly retryAfter?: number | undefined;
    });
}
declare class InvalidInputError extends TokenwrightError {
    protected static readonly codes: readonly ErrorCode[];
    readonly code: InvalidInputErrorCode;
    constructor(fields: ErrorFields<InvalidInputErrorCode>);
}
interface ApiErrorFields<Code extends ApiErrorCode = ApiErrorCode> extends ErrorFields<Code> {
    readonly status: number;
    readonly requestId?: string | undefined;
    readonly providerCode?: string | undefined;
    readonly providerMessage?: string | undefined;
    readonly issues?: readonly ErrorIssue[] | undefined;
    readonly details?: unknown;
    readonly retryAfter?: number | undefined;
}
declare class ApiError extends TokenwrightError {
    protected static readonly codes: readonly ErrorCode[];
    readonly code: ApiErrorCode;
    readonly status: number;
    readonly requestId: string | undefined;
    readonly providerCode: string | undefined;
    readonly providerMessage: string | undefined;
    readonly issues: readonly ErrorIssue[];
    readonly details: unknown;
    readonly retryAfter: number | undefined;
    constructor(fields: ApiErrorFields, name?: string);
}
declare class AuthenticationError extends ApiError {
    protected static readonly codes: readonly ErrorCode[];
    readonly code: "unauthorized";
    constructor(fields: ApiErrorFields<"unauthorized">);
}
declare class PermissionDeniedError extends ApiError {
    protected static readonly codes: readonly ErrorCode[];
    readonly code: "forbidden";
    readonly status: 403;
    constructor(fields: ApiErrorFields<"forbidden">);
}
declare class NotFoundError extends ApiError {
    protected static readonly codes: readonly ErrorCode[];
    readonly code: "not_found";
    readonly status: 404;
    constructor(fields: ApiErrorFields<"not_found">);
}
declare class ValidationError extends ApiError {
    protected static readonly codes: readonly ErrorCode[];
    readonly code: "validation_failed";
    readonly status: 422;
    constructor(fields: ApiErrorFields<"validation_failed">);
}
declare class TokenNotPendingError extends ApiError {
    protected static readonly codes: readonly ErrorCode[];
    readonly code: "token_not_pending";
    constructor(fields: ApiErrorFields<"token_not_pending">);
}
declare class RateLimitError extends ApiError {
    protected static readonly codes: readonly ErrorCode[];
    readonly code: "rate_limited";
    readonly status: 429;
    constructor(fields: ApiErrorFields<"rate_limited">);
}
declare class ServerError extends ApiError {
    protected static readonly codes: readonly ErrorCode[];
    readonly code: "server_error";
    constructor(fields: ApiErrorFields<"server_error">);
}
declare class ConnectionError extends TokenwrightError {
    protected static readonly codes: readonly ErrorCode[];
    readonly code: "connection_failed";
    constructor(fields: ErrorFields<"connection_failed">);
}
declare class TimeoutError extends TokenwrightError {
    protected static readonly codes: readonly ErrorCode[];
    readonly code: "timeout";
    readonly timeout: number;
    constructor(fields: ErrorFields<"timeout"> & {
        readonly timeout: number;
    });
}
declare class InvalidResponseError extends TokenwrightError {
    protected static readonly codes: readonly ErrorCode[];
    readonly code: InvalidResponseErrorCode;
    readonly status: number;
    readonly requestId: string | undefined;
    constructor(fields: ErrorFields<InvalidResponseErrorCode> & {
        readonly status: number;
        readonly requestId?: string | undefined;
    });
}
type ProviderError<Provider extends string = string, Details = unknown> = ((ConfigurationError | CredentialError | LimiterError | InvalidInputError | ConnectionError | TimeoutError | InvalidResponseError) & {
    readonly provider: Provider | undefined;
}) | (((ApiError & {
    readonly code: PlainApiErrorCode;
}) | AuthenticationError | PermissionDeniedError | NotFoundError | ValidationError | TokenNotPendingError | RateLimitError | ServerError) & {
    readonly provider: Provider;
    readonly details: Details | undefined;
});
type KnownError = ProviderError;
type EventResult = "ok" | "aborted" | ErrorCode;
interface EventBase {
    readonly provider: string;
    readonly operation: Operation;
    readonly callId: string;
    readonly bulkId?: string;
}
interface EndedEvent extends EventBase {
    readonly result: EventResult;
    readonly users: number;
    readonly startedAt: number;
    readonly durationMilliseconds: number;
    readonly status?: number;
    readonly requestId?: string;
}
interface AttemptEvent extends EndedEvent {
    readonly type: "attempt";
    readonly attempt: number;
    readonly retryInMilliseconds?: number;
}
interface CallEvent extends EndedEvent {
    readonly type: "call";
    readonly attempts: number;
    readonly waitedMilliseconds: number;
}
interface OutcomeEvent extends EventBase {
    readonly type: "outcome";
    readonly result: EventResult;
}
interface PauseEvent {
    readonly type: "pause";
    readonly provider: string;
    readonly reason: "refused" | "limit";
    readonly durationMilliseconds: number;
}
type TokenwrightEvent = AttemptEvent | CallEvent | OutcomeEvent | PauseEvent;
type CallTrace = EventBase & Partial<CallEvent> & {
    readonly error?: EventResult;
};
type Fetch = (url: string, init: RequestInit) => Promise<Response>;
interface RetryOptions {
    readonly limit?: number | undefined;
    readonly statusCodes?: readonly number[] | undefined;
}
interface TimingOptions {
    readonly timeout?: number | undefined;
    readonly attemptTimeout?: number | undefined;
    readonly retry?: number | RetryOptions | undefined;
}
interface CallOptions extends TimingOptions {
    readonly signal?: AbortSignal | undefined;
}
interface CredentialRequest {
    readonly rejected: boolean;
}
type Credential = string | ((request: CredentialRequest) => string | Promise<string>);
interface ClientOptions extends TimingOptions {
    readonly apiKey?: Credential | undefined;
    readonly fetch?: Fetch | undefined;
    readonly allowHttp?: boolean | undefined;
    readonly rateLimit?: RateLimit | RateLimiter | false | undefined;
    readonly onEvent?: ((event: TokenwrightEvent) => unknown) | undefined;
}
interface IssuedTokenFields {
    readonly provider: string;
    readonly userId: string;
    readonly token: string;
    readonly expiresAt: Date | undefined;
    readonly issuedAt?: Date | undefined;
    readonly requestId?: string | undefined;
    readonly raw?: unknown;
}
interface RevokedTokenFields {
    readonly provider: string;
    readonly id: string;
    readonly userId: string;
    readonly raw?: unknown;
}
type IssueOutcome<T extends IssuedTokenFields = IssuedTokenFields, E extends TokenwrightError = KnownError> = {
    readonly index: number;
    readonly userId: string;
} & ({
    readonly status: "fulfilled";
    readonly value: T;
} | {
    readonly status: "rejected";
    readonly reason: E;
});
interface BulkOptions {
    readonly concurrency?: number | undefined;
    readonly giveUpAfter?: number | undefined;
}
interface CollectOptions<T extends IssuedTokenFields = IssuedTokenFields, E extends TokenwrightError = KnownError> {
    readonly onOutcome?: ((outcome: IssueOutcome<T, E>) => unknown) | undefined;
}
type UserIds = Iterable<string> | AsyncIterable<string>;
interface TokenIssuer<T extends IssuedTokenFields = IssuedTokenFields, O extends CallOptions = CallOptions, B extends BulkOptions = BulkOptions, E extends TokenwrightError = KnownError> {
    readonly provider: T["provider"];
    issueToken(this: void, userId: string, options?: O): Promise<T>;
    issueTokens(this: void, userIds: UserIds, options?: O & B & CollectOptions<T, E>): Promise<IssueOutcome<T, E>[]>;
    streamTokens(this: void, userIds: UserIds, options?: O & B): AsyncGenerator<IssueOutcome<T, E>, void>;
}
interface TokenRevoker<T extends RevokedTokenFields = RevokedTokenFields> {
    revokeToken(this: void, tokenId: string, options?: CallOptions): Promise<T>;
}
declare function canRevoke<I extends Pick<TokenIssuer, "provider">>(issuer: I): issuer is I & TokenRevoker;
export { ApiError as A, LimiterError as L, NotFoundError as N, RateLimitError as R, ServerError as S, TimeoutError as T, TokenNotPendingError as U, TokenwrightError as W, ValidationError as Z, canRevoke as _, AuthenticationError as d, ConfigurationError as i, ConnectionError as k, CredentialError as m, InvalidInputError as t, InvalidResponseError as v, PermissionDeniedError as z };
export type { BulkOptions as B, CallOptions as C, PlainApiErrorCode as D, ErrorCode as E, Fetch as F, ProviderError as G, RetryOptions as H, IssuedTokenFields as I, RevokedTokenFields as J, KnownError as K, TimingOptions as M, Operation as O, PauseEvent as P, TokenIssuer as Q, TokenRevoker as V, TokenwrightEvent as X, UserIds as Y, IssueOutcome as a, ApiErrorCode as b, AttemptEvent as c, CallEvent as e, CallTrace as f, ClientOptions as g, CollectOptions as h, ConfigurationErrorCode as j, Credential as l, CredentialRequest as n, EndedEvent as o, ErrorIssue as p, ErrorScope as q, EventBase as r, EventResult as s, InvalidInputErrorCode as u, InvalidResponseErrorCode as w, LimiterErrorCode as x, OutcomeEvent as y };
