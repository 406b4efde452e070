import type { ProviderError } from '../../errors/known.js';
import type { BulkOptions, CallOptions, ClientOptions, IssuedTokenFields, TokenIssuer } from '../../issuer.js';
import type { SfoxErrorBody } from './wire.js';

/** Where sFOX's requests go. There is no default: the key does not say, and none may lead to production in silence. */
export type SfoxTarget =
  | {
      /** @default `SFOX_ENV` */
      readonly environment?: 'production' | 'sandbox' | undefined;
      /** Not beside `environment`. */
      readonly baseUrl?: undefined;
    }
  | {
      /**
       * What stands before `/v1`; excludes `environment`. For fakes and proxies.
       * @default `SFOX_BASE_URL`
       */
      readonly baseUrl: string;
      /** Not beside `baseUrl`. */
      readonly environment?: undefined;
    };

/** Options of `createSfox`. The key is `SFOX_ENTERPRISE_API_KEY`, or else `ENTERPRISE_API_KEY`, if not given. */
export type SfoxOptions = ClientOptions & SfoxTarget & SfoxBatchOptions;

/** How many users sFOX is asked for at once. */
export interface SfoxBatchOptions {
  /**
   * The most users in one request of a bulk call, from 1 to 500. sFOX documents no maximum.
   * @default 100
   */
  readonly batchSize?: number | undefined;
}

/** An sFOX user auth token: the bearer token of requests that act for this user, as often as needed until it expires. */
export interface SfoxToken extends IssuedTokenFields {
  /** sFOX. */
  readonly provider: 'sfox';
  /** As sFOX gives it: 24 hours after creation. */
  readonly expiresAt: Date;
  /** sFOX's own name for the user. In its documentation it differs from the id asked for in one example. */
  readonly partnerUserId: string;
}

/** What may be chosen for a bulk call to sFOX. */
export interface SfoxBulkOptions extends BulkOptions, SfoxBatchOptions {
  /**
   * Called with the id of a user whom sFOX answered for although nobody had asked for them. Such a token is handed to
   * nobody; that it was issued at all is worth a look. What it throws ends the call.
   */
  readonly onUnexpectedUser?: ((partnerUserId: string) => void) | undefined;
}

/** A client of sFOX: issues user auth tokens, for one user or many. */
export type SfoxIssuer = TokenIssuer<SfoxToken, CallOptions, SfoxBulkOptions, ProviderError<'sfox', SfoxErrorBody>>;
