import * as z from 'zod/mini';
import type { Dialect } from '../../attempt.js';
import { configure, type Connection } from '../../config.js';
import type { ProviderProfile } from '../../profile.js';
import type { ErrorIssue } from '../../errors.js';
import { createApi } from '../../http.js';
import type { CallOptions, ClientOptions, IssuedTokenFields, TokenIssuer } from '../../issuer.js';
import { checkId } from '../../options.js';
import { concealSecrets } from '../../secrets.js';
import { errorBody, type JunctionErrorBody, signInTokenBody } from './wire.js';

/** https://docs.junction.com/api-details/junction-api: p stands for production, s for sandbox; both kinds are secret. */
export const junctionProfile = {
  provider: 'junction',
  label: 'Junction',
  version: 'v2',
  hosts: {
    'production us': 'https://api.us.junction.com',
    'production eu': 'https://api.eu.junction.com',
    'sandbox us': 'https://api.sandbox.us.junction.com',
    'sandbox eu': 'https://api.sandbox.eu.junction.com',
  },
  environments: ['production', 'sandbox'],
  regions: ['us', 'eu'],
  keyPrefixes: {
    pk_us_: { environment: 'production', region: 'us' },
    pk_eu_: { environment: 'production', region: 'eu' },
    sk_us_: { environment: 'sandbox', region: 'us' },
    sk_eu_: { environment: 'sandbox', region: 'eu' },
  },
  variables: {
    apiKey: ['JUNCTION_API_KEY', 'VITAL_API_KEY'],
    environment: ['JUNCTION_ENV', 'VITAL_ENV'],
    region: ['JUNCTION_REGION', 'VITAL_REGION'],
  },
} as const satisfies ProviderProfile;

/** Where Junction's requests go. All of it follows from the key's prefix; what is given too must agree with the key. */
export type JunctionTarget =
  | {
      /** @default what the key's prefix says, or `JUNCTION_ENV`, or the older `VITAL_ENV` */
      readonly environment?: 'production' | 'sandbox' | undefined;
      /** @default what the key's prefix says, or `JUNCTION_REGION`, or the older `VITAL_REGION` */
      readonly region?: 'us' | 'eu' | undefined;
      readonly baseUrl?: undefined;
    }
  | {
      /** What stands before `/v2`; excludes `environment` and `region`. For the older hosts, fakes and proxies. */
      readonly baseUrl: string;
      readonly environment?: undefined;
      readonly region?: undefined;
    };

/**
 * Options of {@link createJunction}. The key is `JUNCTION_API_KEY` or the older `VITAL_API_KEY` if not given. A key
 * without a known prefix, or one that a function returns, needs `environment` and `region`.
 */
export type JunctionOptions = ClientOptions & JunctionTarget;

/** A Junction sign-in token: a mobile app hands it to the Junction SDK once, to sign in as this user. */
export interface JunctionToken extends IssuedTokenFields {
  readonly provider: 'junction';
  /** Junction calls its tokens short-lived and says no more. */
  readonly expiresAt: undefined;
}

export type JunctionIssuer = TokenIssuer<JunctionToken>;

const dialect: Dialect = {
  headers: (key) => ({ 'x-vital-api-key': key }),
  requestIdHeader: 'x-request-id',
  describeFailure(body, status) {
    const { data: details } = z.safeParse(errorBody, body);
    const issues = readIssues(details);
    const hint =
      status === 422
        ? 'Junction wants its own user id here, a UUID, and not a `client_user_id`; see `issues`.'
        : undefined;
    return { providerCode: issues[0]?.code, providerMessage: issues[0]?.message, issues, details, hint };
  },
};

function readIssues({ detail }: JunctionErrorBody = {}): ErrorIssue[] {
  if (typeof detail === 'string') return [{ path: [], code: undefined, message: detail }];
  if (detail === undefined || detail === null) return [];
  if (isList(detail)) return detail.map(({ loc, type, msg }) => ({ path: loc, code: type, message: msg }));
  const { error_type: code, error_message: message } = detail;
  return message === undefined ? [] : [{ path: [], code, message }];
}

// Array.isArray() does not narrow a union with a readonly array.
function isList<T>(value: readonly T[] | object): value is readonly T[] {
  return Array.isArray(value);
}

/** Makes the client over a connection that is configured already. */
export function connectJunction(connection: Connection): JunctionIssuer {
  const api = createApi(connection, dialect);
  return {
    provider: 'junction',

    // https://docs.junction.com/api-reference/user/create-sign-in-token
    async issueToken(userId: string, options: CallOptions = {}) {
      const operation = 'issueToken';
      checkId(api.context(operation), 'invalid_user_id', 'userId', userId);
      const path = `user/${encodeURIComponent(userId)}/sign_in_token`;
      const { data, raw, invalid } = await api.post({ operation, path, schema: signInTokenBody }, options);
      // The letters of a UUID may come back in another case.
      if (data.user_id.toLowerCase() !== userId.toLowerCase()) throw invalid('the token is for another user');
      const token: JunctionToken = { provider: 'junction', userId, token: data.sign_in_token, expiresAt: undefined };
      return concealSecrets(token, ['token'], raw);
    },
  };
}

/**
 * Makes a client for Junction (formerly Vital).
 *
 * @throws `ConfigurationError` for a key, an option or an environment variable that cannot work.
 * @example
 * const junction = createJunction({ apiKey: 'sk_eu_…' });
 * const { token } = await junction.issueToken(junctionUserId);
 */
export function createJunction(options: JunctionOptions = {}): JunctionIssuer {
  return connectJunction(configure(junctionProfile, options));
}
