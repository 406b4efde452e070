import { h as ClientOptions, V as TokenIssuer, I as IssuedTokenFields, C as CallOptions, B as BulkOptions, J as ProviderError, X as TokenRevoker, Q as RevokedTokenFields, m as Credential } from "./issuer-HASH.cjs";
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
type ClerkIssuer = TokenIssuer<ClerkToken, ClerkIssueOptions, BulkOptions, ProviderError<"clerk", ClerkErrorBody>> & TokenRevoker<RevokedClerkToken>;
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
interface JunctionErrorBody {
    readonly detail?: string | readonly unknown[] | Readonly<Record<string, unknown>> | null | undefined;
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
type JunctionCredential = {
    readonly accessToken?: undefined;
} | {
    readonly accessToken?: Credential | undefined;
    readonly apiKey?: undefined;
};
type JunctionOptions = ClientOptions & JunctionCredential & JunctionTarget;
interface JunctionToken extends IssuedTokenFields {
    readonly provider: "junction";
    readonly expiresAt: undefined;
}
interface JunctionIssuer extends TokenIssuer<JunctionToken, CallOptions, BulkOptions, ProviderError<"junction", JunctionErrorBody>> {
    readonly users: JunctionUsers;
    issueTokenForClient(this: void, clientUserId: string, options?: CallOptions): Promise<JunctionToken>;
}
interface SfoxErrorBody {
    readonly error: string;
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
type SfoxIssuer = TokenIssuer<SfoxToken, CallOptions, SfoxBulkOptions, ProviderError<"sfox", SfoxErrorBody>>;
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
type ProviderId = Extract<keyof ProviderTypes, string>;
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
    [P in ProviderId]: ProviderError<P, ProviderTypes[P]["errorBody"]>;
}[ProviderId];
export type { AnyTokenwrightError as A, ClerkOptions as C, IssuedToken as I, JunctionOptions as J, NewJunctionUser as N, ProviderId as P, RevokedClerkToken as R, SfoxOptions as S, ClerkIssuer as a, ProviderOptions as b, ProviderIssuers as c, JunctionIssuer as d, SfoxIssuer as e, ClerkErrorBody as f, ClerkErrorItem as g, ClerkIssueOptions as h, ClerkTarget as i, ClerkToken as j, ClerkTokenStatus as k, JunctionCredential as l, JunctionErrorBody as m, JunctionTarget as n, JunctionToken as o, JunctionUser as p, JunctionUsers as q, SfoxBatchOptions as r, SfoxBulkOptions as s, SfoxErrorBody as t, SfoxTarget as u, SfoxToken as v };
