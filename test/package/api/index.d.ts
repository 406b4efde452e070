import { I as IssuedTokenFields, K as KnownError, a as IssueOutcome, R as RateLimit, b as RateLimiter } from "./issuer-HASH.cjs";
export { A as ApiError, c as ApiErrorCode, d as AttemptEvent, e as AuthenticationError, B as BulkOptions, f as CallEvent, C as CallOptions, g as CallTrace, h as ClientOptions, i as CollectOptions, j as ConfigurationError, k as ConfigurationErrorCode, l as ConnectionError, m as Credential, n as CredentialError, o as CredentialRequest, p as EndedEvent, E as ErrorCode, q as ErrorIssue, r as ErrorScope, s as EventBase, t as EventResult, F as Fetch, u as InvalidInputError, v as InvalidInputErrorCode, w as InvalidResponseError, x as InvalidResponseErrorCode, L as LimiterError, y as LimiterErrorCode, N as NotFoundError, O as Operation, z as OutcomeEvent, P as PauseEvent, D as PermissionDeniedError, G as PlainApiErrorCode, H as ProviderError, J as RateLimitAnswer, M as RateLimitError, Q as RateLimitRequest, S as RateLimitResult, T as RetryOptions, U as RevokedTokenFields, V as ServerError, W as TimeoutError, X as TimingOptions, Y as TokenIssuer, Z as TokenNotPendingError, _ as TokenRevoker, $ as TokenwrightError, a0 as TokenwrightEvent, a1 as UserIds, a2 as ValidationError, a3 as canRevoke } from "./issuer-HASH.cjs";
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
    readonly includeToken?: boolean;
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
