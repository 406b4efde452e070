import type { ProviderError } from '../../errors/known.js';
import type { BulkOptions, CallOptions, ClientOptions, IssuedTokenFields, TokenIssuer } from '../../issuer.js';
import type { SfoxErrorBody } from './wire.js';

/**
 * Where requests to sFOX go. There is no default environment: sFOX's keys do not tell it, and requests must not go to
 * production by mistake.
 */
export type SfoxTarget =
  | {
      /**
       * The environment of the key.
       * @default `SFOX_ENV`
       */
      readonly environment?: 'production' | 'sandbox' | undefined;
      /** Not together with `environment`. */
      readonly baseUrl?: undefined;
    }
  | {
      /**
       * The URL before `/v1`; excludes `environment`. For fakes and proxies.
       * @default `SFOX_BASE_URL`
       */
      readonly baseUrl: string;
      /** Not together with `baseUrl`. */
      readonly environment?: undefined;
    };

/** Options of `createSfox`. The default for `apiKey` is the variable `SFOX_ENTERPRISE_API_KEY`, else `ENTERPRISE_API_KEY`. */
export type SfoxOptions = ClientOptions & SfoxTarget & SfoxBatchOptions;

/** The size of the requests of a bulk call to sFOX. */
export interface SfoxBatchOptions {
  /**
   * The maximum number of users in one request of a bulk call, from 1 to 500. sFOX documents no maximum.
   * @default 100
   */
  readonly batchSize?: number | undefined;
}

/** An sFOX user auth token: a bearer token for requests on behalf of this user, reusable until it expires. */
export interface SfoxToken extends IssuedTokenFields {
  /** sFOX. */
  readonly provider: 'sfox';
  /** From sFOX's answer; documented as 24 hours after creation. */
  readonly expiresAt: Date;
  /** The user id in sFOX's answer. In one example of its documentation, it differs from the id in the request. */
  readonly partnerUserId: string;
}

/** Options of a bulk call to sFOX. */
export interface SfoxBulkOptions extends BulkOptions, SfoxBatchOptions {
  /**
   * Called with the id of a user who is in sFOX's answer but not in the request. The token of such a user is discarded; find
   * out why it was issued. If this function throws, the bulk call ends with that error.
   */
  readonly onUnexpectedUser?: ((partnerUserId: string) => void) | undefined;
}

/** A client of sFOX: issues user auth tokens, for one user or many. */
export type SfoxIssuer = TokenIssuer<SfoxToken, CallOptions, SfoxBulkOptions, ProviderError<'sfox', SfoxErrorBody>>;
