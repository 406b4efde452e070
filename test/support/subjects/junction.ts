import { createJunction } from '../../../src/index.js';
import { fixture } from '../fixtures.js';
import type { Subject } from './subject.js';

const key = 'sk_eu_made-up-junction-key';
const junctionId = '6f3c0d4e-8a51-4c1b-9b7e-2f1d7a90c3aa';
const noBody = { 'content-type': undefined, 'content-length': '0' };

export const junctionSubject: Subject = {
  provider: 'junction',
  label: 'Junction',
  key,
  options: { apiKey: key },
  target: { environment: 'sandbox', region: 'eu' },
  variables: { JUNCTION_API_KEY: key },
  ownKeys: /^[sp]k_(us|eu)_/,
  userId: (number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
  askedFor: (path) => [decodeURIComponent(/\/user\/([^/]+)/.exec(path)?.[1] ?? '')],
  hasBatches: false,
  bundle: { factory: 'createJunction', words: /junction|vital/i, size: 30_800 },
  operations: [
    {
      name: 'junction issueToken',
      provider: 'junction',
      label: 'Junction',
      key,
      id: junctionId,
      secrets: ['made-up-junction-token'],
      success: fixture('junction/issue.200'),
      request: {
        path: `/v2/user/${junctionId}/sign_in_token`,
        headers: { 'x-vital-api-key': key, authorization: undefined, ...noBody },
        body: '',
      },
      prepare(options) {
        const client = createJunction({ apiKey: key, ...options });
        return { client, call: (callOptions) => client.issueToken(junctionId, callOptions) };
      },
    },
    {
      name: 'junction createUser',
      provider: 'junction',
      label: 'Junction',
      key,
      id: 'mine 1',
      secrets: [],
      success: fixture('junction/user.200'),
      request: {
        path: '/v2/user',
        headers: { 'x-vital-api-key': key, authorization: undefined, 'content-type': 'application/json' },
        body: '{"client_user_id":"mine 1"}',
      },
      prepare(options) {
        const client = createJunction({ apiKey: key, ...options });
        return { client, call: (callOptions) => client.users.create({ clientUserId: 'mine 1' }, callOptions) };
      },
    },
    {
      name: 'junction resolveUser',
      provider: 'junction',
      label: 'Junction',
      key,
      id: 'mine 1',
      secrets: [],
      success: fixture('junction/user.200'),
      request: {
        method: 'GET',
        path: '/v2/user/resolve/mine%201',
        headers: {
          'x-vital-api-key': key,
          authorization: undefined,
          'content-type': undefined,
          'content-length': undefined,
        },
        body: '',
      },
      prepare(options) {
        const client = createJunction({ apiKey: key, ...options });
        return { client, call: (callOptions) => client.users.resolve('mine 1', callOptions) };
      },
    },
  ],
};
