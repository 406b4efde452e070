import { readFile } from 'node:fs/promises';
import { createClerkClient } from '@clerk/backend';
import { isClerkAPIResponseError } from '@clerk/backend/errors';
import { JunctionClient } from '@junction-api/sdk';
import { createClerk, createJunction } from 'tokenwright';
import { startFakeServer } from 'tokenwright/testing/server';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

type FakeServer = Awaited<ReturnType<typeof startFakeServer>>;
let server: FakeServer;
beforeAll(async () => {
  server = await startFakeServer();
});
beforeEach(() => {
  server.fakes.reset();
  vi.stubEnv('CLERK_SECRET_KEY', 'sk_test_made-up');
  vi.stubEnv('CLERK_API_URL', server.baseUrls.clerk);
  vi.stubEnv('JUNCTION_API_KEY', 'sk_eu_made-up');
  vi.stubEnv('JUNCTION_BASE_URL', server.baseUrls.junction);
});
afterAll(() => server.close());

const page = (name: string) => readFile(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
const nobody = '00000000-0000-4000-8000-000000000000';

/** The rows of a table of errors: what happens, what was thrown before, and the code now. */
async function errorRows(name: string): Promise<readonly [string, string, string][]> {
  const rows = [...(await page(name)).matchAll(/^\| (\d{3}|no answer|too late) +\| `([\w.]+)` +\| `(\w+)` +\|$/gm)];
  return rows.map(([, answer = '', before = '', after = '']) => [answer, before, after]);
}

const failureOf = (answer: string) => {
  if (answer === 'no answer') return { fault: 'drop_connection' } as const;
  return answer === 'too late' ? ({ fault: 'stall' } as const) : { status: Number(answer) };
};

async function rejection(call: PromiseLike<unknown>): Promise<unknown> {
  return call.then(
    () => new Error('The call was expected to fail.'),
    (error: unknown) => error,
  );
}

describe.each(['before', 'after'] as const)('Clerk, %s', (half) => {
  const load = () => (half === 'before' ? import('./clerk-before.js') : import('./clerk-after.js'));

  it('creates a ticket for five minutes, and revokes it once', async () => {
    const { createTicket, revokeTicket } = await load();
    const ticket = await createTicket('user_1');
    const [issued] = server.fakes.clerk.tokens;
    const expiresAt = new Date(Number(issued?.createdAt.getTime()) + 300_000);
    expect(ticket).toEqual({ id: issued?.id, token: issued?.token, expiresAt });
    expect(issued?.expiresAt).toEqual(expiresAt);
    expect(await revokeTicket(ticket?.id ?? '')).toBe(true);
    expect(await revokeTicket(ticket?.id ?? '')).toBe(false);
  });

  it('has none for an unknown user', async () => {
    server.fakes.clerk.addUser('user_1');
    const { createTicket } = await load();
    expect(await createTicket('user_2')).toBeUndefined();
  });

  it.each([429, 503])('survives a %i', async (status) => {
    const { createTicket } = await load();
    server.fakes.clerk.failNext({ status, retryAfter: 0 });
    expect(await createTicket('user_1')).toHaveProperty('token');
    expect(server.fakes.clerk.calls).toHaveLength(2);
  });
});

describe.each(['before', 'after'] as const)('Junction, %s', (half) => {
  const load = () => (half === 'before' ? import('./junction-before.js') : import('./junction-after.js'));

  it('creates a user and a token, and finds the same user again', async () => {
    const { createSignInToken } = await load();
    const first = await createSignInToken('mine-1');
    const second = await createSignInToken('mine-1');
    expect(server.fakes.junction.tokens.map(({ userId, token }) => ({ userId, token }))).toEqual([first, second]);
    expect(second.userId).toBe(first.userId);
  });

  it('finds one user if two ask at once', async () => {
    const { createSignInToken } = await load();
    const [one, other] = await Promise.all([createSignInToken('mine-1'), createSignInToken('mine-1')]);
    expect(other.userId).toBe(one.userId);
  });

  it('has no token for an unknown user', async () => {
    const { createSignInToken, createSignInTokenFor } = await load();
    const { userId } = await createSignInToken('mine-1');
    server.fakes.junction.addUser(userId);
    expect(await createSignInTokenFor(userId)).toBe(server.fakes.junction.tokens.at(-1)?.token);
    expect(await createSignInTokenFor(nobody)).toBeUndefined();
  });
});

it('the errors of @clerk/backend and ours are those of the page', async () => {
  const before = createClerkClient({ secretKey: 'sk_test_made-up', apiUrl: server.baseUrls.clerk }).signInTokens;
  const after = createClerk({ expiresInSeconds: 60, retry: 0 });
  const rows = await errorRows('migrating-from-clerk-backend.md');
  const seen = [];
  for (const [answer] of rows) {
    server.fakes.clerk.failNext(failureOf(answer), 2);
    const was = await rejection(before.createSignInToken({ userId: 'user_1', expiresInSeconds: 60 }));
    const is = await rejection(after.issueToken('user_1'));
    seen.push([answer, isClerkAPIResponseError(was) && was.errors[0]?.code, (is as { code: string }).code]);
  }
  expect(rows.length).toBeGreaterThan(6);
  expect(seen).toEqual(rows);
});

it('the errors of @junction-api/sdk and ours are those of the page', async () => {
  const options = { apiKey: 'sk_eu_made-up', maxRetries: 0, timeoutInSeconds: 1 };
  const before = new JunctionClient({ ...options, baseUrl: server.baseUrls.junction });
  const after = createJunction({ retry: 0, timeout: 1_000 });
  const rows = await errorRows('migrating-from-junction-sdk.md');
  const seen = [];
  for (const [answer] of rows) {
    server.fakes.junction.failNext(failureOf(answer), 2);
    const was = await rejection(before.user.getUserSignInToken({ userId: nobody }));
    const is = await rejection(after.issueToken(nobody));
    seen.push([answer, (was as Error).constructor.name, (is as { code: string }).code]);
  }
  expect(rows.length).toBeGreaterThan(6);
  expect(seen).toEqual(rows);
});
