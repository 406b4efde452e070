import * as z from 'zod/mini';
import { createBulk } from '../../bulk/bulk.js';
import { configure, type Connection } from '../../client/connection.js';
import type { ProviderProfile } from '../../client/profile.js';
import { checkId } from '../../client/ids.js';
import type { ErrorIssue } from '../../errors.js';
import { type Call, createApi, createIssueToken } from '../../http/call.js';
import type { FailureDescription } from '../../http/failure.js';
import type { Dialect } from '../../http/request.js';
import type { CallOptions } from '../../issuer.js';
import { concealSecrets } from '../../secrets/conceal.js';
import type { JunctionIssuer, JunctionOptions, JunctionToken } from './types.js';
import { checkClientUserId, createJunctionUsers, ensureUser } from './users.js';
import {
  errorBody,
  errorObject,
  existingUser,
  isSameUser,
  type JunctionErrorBody,
  signInTokenBody,
  validationIssue,
} from './wire.js';

/** https://docs.junction.com/api-details/junction-api: `pk_` means production, `sk_` sandbox; both kinds are secret. */
export const junctionProfile: ProviderProfile = {
  provider: 'junction',
  label: 'Junction',
  version: 'v2',
  hosts: {
    production: { us: 'https://api.us.junction.com', eu: 'https://api.eu.junction.com' },
    sandbox: { us: 'https://api.sandbox.us.junction.com', eu: 'https://api.sandbox.eu.junction.com' },
  },
  olderHosts: {
    production: { us: 'https://api.tryvital.io', eu: 'https://api.eu.tryvital.io' },
    sandbox: { us: 'https://api.sandbox.tryvital.io', eu: 'https://api.sandbox.eu.tryvital.io' },
  },
  environments: ['production', 'sandbox'],
  regions: ['us', 'eu'],
  credentials: {
    apiKey: {
      variables: ['JUNCTION_API_KEY', 'VITAL_API_KEY'],
      prefixes: {
        pk_us_: { environment: 'production', region: 'us' },
        pk_eu_: { environment: 'production', region: 'eu' },
        sk_us_: { environment: 'sandbox', region: 'us' },
        sk_eu_: { environment: 'sandbox', region: 'eu' },
      },
      header: 'x-vital-api-key',
    },
    // The Team API Access Token: valid for ten minutes, without a prefix for environment and region.
    accessToken: { insteadOf: 'apiKey', variables: [], header: 'authorization', scheme: 'Bearer' },
  },
  variables: {
    environment: ['JUNCTION_ENV', 'VITAL_ENV'],
    region: ['JUNCTION_REGION', 'VITAL_REGION'],
    baseUrl: ['JUNCTION_BASE_URL'],
  },
  ownOptions: {},
};

const documentedNames = ['detail', 'loc', 'msg', 'type', 'error_type', 'error_message', 'user_id', 'created_on'];
const wrongIdHint = 'Pass the user id of Junction, a UUID, and not your own `client_user_id`; see `issues`.';
const wrongTokenHint =
  'Check that the access token is not older than ten minutes, and is for this environment and region.';

function createDialect(hasAccessToken: boolean, isSandbox: boolean): Dialect {
  return {
    readRequestId: (header) => header('x-request-id'),
    documentedNames,
    describeFailure(body, status, operation) {
      const { data: details } = z.safeParse(errorBody(), body);
      const issues = readIssues(details);
      const problem = status === 400 && operation === 'createUser' ? readUserProblem(details, isSandbox) : {};
      let hint: string | undefined;
      if (status === 422 && operation === 'issueToken') hint = wrongIdHint;
      if (status === 401 && hasAccessToken) hint = wrongTokenHint;
      return { providerCode: issues[0]?.code, providerMessage: issues[0]?.message, issues, details, hint, ...problem };
    },
  };
}

function readIssues({ detail }: JunctionErrorBody = {}): ErrorIssue[] {
  return Array.isArray(detail) ? detail.flatMap(readIssue) : readIssue(detail);
}

