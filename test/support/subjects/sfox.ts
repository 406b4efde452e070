import * as z from 'zod/mini';
import { configure, type Connection } from '../../../src/client/connection.js';
import { createApi } from '../../../src/http/call.js';
import { type CallOptions, createSfox } from '../../../src/index.js';
import { connectSfox, dialect, issueMany, sfoxProfile } from '../../../src/providers/sfox/adapter.js';
import { noDate, noText, type WrongContent, wrongValues } from '../endings.js';
import { errorFixtures, fixture } from '../fixtures.js';
import type { Subject } from './subject.js';

const key = 'made-up-sfox-key';
/** The table of errors of the Connect API is the same for all operations. */
const statuses = [400, 401, 403, 404, 429, 500, 503];
const noBody = { 'content-type': undefined, 'content-length': '0' };

/** The request that a bulk call sends for many users, as a call of its own. */
export function createIssueBatch(connection: Connection) {
  const api = createApi(connection, dialect);
  return (userIds: readonly string[], options: CallOptions = {}) =>
    api.call({ operation: 'issueTokens', options }, (call) => issueMany(call, userIds));
}

export const sfoxSubject: Subject = {
  provider: 'sfox',
  label: 'sFOX',
  key,
  keyOption: 'apiKey',
  options: { apiKey: key },
  target: { environment: 'sandbox' },
  variables: { SFOX_ENTERPRISE_API_KEY: key, SFOX_ENV: 'sandbox' },
  ownKeys: /^$/,
  userId: (number) => `user_${String(number)}`,
  askedFor(path, body) {
    if (typeof body === 'object' && body !== null && 'data' in body) return body.data as string[];
    return [decodeURIComponent(/user-tokens\/([^/]+)/.exec(path)?.[1] ?? '')];
  },
  hasBatches: true,
  errors: errorFixtures('sfox'),
  errorAround: (value) => ({ error: value, more: value }),
  errorForm: z.object({ error: z.string() }),
  fake: {
    request: {
      url: 'https://api.staging.sfox.com/v1/enterprise/user-tokens/user-1',
      headers: { authorization: `Bearer ${key}` },
      userId: 'user-1',
    },
    refusedKey: 401,
    unknownUser: 404,
    environment: 'sandbox',
    saysRetryAfter: false,
    penaltySeconds: 60,
    isUsedOnce: false,
    expires: true,
  },
  bundle: { factory: 'createSfox', words: /sfox|enterprise_api_key/i, size: 36_700 },
  operations: [
    {
      name: 'sfox issueToken',
      provider: 'sfox',
      label: 'sFOX',
      key,
      id: 'partner/user 1',
      secrets: ['made-up-sfox-token'],
      success: fixture('sfox/issue.201'),
      statuses,
      wrongContents: [
        ...wrongValues('a token that is', 'data.token', noText),
        ...wrongValues('a date that is', 'data.expires', noDate),
        ...wrongValues('a content that is', 'data', [undefined, null, [], 'text']),
        ["sFOX's own name for the user", 'data.partner_user_id', 'another-name', 'success'],
      ],
      request: {
        path: '/v1/enterprise/user-tokens/partner%2Fuser%201',
        headers: { authorization: `Bearer ${key}`, ...noBody },
        body: '',
      },
      prepare(options) {
        const client = createSfox({ apiKey: key, ...options });
        return { client, call: (callOptions) => client.issueToken('partner/user 1', callOptions) };
      },
    },
    {
      name: 'sfox batch',
      provider: 'sfox',
      label: 'sFOX',
      key,
      id: 'user-1',
      secrets: ['made-up-sfox-token-1', 'made-up-sfox-token-2'],
      success: fixture('sfox/batch.201'),
      statuses,
      wrongContents: [
        ...wrongValues('a content that is', 'data', [undefined, null, {}, 'text', 7]),
        // One entry costs only its own user the token.
        ...[null, 7, 'text', {}, [], { partner_user_id: 'user-1' }].map((entry): WrongContent => [
          `an entry that is ${JSON.stringify(entry)}`,
          'data.0',
          entry,
          'success',
        ]),
      ],
      request: {
        path: '/v1/enterprise/user-tokens',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: '{"data":["user-1","user-2"]}',
      },
      prepare(options) {
        const connection = configure(sfoxProfile, { apiKey: key, ...options });
        const issueBatch = createIssueBatch(connection);
        return {
          client: connectSfox(connection),
          call: (callOptions) => issueBatch(['user-1', 'user-2'], callOptions),
        };
      },
    },
  ],
};
