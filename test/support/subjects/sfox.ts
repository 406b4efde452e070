import { configure } from '../../../src/client/connection.js';
import { createSfox } from '../../../src/index.js';
import { createSfoxOperations, sfoxProfile } from '../../../src/providers/sfox/adapter.js';
import { fixture } from '../fixtures.js';
import type { Subject } from './subject.js';

const key = 'made-up-sfox-key';
const noBody = { 'content-type': undefined, 'content-length': '0' };

export const sfoxSubject: Subject = {
  provider: 'sfox',
  label: 'sFOX',
  key,
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
  bundle: { factory: 'createSfox', words: /sfox|enterprise_api_key/i, size: 28_900 },
  operations: [
    {
      name: 'sfox issueToken',
      provider: 'sfox',
      label: 'sFOX',
      key,
      id: 'partner/user 1',
      secrets: ['made-up-sfox-token'],
      success: fixture('sfox/issue.201'),
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
      request: {
        path: '/v1/enterprise/user-tokens',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: '{"data":["user-1","user-2"]}',
      },
      prepare(options) {
        const connection = configure(sfoxProfile, { apiKey: key, ...options });
        const { issueToken, issueBatch } = createSfoxOperations(connection);
        const client = { issueToken, issueBatch };
        return { client, call: (callOptions) => issueBatch(['user-1', 'user-2'], callOptions) };
      },
    },
  ],
};