/** Reads one problem in any of the known forms; nothing from another form. */
function readIssue(entry: unknown): ErrorIssue[] {
  if (typeof entry === 'string') return [{ path: [], code: undefined, message: entry }];
  const { data: issue } = z.safeParse(validationIssue(), entry);
  if (issue !== undefined) return [{ path: issue.loc ?? [], code: issue.type ?? undefined, message: issue.msg }];
  const { data: object } = z.safeParse(errorObject(), entry);
  if (object !== undefined) return [{ path: [], code: object.error_type ?? undefined, message: object.error_message }];
  return [];
}

const sandboxHint = 'Delete users of the sandbox that you no longer need, or ask Junction for a higher limit.';
/** The fields of a new user. The message of a full sandbox names none of them. */
const userField = /client[_ ]user|fallback|ingestion|time.?zone|birth|date/i;

/**
 * For an existing user, a full sandbox and a wrong field, Junction answers with the same `error_type`. Only the first has a
 * `user_id`. A full sandbox is recognized by its message; or, in a sandbox, if the message names no field.
 */
function readUserProblem(details: JunctionErrorBody | undefined, isSandbox: boolean): FailureDescription {
  if (z.safeParse(existingUser(), details).success) return { code: 'user_exists' };
  const { data: object } = z.safeParse(errorObject(), details?.detail);
  if (object?.error_type !== 'INVALID_REQUEST') return {};
  const { error_message: message } = object;
  const isLimit = /\bmaximum of\b.*\busers\b/i.test(message) || (isSandbox && !userField.test(message));
  return isLimit ? { code: 'user_limit_reached', hint: isSandbox ? sandboxHint : undefined } : {};
}

// https://docs.junction.com/api-reference/user/create-sign-in-token
function issue({ send }: Call, userId: string): Promise<JunctionToken> {
  return send({
    operation: 'issueToken',
    path: `user/${encodeURIComponent(userId)}/sign_in_token`,
    schema: signInTokenBody(),
    lostAnswerHint: 'A token may have been issued that nobody received.',
    read(data, { unlisted, invalid }) {
      if (!isSameUser(data.user_id, userId)) throw invalid('the token is for another user');
      const token: JunctionToken = { provider: 'junction', userId, token: data.sign_in_token, expiresAt: undefined };
      return concealSecrets(token, ['token'], unlisted);
    },
  });
}

/** Makes the client from checked settings. */
export function connectJunction(connection: Connection<JunctionOptions>): JunctionIssuer {
  const hasAccessToken = connection.sources.some(({ name }) => name === 'accessToken');
  const api = createApi(connection, createDialect(hasAccessToken, connection.environment === 'sandbox'));

  function issueTokenForClient(clientUserId: string, options: CallOptions = {}): Promise<JunctionToken> {
    const check = () => {
      checkClientUserId(api.context('resolveUser'), clientUserId);
    };
    return api.call({ operation: 'issueToken', options, check }, async (call) => {
      const { userId } = await ensureUser(call, clientUserId);
      // It is from an answer, and goes into a path.
      checkId(api.context('issueToken'), 'userId', userId);
      return issue(call, userId);
    });
  }

  const bulk: Pick<JunctionIssuer, 'issueTokens' | 'streamTokens'> = createBulk({ api, issue });
  const issueToken = createIssueToken(api, issue);
  return { provider: 'junction', issueToken, ...bulk, users: createJunctionUsers(api), issueTokenForClient };
}

/**
 * Makes a client for Junction (formerly Vital).
 *
 * @throws `ConfigurationError` if a key, an option or an environment variable is missing or wrong.
 * @example
 * const junction = createJunction({ apiKey: process.env.JUNCTION_API_KEY });
 * const { token } = await junction.issueToken(junctionUserId);
 */
export function createJunction(options: JunctionOptions = {}): JunctionIssuer {
  return connectJunction(configure(junctionProfile, options));
}
