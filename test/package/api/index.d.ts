import { I as IssuedTokenFields, K as KnownError, a as IssueOutcome } from "./issuer-HASH.cjs";
export { A as ApiError, b as ApiErrorCode, c as ApiErrorFields, d as AttemptEvent, e as AuthenticationError, B as BulkOptions, f as CallEvent, C as CallOptions, g as CallTrace, h as ClientOptions, i as CollectOptions, j as ConfigurationError, k as ConfigurationErrorCode, l as ConnectionError, m as Credential, n as CredentialError, o as CredentialRequest, p as EndedEvent, E as ErrorCode, q as ErrorFields, r as ErrorIssue, s as ErrorScope, t as EventBase, u as EventResult, F as Fetch, v as InvalidInputError, w as InvalidInputErrorCode, x as InvalidResponseError, y as InvalidResponseErrorCode, L as LimiterError, z as LimiterErrorCode, N as NotFoundError, O as Operation, D as OutcomeEvent, P as PauseEvent, G as PermissionDeniedError, H as PlainApiErrorCode, J as ProviderError, R as RateLimitError, M as RetryOptions, Q as RevokedTokenFields, S as ServerError, T as TimeoutError, U as TimingOptions, V as TokenIssuer, W as TokenNotPendingError, X as TokenRevoker, Y as TokenwrightError, Z as TokenwrightEvent, _ as UserIds, $ as ValidationError, a0 as canRevoke } from "./issuer-HASH.cjs";
import { R as RateLimit, a as RateLimiter } from "./rate-limit-HASH.cjs";
export { b as RateLimitAnswer, c as RateLimitRequest, d as RateLimitResult } from "./rate-limit-HASH.cjs";
import { C as ClerkOptions, a as ClerkIssuer, P as ProviderId, b as ProviderOptions, c as ProviderIssuers, A as AnyTokenwrightError, J as JunctionOptions, d as JunctionIssuer, S as SfoxOptions, e as SfoxIssuer } from "./index-HASH.cjs";
export { f as ClerkErrorBody, g as ClerkErrorItem, h as ClerkIssueOptions, i as ClerkTarget, j as ClerkToken, k as ClerkTokenStatus, I as IssuedToken, l as JunctionCredential, m as JunctionErrorBody, n as JunctionTarget, o as JunctionToken, p as JunctionUser, q as JunctionUsers, N as NewJunctionUser, R as RevokedClerkToken, r as SfoxBatchOptions, s as SfoxBulkOptions, t as SfoxErrorBody, u as SfoxTarget, v as SfoxToken } from "./index-HASH.cjs";
type OutcomeJSON = {
    readonly index: number;
    readonly userId: string;
} & ({
    readonly status: "fulfilled";
    readonly value: Readonly<Record<string, string | number | boolean | null>>;
} | {
    readonly status: "rejected";
    readonly reason: Readonly<Record<string, unknown>>;
});
type RestoredToken = Omit<IssuedTokenFields, "token" | "raw"> & {
    readonly token?: string;
};
type RestoredOutcome = {
    readonly index: number;
    readonly userId: string;
} & ({
    readonly status: "fulfilled";
    readonly value: RestoredToken;
} | {
    readonly status: "rejected";
    readonly reason: KnownError;
});
declare function outcomeToJSON(outcome: IssueOutcome, { includeToken }?: {
    readonly includeToken?: boolean | undefined;
}): OutcomeJSON;
declare function outcomeFromJSON(value: unknown): RestoredOutcome | undefined;
declare function errorFromJSON(value: unknown): KnownError | undefined;
declare function createRateLimiter(limit: RateLimit): RateLimiter;
declare function createClerk(options?: ClerkOptions): ClerkIssuer;
declare const providerIds: readonly ProviderId[];
declare function createIssuer<P extends ProviderId>(provider: P, options?: ProviderOptions[P]): ProviderIssuers[P];
declare function isTokenwrightError(value: unknown): value is AnyTokenwrightError;
declare function createJunction(options?: JunctionOptions): JunctionIssuer;
declare function createSfox(options?: SfoxOptions): SfoxIssuer;
export { AnyTokenwrightError, ClerkIssuer, ClerkOptions, IssueOutcome, IssuedTokenFields, JunctionIssuer, JunctionOptions, KnownError, ProviderId, ProviderIssuers, ProviderOptions, RateLimit, RateLimiter, SfoxIssuer, SfoxOptions, createClerk, createIssuer, createJunction, createRateLimiter, createSfox, errorFromJSON, isTokenwrightError, outcomeFromJSON, outcomeToJSON, providerIds };
export type { OutcomeJSON, RestoredOutcome, RestoredToken };
