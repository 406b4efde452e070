import { createClerk } from '../../../src/index.js';
import { fixture } from '../fixtures.js';
import type { Subject } from './subject.js';

const key = 'sk_test_made-up-clerk-key';
const clerkHeaders = { authorization: `Bearer ${key}`, 'clerk-api-version': '2026-05-12' };
const noBody = { 'content-type': undefined, 'content-length': '0' };

export const clerkSubject: Subject = {
  provider: 'clerk',
  label: 'Clerk',
  key,
  options: { apiKey: key },
  target: {},
  variables: { CLERK_SECRET_KEY: key },
  ownKeys: /^sk_(live|test)_/,
  userId: (number) => `user_${String(number)}`,
  askedFor: (_, body) => [String((body as { readonly user_id?: unknown }).user_id)],
  hasBatches: false,
  bundle: { factory: 'createClerk', words: /clerk/i, size: 30_400 },
  operations: [
    {
      name: 'clerk issueToken',
      provider: 'clerk',
      label: 'Clerk',
      key,
      id: 'user_made_up',
      secrets: ['made-up-clerk-token', 'made-up-clerk-link'],
      success: fixture('clerk/issue.200'),
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
      request: { path: '/v1/sign_in_tokens/sit_made_up/revoke', headers: { ...clerkHeaders, ...noBody }, body: '' },
      prepare(options) {
        const client = createClerk({ apiKey: key, ...options });
        return { client, call: (callOptions) => client.revokeToken('sit_made_up', callOptions) };
      },
    },
  ],
};
