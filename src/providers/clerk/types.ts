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

/** Where Clerk's requests go, and the guard against a live key in a test. */
export type ClerkTarget =
  | {
      /** The kind of instance that the key must be of; checked against its prefix, `sk_live_` or `sk_test_`. */
      readonly environment?: 'production' | 'development' | undefined;
      /** Not beside `environment`. */
      readonly baseUrl?: undefined;
    }
  | {
      /**
       * What stands before `/v1`; excludes `environment`.
       * @default `CLERK_API_URL`, else `https://api.clerk.com`
       */
      readonly baseUrl: string;
      /** Not beside `baseUrl`. */
      readonly environment?: undefined;
    };

/** Options of `createClerk`. The key is `CLERK_SECRET_KEY` if not given. */
export type ClerkOptions = ClientOptions &
  ClerkTarget & {
    /**
     * Lifetime of the tokens in seconds, from 1. The shorter, the better: whoever has the token signs in as the user.
     * @default 2592000, which is Clerk's own default of 30 days
     */
    readonly expiresInSeconds?: number | undefined;
    /**
     * Sent as `Clerk-API-Version`.
     * @default '2026-05-12'
     */
    readonly apiVersion?: string | undefined;
  };

/** Options of one call of Clerk's `issueToken`. */
export interface ClerkIssueOptions extends CallOptions {
  /**
   * Lifetime of this token in seconds, from 1.
   * @default the client's `expiresInSeconds`
   */
  readonly expiresInSeconds?: number | undefined;
  /** The organization to activate when the user signs in; the user must be a member of it. */
  readonly orgId?: string | undefined;
}

/** The states of a Clerk sign-in token that are documented; Clerk may add others. */
export type ClerkTokenStatus = 'pending' | 'accepted' | 'revoked' | (string & {});

/** A Clerk sign-in token: a frontend uses it once, with the `ticket` strategy, to sign in as this user. */
export interface ClerkToken extends IssuedTokenFields {
  /** Clerk. */
  readonly provider: 'clerk';
  /** The creation time and the lifetime that was asked for; the answer has no expiry of its own. */
  readonly expiresAt: Date;
  /** Names the token for {@link TokenRevoker.revokeToken}; no secret. */
  readonly id: string;
  /** Issued, and not used yet. */
  readonly status: ClerkTokenStatus;
  /** A link that signs the user in, as secret as the token. Not printed either. */
  readonly url?: string;
  /** When it was issued. */
  readonly createdAt: Date;
  /** When its status last changed. */
  readonly updatedAt: Date;
}

/** What is left of a token that was revoked. It holds no secret. */
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
