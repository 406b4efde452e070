import * as z from 'zod/mini';
import { createBulk } from '../../bulk/bulk.js';
import { isCount, maxBatchSize } from '../../bulk/options.js';
import type { BatchAnswer } from '../../bulk/run.js';
import { configure, type Connection } from '../../client/connection.js';
import type { ProviderProfile } from '../../client/profile.js';
import { type Call, createApi, createIssueToken } from '../../http/call.js';
import type { Answer, Dialect, Unlisted } from '../../http/request.js';
import type { TokenwrightError } from '../../errors.js';
import { concealSecrets } from '../../secrets/conceal.js';
import type { SfoxIssuer, SfoxOptions, SfoxToken } from './types.js';
import { batchBody, errorBody, ownerOfEntry, singleBody, toExpiry, userToken } from './wire.js';

/** https://docs.sfox.com/connect/rest-api: keys have no prefix, so the environment must always be set. */
export const sfoxProfile: ProviderProfile = {
  provider: 'sfox',
  label: 'sFOX',
  version: 'v1',
  hosts: { production: 'https://api.sfox.com', sandbox: 'https://api.staging.sfox.com' },
  // https://docs.sfox.com/connect/rest-api: 250 requests in 10 seconds from one IP address; after more, a minute of refusals.
  rateLimit: { requests: 250, perSeconds: 10, penaltySeconds: 60 },
  environments: ['production', 'sandbox'],
  credentials: {
    apiKey: {
      variables: ['SFOX_ENTERPRISE_API_KEY'],
      // The name in sFOX's own example; other products may use it as well.
      fallbackVariables: ['ENTERPRISE_API_KEY'],
      header: 'authorization',
      scheme: 'Bearer',
    },
  },
  variables: { environment: ['SFOX_ENV'], baseUrl: ['SFOX_BASE_URL'] },
  ownOptions: {
    batchSize: {
      at: ['client', 'bulk'],
      kind: 'number',
      accepts: (value) => isCount(value, maxBatchSize),
      expected: 'a whole number from 1 to 500',
      flag: { name: 'batch-size', placeholder: '<n>', description: 'users per request, default 100' },
    },
    onUnexpectedUser: {
      at: ['bulk'],
      kind: 'function',
      accepts: (value) => typeof value === 'function',
      expected: 'a function',
    },
  },
};

const lostAnswerHint = 'Tokens may have been issued that nobody received.';

export const dialect: Dialect = {
  readRequestId: (header) => header('x-request-id'),
  documentedNames: ['error'],
  describeFailure(body) {
    const { data: details } = z.safeParse(errorBody(), body);
    if (details === undefined) return {};
    const message = details.error;
    return { providerMessage: message, issues: [{ path: [], code: undefined, message }], details };
  },
};

/** Makes a token; `undefined` if its expiry cannot be read. */
function toToken(
  userId: string,
  data: z.infer<ReturnType<typeof userToken>>,
  unlisted: Unlisted,
): SfoxToken | undefined {
  const expiresAt = toExpiry(data.expires);
  if (expiresAt === undefined) return undefined;
  const { token, partner_user_id: partnerUserId } = data;
  return concealSecrets({ provider: 'sfox' as const, userId, token, expiresAt, partnerUserId }, ['token'], unlisted);
}

/** Assigns entries by the user that they name, because sFOX documents neither their order nor that they are complete. */
function readBatch(
  userIds: readonly string[],
  entries: readonly unknown[],
  { unlisted, invalid }: Answer,
): BatchAnswer<SfoxToken> {
  const asked = new Set(userIds);
  const results = new Map<string, SfoxToken | TokenwrightError>();
  const unexpectedUserIds: string[] = [];
  for (const entry of entries) {
    const { data: owner } = z.safeParse(ownerOfEntry(), entry);
    if (owner === undefined) continue;
    const userId = owner.partner_user_id;
    if (!asked.has(userId)) unexpectedUserIds.push(userId);
    else if (!results.has(userId)) {
      const { data: named } = z.safeParse(userToken(), entry);
      const token = named && toToken(userId, named, { ...unlisted, raw: () => entry });
      results.set(userId, token ?? invalid("this user's entry has the wrong form"));
    }
  }
  for (const userId of userIds) {
    if (!results.has(userId)) results.set(userId, invalid('the answer has no entry for this user', 'not_issued'));
  }
  return { results, unexpectedUserIds };
}

// https://docs.sfox.com/connect/rest-api/end-users/create-user-auth-token
function issueOne({ send }: Call, userId: string): Promise<SfoxToken> {
  return send({
    operation: 'issueToken',
    path: `enterprise/user-tokens/${encodeURIComponent(userId)}`,
    schema: singleBody(),
    lostAnswerHint,
    read({ data }, { unlisted, invalid }) {
      const token = toToken(userId, data, unlisted);
      if (token === undefined) throw invalid('`data.expires` is missing or has the wrong form');
      return token;
    },
  });
}

// https://docs.sfox.com/connect/rest-api/end-users/create-multiple-user-auth-tokens
export function issueMany({ send }: Call, userIds: readonly string[]): Promise<BatchAnswer<SfoxToken>> {
  return send({
    operation: 'issueTokens',
    path: 'enterprise/user-tokens',
    json: { data: userIds },
    users: userIds.length,
    schema: batchBody(),
    lostAnswerHint,
    read: ({ data }, answer) => readBatch(userIds, data, answer),
  });
}

const defaultBatchSize = 100;

/** Makes the client from checked settings. */
export function connectSfox(connection: Connection<SfoxOptions>): SfoxIssuer {
  const { batchSize = defaultBatchSize } = connection.options;
  const api = createApi(connection, dialect);

  const bulk: Pick<SfoxIssuer, 'issueTokens' | 'streamTokens'> = createBulk({
    api,
    issue: issueOne,
    batch: { size: batchSize, issue: issueMany },
  });
  return { provider: 'sfox', issueToken: createIssueToken(api, issueOne), ...bulk };
}

/**
 * Makes a client for sFOX.
 *
 * @throws `ConfigurationError` if a key, an option or an environment variable is missing or wrong.
 * @example
 * const sfox = createSfox({ apiKey, environment: 'sandbox' });
 * const { token, expiresAt } = await sfox.issueToken(userId);
 */
export function createSfox(options: SfoxOptions = {}): SfoxIssuer {
  return connectSfox(configure(sfoxProfile, options));
}
