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
interface ApiErrorFields<Code extends ApiErrorCode = ApiErrorCode> extends ErrorFields<Code> {
    readonly provider: string;
    readonly status: number;
    readonly requestId?: string | undefined;
    readonly providerCode?: string | undefined;
    readonly providerMessage?: string | undefined;
    readonly issues?: readonly ErrorIssue[] | undefined;
    readonly details?: unknown;
    readonly retryAfter?: number | undefined;
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
declare class ApiError extends TokenwrightError {
    protected static readonly codes: readonly ErrorCode[];
    readonly code: ApiErrorCode;
    readonly provider: string;
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
export { ValidationError as $, ApiError as A, PermissionDeniedError as G, LimiterError as L, NotFoundError as N, RateLimitError as R, ServerError as S, TimeoutError as T, TokenNotPendingError as W, TokenwrightError as Y, canRevoke as a0, AuthenticationError as e, ConfigurationError as j, ConnectionError as l, CredentialError as n, InvalidInputError as v, InvalidResponseError as x };
export type { BulkOptions as B, CallOptions as C, OutcomeEvent as D, ErrorCode as E, Fetch as F, PlainApiErrorCode as H, IssuedTokenFields as I, ProviderError as J, KnownError as K, RetryOptions as M, Operation as O, PauseEvent as P, RevokedTokenFields as Q, TimingOptions as U, TokenIssuer as V, TokenRevoker as X, TokenwrightEvent as Z, UserIds as _, IssueOutcome as a, ApiErrorCode as b, ApiErrorFields as c, AttemptEvent as d, CallEvent as f, CallTrace as g, ClientOptions as h, CollectOptions as i, ConfigurationErrorCode as k, Credential as m, CredentialRequest as o, EndedEvent as p, ErrorFields as q, ErrorIssue as r, ErrorScope as s, EventBase as t, EventResult as u, InvalidInputErrorCode as w, InvalidResponseErrorCode as y, LimiterErrorCode as z };
