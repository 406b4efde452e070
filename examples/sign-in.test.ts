import { createClerk, type TokenIssuer } from 'tokenwright';
import { createFakeProviders } from 'tokenwright/testing';
import { beforeEach, expect, test } from 'vitest';

// The code under test. It takes any issuer, so that a test can pass one that uses a fake.
async function signInLink(issuer: TokenIssuer, userId: string): Promise<string> {
  const { token } = await issuer.issueToken(userId);
  return `https://app.example/sign-in?ticket=${encodeURIComponent(token)}`;
}

const fakes = createFakeProviders({ users: { clerk: ['user_1'] } });
const clerk = createClerk({ apiKey: 'sk_test_made-up', expiresInSeconds: 300, fetch: fakes.fetch });

beforeEach(fakes.reset);

test('the link signs the user in, once', async () => {
  const link = new URL(await signInLink(clerk, 'user_1'));
  const ticket = link.searchParams.get('ticket') ?? '';
  expect(fakes.clerk.consume(ticket).userId).toBe('user_1');
  expect(() => fakes.clerk.consume(ticket)).toThrow('accepted');
});

test('an unknown user gets none', async () => {
  await expect(signInLink(clerk, 'user_2')).rejects.toMatchObject({ code: 'not_found', status: 404 });
});

test('a hiccup of the provider is survived', async () => {
  fakes.clerk.failNext({ status: 503, retryAfter: 0 });
  await signInLink(clerk, 'user_1');
  expect(fakes.clerk.calls).toHaveLength(2);
});
