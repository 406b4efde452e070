import { equal, rejects } from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { createClerk } from 'tokenwright';
import { createFakeProviders } from 'tokenwright/testing';

const fakes = createFakeProviders({ users: { clerk: ['user_1'] } });
const clerk = createClerk({ apiKey: 'sk_test_made-up', fetch: fakes.fetch });

beforeEach(() => fakes.reset());

test('a known user gets a token', async () => {
  const { token } = await clerk.issueToken('user_1');
  equal(fakes.clerk.consume(token).userId, 'user_1');
});

test('an unknown user gets none', async () => {
  await rejects(clerk.issueToken('user_2'), { code: 'not_found', status: 404 });
});
