import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createClerk, createIssuer } from '../../src/index.js';
import { createFakeHandlers } from '../../src/msw/index.js';
import { createFakeProviders } from '../../src/testing/index.js';
import { failureOf } from '../support/failures.js';
import { keys, optionsOf } from '../support/operations.js';
import { answers, startServer } from '../support/server.js';
import { judged, subjects } from '../support/subjects/index.js';

const fakes = createFakeProviders();
const server = setupServer(...createFakeHandlers(fakes));
const uuid = '6f3c0d4e-8a51-4c1b-9b7e-2f1d7a90c3aa';

beforeAll(() => {
  server.listen({ onUnhandledRequest: 'error' });
});
beforeEach(fakes.reset);
afterEach(() => {
  server.resetHandlers();
});
afterAll(() => {
  server.close();
});

it.each(judged)('answers for %s', async (provider) => {
  const { target, userId } = subjects[provider];
  const issuer = createIssuer(provider, { ...optionsOf(provider), ...target });
  const { token } = await issuer.issueToken(userId(1));
  expect(fakes[provider].tokens).toMatchObject([{ token, userId: userId(1) }]);
});

it.each([
  ['drop_connection', 'connection_failed', 30_000],
  ['malformed_body', 'invalid_response', 30_000],
  ['stall', 'timeout', 200],
  ['stall_body', 'timeout', 200],
] as const)('passes on a fault: %s', async (fault, code, timeout) => {
  fakes.clerk.failNext({ fault });
  const clerk = createClerk({ apiKey: keys.clerk, retry: 0, timeout });
  expect(await failureOf(clerk.issueToken('user_1'))).toMatchObject({ code });
});

it('has fakes of its own if none are given', () => {
  expect(createFakeHandlers()).toHaveLength(createFakeHandlers(fakes).length);
});

it.each<[string, unknown]>([
  ['fakes in an object', { fakes: createFakeProviders() }],
  ['nothing', null],
])('refuses %s, and says what to pass', (_, wrong) => {
  expect(() => createFakeHandlers(wrong as never)).toThrow(
    'createFakeHandlers() takes the fakes themselves: createFakeHandlers(fakes), with the result of createFakeProviders().',
  );
});

it('leaves paths without an endpoint to the handlers after it', async () => {
  const users = http.get('https://api.clerk.com/v1/users', () => HttpResponse.json({ mine: true }));
  const patched = http.patch('https://api.sandbox.eu.junction.com/v2/user/:id', () =>
    HttpResponse.json({ mine: true }),
  );
  const own = setupServer(...createFakeHandlers(fakes), users, patched);
  server.close();
  own.listen({ onUnhandledRequest: 'error' });
  try {
    expect(await (await fetch('https://api.clerk.com/v1/users')).json()).toEqual({ mine: true });
    const url = `https://api.sandbox.eu.junction.com/v2/user/${uuid}`;
    expect(await (await fetch(url, { method: 'PATCH' })).json()).toEqual({ mine: true });
    await expect(fetch('https://api.clerk.com/v1/sessions')).rejects.toThrow();
    expect(fakes.clerk.calls).toEqual([]);
    await createClerk({ apiKey: keys.clerk }).issueToken('user_1');
    expect(fakes.clerk.calls).toHaveLength(1);
  } finally {
    own.close();
    server.listen({ onUnhandledRequest: 'error' });
  }
});

it('redeems a ticket where its link points', async () => {
  const { url } = await createClerk({ apiKey: keys.clerk }).issueToken('user_1');
  expect(url).toMatch(/^https:\/\/clerk\.fake\.example\/v1\/tickets\/accept\?ticket=/);
  expect((await fetch(url!)).status).toBe(200);
  expect(fakes.clerk.tokens[0]?.status).toBe('accepted');
  expect((await fetch(url!)).status).toBe(400);
});

it("leaves other hosts to the test's own server", async () => {
  const elsewhere = await startServer(answers({ status: 200, body: { real: true } }));
  server.use(http.get(`${elsewhere.url}/mine`, () => HttpResponse.json({ mine: true })));
  expect(await (await fetch(`${elsewhere.url}/mine`)).json()).toEqual({ mine: true });
  await expect(fetch(`${elsewhere.url}/other`)).rejects.toThrow();
  expect(elsewhere.requests).toEqual([]);
});
