import type { ProviderError } from '../../errors/known.js';
import type {
  BulkOptions,
  CallOptions,
  ClientOptions,
  IssuedTokenFields,
  RevokedTokenFields,
  TokenIssuer,
  TokenRevoker,
} from '../../issuer.js';
import type { ClerkErrorBody } from './wire.js';

/** Where requests to Clerk go, and a guard against a live key in tests. */
export type ClerkTarget =
  | {
      /** The kind of instance that the key must belong to; checked against its prefix, `sk_live_` or `sk_test_`. */
      readonly environment?: 'production' | 'development' | undefined;
      /** Not together with `environment`. */
      readonly baseUrl?: undefined;
    }
  | {
      /**
       * The URL before `/v1`; excludes `environment`.
       * @default `CLERK_API_URL`, else `https://api.clerk.com`
       */
      readonly baseUrl: string;
      /** Not together with `baseUrl`. */
      readonly environment?: undefined;
    };

/** Options of `createClerk`. The default for `apiKey` is the variable `CLERK_SECRET_KEY`. */
export type ClerkOptions = ClientOptions &
  ClerkTarget & {
    /**
     * The lifetime of the tokens in seconds, from 1. Keep it short: whoever has the token can sign in as the user.
     * @default 2592000, Clerk's own default of 30 days
     */
    readonly expiresInSeconds?: number | undefined;
    /**
     * The version of Clerk's API, sent as the header `Clerk-API-Version`.
     * @default '2026-05-12'
     */
    readonly apiVersion?: string | undefined;
  };

/** Options of one call of Clerk's `issueToken`. */
export interface ClerkIssueOptions extends CallOptions {
  /**
   * The lifetime of this token in seconds, from 1.
   * @default the client's `expiresInSeconds`
   */
  readonly expiresInSeconds?: number | undefined;
  /** The organization to activate when the user signs in; the user must be a member of it. */
  readonly orgId?: string | undefined;
}

/** The documented states of a Clerk sign-in token; Clerk may add others. */
export type ClerkTokenStatus = 'pending' | 'accepted' | 'revoked' | (string & {});

/** A Clerk sign-in token: a frontend uses it once, with the `ticket` strategy, to sign in as this user. */
export interface ClerkToken extends IssuedTokenFields {
  /** Clerk. */
  readonly provider: 'clerk';
  /** The creation time plus the lifetime; Clerk's answer has no expiry time. */
  readonly expiresAt: Date;
  /** The id of the token for {@link TokenRevoker.revokeToken}; not a secret. */
  readonly id: string;
  /** The state of the token: `pending` when it was issued and has not been used. */
  readonly status: ClerkTokenStatus;
  /** A link that signs the user in. It is as secret as the token, and is not printed either. */
  readonly url?: string;
  /** When it was issued. */
  readonly createdAt: Date;
  /** When its status last changed. */
  readonly updatedAt: Date;
}

/** A revoked token. It holds no secret. */
export interface RevokedClerkToken extends RevokedTokenFields {
  /** Clerk. */
  readonly provider: 'clerk';
  /** Always `revoked` after a successful call, unless Clerk adds another. */
  readonly status: ClerkTokenStatus;
  /** When it was issued. */
  readonly createdAt: Date;
  /** When it was revoked. */
  readonly updatedAt: Date;
}

/** A client of Clerk: issues sign-in tokens, for one user or many, and revokes them. */
export type ClerkIssuer = TokenIssuer<
  ClerkToken,
  ClerkIssueOptions,
  BulkOptions,
  ProviderError<'clerk', ClerkErrorBody>
> &
  TokenRevoker<RevokedClerkToken>;
