import * as z from 'zod/mini';
import { createClerk } from '../../../src/index.js';
import { noText, wrongValues } from '../endings.js';
import { errorFixtures, fixture } from '../fixtures.js';
import type { Subject } from './subject.js';

const key = 'sk_test_made-up-clerk-key';
const clerkHeaders = { authorization: `Bearer ${key}`, 'clerk-api-version': '2026-05-12' };
const noBody = { 'content-type': undefined, 'content-length': '0' };

export const clerkSubject: Subject = {
  provider: 'clerk',
  label: 'Clerk',
  key,
  keyOption: 'apiKey',
  options: { apiKey: key },
  target: {},
  variables: { CLERK_SECRET_KEY: key },
  ownKeys: /^sk_(live|test)_/,
  userId: (number) => `user_${String(number)}`,
  askedFor: (_, body) => [String((body as { readonly user_id?: unknown }).user_id)],
  hasBatches: false,
  errors: errorFixtures('clerk'),
  errorAround: (value) => ({
    errors: [
      { message: value, long_message: value, code: value, meta: { param_name: value, more: { deep: [value] } } },
    ],
    clerk_trace_id: value,
  }),
  errorForm: z.object({
    errors: z.tuple([z.object({ message: z.string(), code: z.string() })]),
    clerk_trace_id: z.string(),
  }),
  fake: {
    request: {
      url: 'https://api.clerk.com/v1/sign_in_tokens',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: '{"user_id":"user_1"}',
      userId: 'user_1',
    },
    refusedKey: 401,
    unknownUser: 404,
    environment: 'development',
    otherEnvironment: 'production',
    saysRetryAfter: true,
    isUsedOnce: true,
    expires: true,
  },
  bundle: { factory: 'createClerk', words: /clerk/i, size: 37_700 },
  operations: [
    {
      name: 'clerk issueToken',
      provider: 'clerk',
      label: 'Clerk',
      key,
      id: 'user_made_up',
      secrets: ['made-up-clerk-token', 'made-up-clerk-link'],
      success: fixture('clerk/issue.200'),
      statuses: [403, 404, 422],
      wrongContents: [
        ...wrongValues('a token that is', 'token', noText),
        ...wrongValues('a user that is', 'user_id', [...noText, 'user_other']),
        ...wrongValues('an id that is', 'id', noText),
        ...wrongValues('a time that is', 'created_at', [undefined, null, '2026', {}, 1e20]),
        ['a time in seconds', 'created_at', 1_700_000_000, 'success'],
        ['a status that is new', 'status', 'brand_new', 'success'],
      ],
      request: {
        path: '/v1/sign_in_tokens',
        headers: { ...clerkHeaders, 'content-type': 'application/json' },
        body: '{"user_id":"user_made_up"}',
      },
      prepare(options) {
        const client = createClerk({ apiKey: key, ...options });
        return { client, call: (callOptions) => client.issueToken('user_made_up', callOptions) };
      },
    },
    {
      name: 'clerk revokeToken',
      provider: 'clerk',
      label: 'Clerk',
      key,
      id: 'sit_made_up',
      secrets: [],
      success: fixture('clerk/revoke.200'),
      statuses: [400, 404],
      endings: {
        'error.400.not-pending': { name: 'TokenNotPendingError', code: 'token_not_pending', status: 400 },
      },
      wrongContents: [
        ...wrongValues('an id that is', 'id', [...noText, 'sit_other']),
        ...wrongValues('a status that is', 'status', ['pending']),
      ],
      request: { path: '/v1/sign_in_tokens/sit_made_up/revoke', headers: { ...clerkHeaders, ...noBody }, body: '' },
      prepare(options) {
        const client = createClerk({ apiKey: key, ...options });
        return { client, call: (callOptions) => client.revokeToken('sit_made_up', callOptions) };
      },
    },
  ],
};
