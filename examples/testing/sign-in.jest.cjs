const { setupServer } = require('msw/node');
const { createClerk } = require('tokenwright');
const { createFakeHandlers } = require('tokenwright/msw');
const { createFakeProviders } = require('tokenwright/testing');

// The code under test makes its own client.
const issueTicket = (userId) => createClerk({ apiKey: 'sk_test_made-up' }).issueToken(userId);

const fakes = createFakeProviders({ users: { clerk: ['user_1'] } });
const server = setupServer(...createFakeHandlers(fakes));

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => {
  fakes.reset();
  server.resetHandlers();
});
afterAll(() => server.close());

test('a known user gets a token', async () => {
  const { token } = await issueTicket('user_1');
  expect(fakes.clerk.consume(token).userId).toBe('user_1');
});

test('an unknown user gets none', async () => {
  await expect(issueTicket('user_2')).rejects.toMatchObject({ code: 'not_found' });
});
