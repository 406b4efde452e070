import * as z from 'zod/mini';
import { createJunction } from '../../../src/index.js';
import { noText, wrongValues } from '../endings.js';
import { errorFixtures, fixture } from '../fixtures.js';
import type { Subject } from './subject.js';

const key = 'sk_eu_made-up-junction-key';
const junctionId = '6f3c0d4e-8a51-4c1b-9b7e-2f1d7a90c3aa';
const noBody = { 'content-type': undefined, 'content-length': '0' };

export const junctionSubject: Subject = {
  provider: 'junction',
  label: 'Junction',
  key,
  keyOption: 'apiKey',
  options: { apiKey: key },
  target: { environment: 'sandbox', region: 'eu' },
  variables: { JUNCTION_API_KEY: key },
  ownKeys: /^[sp]k_(us|eu)_/,
  userId: (number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
  askedFor: (path) => [decodeURIComponent(/\/user\/([^/]+)/.exec(path)?.[1] ?? '')],
  hasBatches: false,
  errors: errorFixtures('junction'),
  errorAround: (value) => ({
    detail: [{ loc: ['path', value], msg: value, type: value, input: value, ctx: { deep: [{ value }] } }],
  }),
  errorForm: z.object({ detail: z.union([z.string(), z.array(z.unknown()), z.record(z.string(), z.unknown())]) }),
  fake: {
    request: {
      url: `https://api.sandbox.eu.junction.com/v2/user/${junctionId}/sign_in_token`,
      headers: { 'x-vital-api-key': key },
      userId: junctionId,
    },
    refusedKey: 401,
    unknownUser: 404,
    environment: 'sandbox eu',
    otherEnvironment: 'production us',
    saysRetryAfter: false,
    isUsedOnce: true,
    expires: false,
  },
  bundle: { factory: 'createJunction', words: /junction|vital/i, size: 37_900 },
  operations: [
    {
      name: 'junction issueToken',
      provider: 'junction',
      label: 'Junction',
      key,
      id: junctionId,
      secrets: ['made-up-junction-token'],
      success: fixture('junction/issue.200'),
      statuses: [422],
      wrongContents: [
        ...wrongValues('a token that is', 'sign_in_token', noText),
        ...wrongValues('a user that is', 'user_id', [...noText, 'another-user']),
      ],
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
      statuses: [400, 422],
      endings: {
        'error.400': { name: 'ApiError', code: 'user_limit_reached', status: 400 },
        'error.400.sandbox-full': { name: 'ApiError', code: 'user_limit_reached', status: 400 },
        'error.400.user-exists': { name: 'ApiError', code: 'user_exists', status: 400 },
      },
      wrongContents: [
        ...wrongValues('a user that is', 'user_id', noText),
        ...wrongValues('an id of ours that is', 'client_user_id', [...noText, 'mine 2']),
        ['a time that is no time', 'created_on', 'yesterday', 'success'],
      ],
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
      statuses: [422],
      wrongContents: [
        ...wrongValues('a user that is', 'user_id', noText),
        ...wrongValues('an id of ours that is', 'client_user_id', [...noText, 'mine 2']),
      ],
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
