import { createClerk } from 'tokenwright';
import { createFakeProviders } from 'tokenwright/testing';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';

const fakes = createFakeProviders();
const clerk = createClerk({ apiKey: 'sk_test_made-up', fetch: fakes.fetch });

// The code for retries is loaded by an import() at the first retry. Fake timers cannot advance that: load it before.
beforeAll(async () => {
  fakes.clerk.failNext({ status: 503, retryAfter: 0 });
  await clerk.issueToken('user_1');
});

beforeEach(() => {
  fakes.reset();
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

// In small steps, so that the fakes can answer in between.
async function passTime<T>(work: Promise<T>): Promise<T> {
  const state = { isDone: false };
  const end = () => (state.isDone = true);
  work.then(end, end);
  while (!state.isDone) await vi.advanceTimersByTimeAsync(100);
  return work;
}

test('waits as long as Clerk says, and asks again', async () => {
  fakes.clerk.failNext({ status: 429, retryAfter: 7 });
  const start = Date.now();
  await passTime(clerk.issueToken('user_1'));
  expect(Date.now() - start).toBeGreaterThanOrEqual(7_000);
  expect(fakes.clerk.calls).toHaveLength(2);
});

test('gives up after 30 seconds', async () => {
  fakes.clerk.failWith({ delay: 60_000 });
  const start = Date.now();
  await expect(passTime(clerk.issueToken('user_1'))).rejects.toMatchObject({ code: 'timeout' });
  expect(Date.now() - start).toBeGreaterThanOrEqual(30_000);
});
