import type { ProviderError } from '../../errors/known.js';
import type {
  BulkOptions,
  CallOptions,
  ClientOptions,
  Credential,
  IssuedTokenFields,
  TokenIssuer,
} from '../../issuer.js';
import type { JunctionUsers } from './users.js';
import type { JunctionErrorBody } from './wire.js';

/** Where Junction's requests go. All of it follows from the key's prefix; what is given too must agree with the key. */
export type JunctionTarget =
  | {
      /** @default what the key's prefix says, or `JUNCTION_ENV`, or the older `VITAL_ENV` */
      readonly environment?: 'production' | 'sandbox' | undefined;
      /** @default what the key's prefix says, or `JUNCTION_REGION`, or the older `VITAL_REGION` */
      readonly region?: 'us' | 'eu' | undefined;
      /** Not beside `environment` and `region`. */
      readonly baseUrl?: undefined;
    }
  | {
      /**
       * What stands before `/v2`; excludes `environment` and `region`. For the older hosts, fakes and proxies.
       * @default `JUNCTION_BASE_URL`
       */
      readonly baseUrl: string;
      /** Not beside `baseUrl`. */
      readonly environment?: undefined;
      /** Not beside `baseUrl`. */
      readonly region?: undefined;
    };

/** How a client shows Junction which team it is of. */
export type JunctionCredential =
  | {
      /** Not beside `apiKey`. */
      readonly accessToken?: undefined;
    }
  | {
      /**
       * A Team API Access Token, in place of the key; `JUNCTION_API_KEY` is not read then. It lives for ten minutes: give a
       * function, which is asked before each request, and with `rejected: true` after a 401. Needs `environment` and `region`.
       */
      readonly accessToken: Credential;
      /** Not beside `accessToken`. */
      readonly apiKey?: undefined;
    };

/**
 * Options of `createJunction`. The key is `JUNCTION_API_KEY` or the older `VITAL_API_KEY` if not given. A key
 * without a known prefix, one that a function returns, and an access token need `environment` and `region`.
 */
export type JunctionOptions = ClientOptions & JunctionCredential & JunctionTarget;

/** A Junction sign-in token: a mobile app hands it to the Junction SDK once, to sign in as this user. */
export interface JunctionToken extends IssuedTokenFields {
  /** Junction. */
  readonly provider: 'junction';
  /** Junction calls its tokens short-lived and says no more. */
  readonly expiresAt: undefined;
}

/** Junction's client: issues sign-in tokens, and knows the users whom they are for. */
export interface JunctionIssuer extends TokenIssuer<
  JunctionToken,
  CallOptions,
  BulkOptions,
  ProviderError<'junction', JunctionErrorBody>
> {
  /** Junction's users, by the ids that they have with you. */
  readonly users: JunctionUsers;
  /**
   * Issues a token for the user who has this id with you, whom it creates at Junction where there is none yet: the whole
   * of what a backend does once it knows who is asking. One `timeout` covers all of its requests.
   *
   * @param clientUserId - Your own id of the user, which Junction calls `client_user_id`.
   * @throws As {@link JunctionUsers.ensure} and {@link TokenIssuer.issueToken}.
   */
  issueTokenForClient(this: void, clientUserId: string, options?: CallOptions): Promise<JunctionToken>;
}
