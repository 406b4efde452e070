import { P as ProviderError } from "./issuer-HASH.cjs";
export { A as ApiError, a as ApiErrorCode, b as AuthenticationError, B as BulkOptions, C as CallOptions, c as ClientOptions, d as CollectOptions, e as ConfigurationError, f as ConfigurationErrorCode, g as ConnectionError, h as CredentialError, E as ErrorCode, i as ErrorIssue, j as ErrorScope, F as Fetch, k as InvalidInputError, l as InvalidInputErrorCode, m as InvalidResponseError, n as InvalidResponseErrorCode, o as IssueOutcome, I as IssuedTokenFields, K as KnownError, L as LimiterError, p as LimiterErrorCode, N as NotFoundError, O as Operation, q as PermissionDeniedError, r as PlainApiErrorCode, R as RateLimitError, s as RetryOptions, t as RevokedTokenFields, S as ServerError, T as TimeoutError, u as TimingOptions, v as TokenIssuer, w as TokenNotPendingError, x as TokenRevoker, y as TokenwrightError, U as UserIds, V as ValidationError, z as canRevoke } from "./issuer-HASH.cjs";
import { C as ClerkOptions, a as ClerkIssuer, P as ProviderId, b as ProviderTypes, c as ProviderOptions, d as ProviderIssuers } from "./index-HASH.cjs";
export { e as ClerkErrorBody, f as ClerkErrorItem, g as ClerkIssueOptions, h as ClerkTarget, i as ClerkToken, j as ClerkTokenStatus, I as IssuedToken, J as JunctionErrorBody, k as JunctionIssuer, l as JunctionOptions, m as JunctionTarget, n as JunctionToken, o as JunctionUser, p as JunctionUsers, N as NewJunctionUser, R as RevokedClerkToken, S as SfoxBatchOptions, q as SfoxBulkOptions, r as SfoxErrorBody, s as SfoxIssuer, t as SfoxOptions, u as SfoxTarget, v as SfoxToken, w as createJunction, x as createSfox } from "./index-HASH.cjs";
declare function createClerk(options?: ClerkOptions): ClerkIssuer;
type AnyTokenwrightError = {
    [P in ProviderId]: ProviderError<P, ProviderTypes[P]["errorBody"]>;
}[ProviderId];
declare const providerIds: readonly ProviderId[];
declare function createIssuer<P extends ProviderId>(provider: P, options?: ProviderOptions[P]): ProviderIssuers[P];
declare function isTokenwrightError(value: unknown): value is AnyTokenwrightError;
export { ClerkIssuer, ClerkOptions, ProviderError, ProviderId, ProviderIssuers, ProviderOptions, createClerk, createIssuer, isTokenwrightError, providerIds };
export type { AnyTokenwrightError };
