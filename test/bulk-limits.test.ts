import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createJunction } from '../src/index.js';

/** How a provider refuses: what it lets through in a window, how long it refuses everything after that, and whom always. */
interface Limits {
  readonly requests?: number;
  readonly windowSeconds?: number;
  readonly penaltySeconds?: number;
  readonly refusedUsers?: readonly number[];
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Issues for 200 users of a provider that never says how long to wait, and returns who was rejected, and the time. */
async function issueWithin(limits: Limits, concurrency: number) {
  const { requests = Infinity, windowSeconds = 1, penaltySeconds = 0, refusedUsers = [] } = limits;
  let windowEnd = 0;
  let penaltyEnd = 0;
  let requestsInWindow = 0;
  const isRefused = (userId: string): boolean => {
    const now = performance.now();
    if (refusedUsers.includes(Number(userId))) return true;
    if (now < penaltyEnd) return true;
    if (now >= windowEnd) {
      windowEnd = now + windowSeconds * 1_000;
      requestsInWindow = 0;
    }
    requestsInWindow += 1;
    if (requestsInWindow <= requests) return false;
    penaltyEnd = now + penaltySeconds * 1_000;
    return true;
  };
  const junction = createJunction({
    apiKey: 'sk_eu_made_up',
    fetch: async (url) => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const userId = /user\/(\d+)\//.exec(url)?.[1] ?? '';
      if (isRefused(userId)) return Response.json({}, { status: 503 });
      return Response.json({ user_id: userId, sign_in_token: 'made-up' });
    },
  });
  const start = performance.now();
  const done = vi.fn();
  const issuing = junction.issueTokens(
    Array.from({ length: 200 }, (_, index) => String(index)),
    { concurrency },
  );
  void issuing.finally(done);
  while (done.mock.calls.length === 0) await vi.advanceTimersByTimeAsync(50);
  const rejected = (await issuing).flatMap(({ index, status }) => (status === 'rejected' ? [index] : []));
  return { rejected, seconds: (performance.now() - start) / 1_000 };
}

it.each<[string, Limits, number]>([
  ['one request a second', { requests: 1 }, 8],
  ['one request in ten seconds', { requests: 1, windowSeconds: 10 }, 8],
  ['ten requests a second', { requests: 10 }, 64],
  ['a penalty of a minute', { requests: 20, penaltySeconds: 60 }, 8],
  ['a penalty of a minute, for many at once', { requests: 20, penaltySeconds: 60 }, 64],
])('loses nobody to %s', async (_, limits, concurrency) => {
  expect((await issueWithin(limits, concurrency)).rejected).toEqual([]);
});

it.each<[string, Limits]>([
  ['the first', { refusedUsers: [0] }],
  ['nearly all who are asked for at first', { refusedUsers: [0, 1, 2, 3, 4, 5, 6] }],
  ['some, here and there', { refusedUsers: [5, 50, 100, 101, 102, 150] }],
  ['some, at a limit that is there as well', { refusedUsers: [5, 50, 100], requests: 20 }],
])('loses only those who are refused themselves: %s', async (_, limits) => {
  const { rejected, seconds } = await issueWithin(limits, 8);
  expect(rejected).toEqual(limits.refusedUsers);
  expect(seconds).toBeLessThan(60);
});
