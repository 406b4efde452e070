import { a as ClientOptions, b as TokenIssuer, I as IssuedTokenFields, C as CallOptions, c as TokenRevoker, R as RevokedTokenFields, B as BulkOptions, d as ConfigurationError, e as InvalidInputError, A as ApiError, P as PlainApiErrorCode, f as AuthenticationError, g as PermissionDeniedError, N as NotFoundError, V as ValidationError, h as TokenNotPendingError, i as RateLimitError, S as ServerError, j as ConnectionError, k as TimeoutError, l as InvalidResponseError } from "./issuer.cjs";
export { m as ApiErrorCode, n as CollectOptions, o as ConfigurationErrorCode, E as ErrorCode, p as ErrorIssue, F as Fetch, q as InvalidInputErrorCode, r as InvalidResponseErrorCode, s as IssueOutcome, O as Operation, t as RetryOptions, u as TimingOptions, T as TokenwrightError, U as UserIds, v as canRevoke } from "./issuer.cjs";
type ClerkTarget = {
    readonly environment?: "production" | "development" | undefined;
    readonly baseUrl?: undefined;
} | {
    readonly baseUrl: string;
    readonly environment?: undefined;
};
type ClerkOptions = ClientOptions & ClerkTarget & {
    readonly expiresInSeconds?: number | undefined;
    readonly apiVersion?: string | undefined;
};
interface ClerkIssueOptions extends CallOptions {
    readonly expiresInSeconds?: number | undefined;
    readonly orgId?: string | undefined;
}
type ClerkTokenStatus = "pending" | "accepted" | "revoked" | (string & {});
interface ClerkToken extends IssuedTokenFields {
    readonly provider: "clerk";
    readonly expiresAt: Date;
    readonly id: string;
    readonly status: ClerkTokenStatus;
    readonly url?: string;
    readonly createdAt: Date;
    readonly updatedAt: Date;
}
interface RevokedClerkToken extends RevokedTokenFields {
    readonly provider: "clerk";
    readonly status: ClerkTokenStatus;
    readonly createdAt: Date;
    readonly updatedAt: Date;
}
type ClerkIssuer = TokenIssuer<ClerkToken, ClerkIssueOptions> & TokenRevoker<RevokedClerkToken>;
declare function createClerk(options?: ClerkOptions): ClerkIssuer;
interface ClerkErrorItem {
    readonly message: string;
    readonly long_message?: string | null | undefined;
    readonly code: string;
    readonly meta?: Readonly<Record<string, unknown>> | null | undefined;
}
interface ClerkErrorBody {
    readonly errors: readonly ClerkErrorItem[];
    readonly clerk_trace_id?: string | null | undefined;
}
interface JunctionUser {
    readonly provider: "junction";
    readonly userId: string;
    readonly clientUserId: string;
    readonly createdOn: Date | undefined;
}
interface NewJunctionUser {
    readonly clientUserId: string;
    readonly fallbackTimeZone?: string | undefined;
    readonly fallbackBirthDate?: string | undefined;
    readonly ingestionStart?: string | undefined;
    readonly ingestionEnd?: string | undefined;
}
interface JunctionUsers {
    create(this: void, user: NewJunctionUser, options?: CallOptions): Promise<JunctionUser>;
    resolve(this: void, clientUserId: string, options?: CallOptions): Promise<JunctionUser>;
    ensure(this: void, clientUserId: string, options?: CallOptions): Promise<JunctionUser>;
}
type JunctionTarget = {
    readonly environment?: "production" | "sandbox" | undefined;
    readonly region?: "us" | "eu" | undefined;
    readonly baseUrl?: undefined;
} | {
    readonly baseUrl: string;
    readonly environment?: undefined;
    readonly region?: undefined;
};
type JunctionOptions = ClientOptions & JunctionTarget;
interface JunctionToken extends IssuedTokenFields {
    readonly provider: "junction";
    readonly expiresAt: undefined;
}
interface JunctionIssuer extends TokenIssuer<JunctionToken> {
    readonly users: JunctionUsers;
    issueTokenForClient(this: void, clientUserId: string, options?: CallOptions): Promise<JunctionToken>;
}
declare function createJunction(options?: JunctionOptions): JunctionIssuer;
interface JunctionErrorBody {
    readonly detail?: string | readonly unknown[] | Readonly<Record<string, unknown>> | null | undefined;
}
type SfoxTarget = {
    readonly environment?: "production" | "sandbox" | undefined;
    readonly baseUrl?: undefined;
} | {
    readonly baseUrl: string;
    readonly environment?: undefined;
};
type SfoxOptions = ClientOptions & SfoxTarget & SfoxBatchOptions;
interface SfoxBatchOptions {
    readonly batchSize?: number | undefined;
}
interface SfoxToken extends IssuedTokenFields {
    readonly provider: "sfox";
    readonly expiresAt: Date;
    readonly partnerUserId: string;
}
interface SfoxBulkOptions extends BulkOptions, SfoxBatchOptions {
    readonly onUnexpectedUser?: ((partnerUserId: string) => void) | undefined;
}
type SfoxIssuer = TokenIssuer<SfoxToken, CallOptions, SfoxBulkOptions>;
declare function createSfox(options?: SfoxOptions): SfoxIssuer;
interface SfoxErrorBody {
    readonly error: string;
}
interface ProviderTypes {
    readonly junction: {
        options: JunctionOptions;
        issuer: JunctionIssuer;
        errorBody: JunctionErrorBody;
    };
    readonly sfox: {
        options: SfoxOptions;
        issuer: SfoxIssuer;
        errorBody: SfoxErrorBody;
    };
    readonly clerk: {
        options: ClerkOptions;
        issuer: ClerkIssuer;
        errorBody: ClerkErrorBody;
    };
}
type ProviderErrorUnion<Provider extends string, Details> = (ConfigurationError & Of<Provider>) | (InvalidInputError & Of<Provider>) | (ApiError & {
    readonly code: PlainApiErrorCode;
} & Answered<Provider, Details>) | (AuthenticationError & Answered<Provider, Details>) | (PermissionDeniedError & Answered<Provider, Details>) | (NotFoundError & Answered<Provider, Details>) | (ValidationError & Answered<Provider, Details>) | (TokenNotPendingError & Answered<Provider, Details>) | (RateLimitError & Answered<Provider, Details>) | (ServerError & Answered<Provider, Details>) | (ConnectionError & Of<Provider>) | (TimeoutError & Of<Provider>) | (InvalidResponseError & Of<Provider>);
interface Of<Provider extends string> {
    readonly provider: Provider | undefined;
}
interface Answered<Provider extends string, Details> {
    readonly provider: Provider;
    readonly details: Details | undefined;
}
type ProviderId = keyof ProviderTypes;
type ProviderOptions = {
    [P in ProviderId]: ProviderTypes[P]["options"];
};
type ProviderIssuers = {
    [P in ProviderId]: ProviderTypes[P]["issuer"];
};
type IssuedToken = {
    [P in ProviderId]: Awaited<ReturnType<ProviderIssuers[P]["issueToken"]>>;
}[ProviderId];
type AnyTokenwrightError = {
    [P in ProviderId]: ProviderErrorUnion<P, ProviderTypes[P]["errorBody"]>;
}[ProviderId];
declare const providerIds: readonly ProviderId[];
declare function createIssuer<P extends ProviderId>(provider: P, options?: ProviderOptions[P]): ProviderIssuers[P];
declare function isTokenwrightError(value: unknown): value is AnyTokenwrightError;
export { ApiError, AuthenticationError, BulkOptions, CallOptions, ClientOptions, ConfigurationError, ConnectionError, InvalidInputError, InvalidResponseError, IssuedTokenFields, NotFoundError, PermissionDeniedError, PlainApiErrorCode, RateLimitError, RevokedTokenFields, ServerError, TimeoutError, TokenIssuer, TokenNotPendingError, TokenRevoker, ValidationError, createClerk, createIssuer, createJunction, createSfox, isTokenwrightError, providerIds };
export type { AnyTokenwrightError, ClerkErrorBody, ClerkErrorItem, ClerkIssueOptions, ClerkIssuer, ClerkOptions, ClerkTarget, ClerkToken, ClerkTokenStatus, IssuedToken, JunctionErrorBody, JunctionIssuer, JunctionOptions, JunctionTarget, JunctionToken, JunctionUser, JunctionUsers, NewJunctionUser, ProviderId, ProviderIssuers, ProviderOptions, RevokedClerkToken, SfoxBatchOptions, SfoxBulkOptions, SfoxErrorBody, SfoxIssuer, SfoxOptions, SfoxTarget, SfoxToken };
