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

/** Where requests to Junction go. The prefix of the key tells it; if you set it too, it must agree with the key. */
export type JunctionTarget =
  | {
      /**
       * The environment of the team.
       * @default from `JUNCTION_ENV`, or the older `VITAL_ENV`, or the prefix of the key
       */
      readonly environment?: 'production' | 'sandbox' | undefined;
      /**
       * The region of the team.
       * @default from `JUNCTION_REGION`, or the older `VITAL_REGION`, or the prefix of the key
       */
      readonly region?: 'us' | 'eu' | undefined;
      /** Not together with `environment` or `region`. */
      readonly baseUrl?: undefined;
    }
  | {
      /**
       * The URL before `/v2`; excludes `environment` and `region`. For the older hosts, fakes and proxies.
       * @default `JUNCTION_BASE_URL`
       */
      readonly baseUrl: string;
      /** Not together with `baseUrl`. */
      readonly environment?: undefined;
      /** Not together with `baseUrl`. */
      readonly region?: undefined;
    };

// Each side may be `undefined`: if one were required, TypeScript would refuse a `baseUrl` that is `string | undefined`.
/** The credential of a Junction team: an API key or an access token. */
export type JunctionCredential =
  | {
      /** Not together with `apiKey`. */
      readonly accessToken?: undefined;
    }
  | {
      /**
       * A Team API Access Token instead of the key; `JUNCTION_API_KEY` is then not read. It is valid for ten minutes, so pass
       * a function: it is called before each request, and with `rejected: true` after a 401. Needs `environment` and `region`.
       */
      readonly accessToken?: Credential | undefined;
      /** Not together with `accessToken`. */
      readonly apiKey?: undefined;
    };

/**
 * Options of `createJunction`. The default for `apiKey` is the variable `JUNCTION_API_KEY`, or the older `VITAL_API_KEY`. If
 * the key has no known prefix or a function returns it, and for an access token, you must set `environment` and `region`.
 */
export type JunctionOptions = ClientOptions & JunctionCredential & JunctionTarget;

/** A Junction sign-in token: a mobile app passes it to the Junction SDK once, to sign in as this user. */
export interface JunctionToken extends IssuedTokenFields {
  /** Junction. */
  readonly provider: 'junction';
  /** Always `undefined`: Junction documents only that its tokens are short-lived. */
  readonly expiresAt: undefined;
}

/** A client of Junction: issues sign-in tokens, and creates and finds users. */
export interface JunctionIssuer extends TokenIssuer<
  JunctionToken,
  CallOptions,
  BulkOptions,
  ProviderError<'junction', JunctionErrorBody>
> {
  /** Creates and finds Junction's users by your own ids. */
  readonly users: JunctionUsers;
  /**
   * Issues a token for the user with your own id, and first creates the user at Junction if there is none. One `timeout`
   * covers all of its requests.
   *
   * @param clientUserId - Your own id of the user, which Junction calls `client_user_id`.
   * @throws As {@link JunctionUsers.ensure} and {@link TokenIssuer.issueToken}.
   */
  issueTokenForClient(this: void, clientUserId: string, options?: CallOptions): Promise<JunctionToken>;
}
