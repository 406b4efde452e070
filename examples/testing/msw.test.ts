import { setupServer } from 'msw/node';
import { createClerk } from 'tokenwright';
import { createFakeHandlers } from 'tokenwright/msw';
import { createFakeProviders } from 'tokenwright/testing';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

// The code under test makes its own client.
function issueTicket(userId: string) {
  return createClerk({ apiKey: 'sk_test_made-up', expiresInSeconds: 300 }).issueToken(userId);
}

const fakes = createFakeProviders({ users: { clerk: ['user_1'] } });
const server = setupServer(...createFakeHandlers(fakes));

beforeAll(() => {
  server.listen({ onUnhandledRequest: 'error' });
});
afterEach(() => {
  fakes.reset();
  server.resetHandlers();
});
afterAll(() => {
  server.close();
});

test('a known user gets a token', async () => {
  const { token } = await issueTicket('user_1');
  expect(fakes.clerk.consume(token).userId).toBe('user_1');
});

test('an unknown user gets none', async () => {
  await expect(issueTicket('user_2')).rejects.toMatchObject({ code: 'not_found' });
});
