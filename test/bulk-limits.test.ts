import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createClerk,
  createJunction,
  createSfox,
  type IssuedToken,
  type IssueOutcome,
  type TokenIssuer,
} from '../src/index.js';

/** How a provider refuses, which never says for how long unless that is given. Times are in seconds. */
interface Limits {
  /** What it lets through in a window, and for how long it refuses everything after that. */
  readonly requests?: number;
  readonly window?: number;
  readonly penalty?: number;
  /** From when to when it refuses everything. */
  readonly outages?: readonly (readonly [number, number])[];
  /** Whom it refuses always. */
  readonly refusedUsers?: readonly number[];
  readonly retryAfter?: number;
}

/** How long an answer and a refusal take, in milliseconds. */
type Delays = readonly [answer: number, refusal: number];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A provider with limits, which it sees to when a request arrives. */
function createFetch(limits: Limits, [answerDelay, refusalDelay]: Delays) {
  const { requests = Infinity, window = 1, penalty = 0, outages = [], refusedUsers = [], retryAfter } = limits;
  const begin = performance.now();
  let windowEnd = 0;
  let penaltyEnd = 0;
  let requestsInWindow = 0;
  const isRefused = (userIds: readonly string[]): boolean => {
    const now = (performance.now() - begin) / 1_000;
    if (userIds.some((userId) => refusedUsers.includes(Number(userId)))) return true;
    if (outages.some(([from, to]) => now >= from && now < to)) return true;
    if (now < penaltyEnd) return true;
    if (now >= windowEnd) {
      windowEnd = now + window;
      requestsInWindow = 0;
    }
    requestsInWindow += 1;
    if (requestsInWindow <= requests) return false;
    penaltyEnd = now + penalty;
    return true;
  };
  return async (url: string, init: RequestInit) => {
    const single = /user\/(\d+)\//.exec(url)?.[1];
    const userIds = single === undefined ? (JSON.parse(init.body as string) as { data: string[] }).data : [single];
    if (isRefused(userIds)) {
      await wait(refusalDelay);
      const headers: HeadersInit = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
      return Response.json({}, { status: 429, headers });
    }
    await wait(answerDelay);
    if (single !== undefined) return Response.json({ user_id: single, sign_in_token: 'made-up' });
    const expires = '2099-01-01T00:00:00Z';
    const data = userIds.map((userId) => ({ partner_user_id: userId, token: 'made-up', expires }));
    return Response.json({ data }, { status: 201 });
  };
}

interface Plan {
  readonly limits: Limits;
  readonly users?: number;
  readonly concurrency?: number;
  readonly delays?: Delays;
  readonly batchSize?: number;
}

/** Issues for many, and returns who was rejected, and after how many seconds the last token and the end were there. */
async function issueWithin({ limits, users = 200, concurrency = 8, delays = [100, 100], batchSize }: Plan) {
  const fetch = createFetch(limits, delays);
  const issuer = (
    batchSize === undefined
      ? createJunction({ apiKey: 'sk_eu_made_up', fetch })
      : createSfox({ apiKey: 'made-up-key', environment: 'sandbox', batchSize, fetch })
  ) as TokenIssuer<IssuedToken>;
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1_000;
  let lastToken = 0;
  const onOutcome = ({ status }: IssueOutcome<IssuedToken>) => {
    if (status === 'fulfilled') lastToken = seconds();
  };
  const done = vi.fn();
  const issuing = issuer.issueTokens(
    Array.from({ length: users }, (_, index) => String(index)),
    { concurrency, onOutcome },
  );
  void issuing.finally(done);
  while (done.mock.calls.length === 0) await vi.advanceTimersByTimeAsync(50);
  const outcomes = await issuing;
  // Not the length: what is missing would be a hole.
  expect(Object.keys(outcomes)).toHaveLength(users);
  const rejected = outcomes.flatMap(({ index, status }) => (status === 'rejected' ? [index] : []));
  return { rejected, lastToken, end: seconds() };
}

describe.each<Delays>([
  [100, 100],
  [100, 20],
  [250, 30],
  [1_000, 20],
  [20, 500],
])('where an answer takes %i ms and a refusal %i ms', (...delays) => {
  it.each<[string, Limits, number]>([
    ['one request a second', { requests: 1 }, 8],
    ['one request in ten seconds', { requests: 1, window: 10 }, 8],
    ['ten requests a second', { requests: 10 }, 64],
    ['a penalty of a minute', { requests: 20, penalty: 60 }, 8],
    ['a penalty of a minute that is announced', { requests: 20, penalty: 60, retryAfter: 60 }, 8],
    ['a penalty of a minute, for one at a time', { requests: 20, penalty: 60 }, 1],
    ['a penalty of a minute, for many at once', { requests: 20, penalty: 60 }, 64],
    ['twenty requests a minute', { requests: 20, window: 60 }, 16],
    [
      'outages, each longer than the one before',
      {
        outages: [
          [0, 0.5],
          [0.7, 30],
          [30.5, 200],
        ],
      },
      8,
    ],
  ])('loses nobody to %s', async (_, limits, concurrency) => {
    expect((await issueWithin({ limits, concurrency, delays })).rejected).toEqual([]);
  });

  it("loses nobody to sFOX's limit of 250 requests in ten seconds, else a minute's penalty", async () => {
    const limits = { requests: 250, window: 10, penalty: 60 };
    expect((await issueWithin({ limits, users: 6_000, batchSize: 20, delays })).rejected).toEqual([]);
  });
});

describe('who is refused always keeps nobody else waiting for long', () => {
  it.each<[string, Limits, number, number]>([
    ['the first', { refusedUsers: [0] }, 8, 30],
    ['the first, one at a time', { refusedUsers: [0] }, 1, 60],
    ['the first, as many as are asked for at once', { refusedUsers: [0, 1, 2, 3, 4, 5, 6, 7] }, 8, 30],
    ['twice as many', { refusedUsers: Array.from({ length: 16 }, (_, index) => index) }, 8, 300],
    ['some, here and there', { refusedUsers: [5, 50, 100, 101, 102, 150] }, 8, 60],
    ['some, at a limit that is there as well', { refusedUsers: [5, 50, 100], requests: 20 }, 8, 60],
    ['some, with an announced minute each', { refusedUsers: [0, 1, 2, 3, 4, 5, 6], retryAfter: 60 }, 8, 7_200],
    ['the last', { refusedUsers: [199] }, 8, 30],
  ])('%s', async (_, limits, concurrency, withinSeconds) => {
    const { rejected, lastToken, end } = await issueWithin({ limits, concurrency });
    expect(rejected).toEqual(limits.refusedUsers);
    expect(lastToken).toBeLessThan(withinSeconds);
    // Ten minutes without an answer, less a pause that would have gone beyond them.
    expect(end - lastToken).toBeGreaterThan(300);
    expect(end - lastToken).toBeLessThan(600 + 4 * 120);
  });
});

it('gives every input an outcome, also where so many are refused that all the rest is given up', async () => {
  const refusedUsers = Array.from({ length: 100 }, (_, index) => index);
  const { rejected } = await issueWithin({ limits: { refusedUsers } });
  expect(rejected).toHaveLength(200);
});

it('gives up on nobody once somebody was answered well', async () => {
  let count = 0;
  const fetch = async (_: string, { body }: RequestInit) => {
    count += 1;
    const { user_id: userId } = JSON.parse(body as string) as { user_id: string };
    // Longer than `giveUpAfter`, and then all is well again.
    if (count === 1) {
      await wait(250);
      return new Response('', { status: 500 });
    }
    if (userId === 'user_3') return new Response('', { status: 404 });
    const times = { created_at: 1_700_000_000_000, updated_at: 1_700_000_000_000 };
    return Response.json({ id: 'sit_1', status: 'pending', user_id: userId, token: 'made-up', ...times });
  };
  const clerk = createClerk({ apiKey: 'sk_test_made-up', fetch });
  const issuing = clerk.issueTokens(['user_1', 'user_2', 'user_3', 'user_4'], { concurrency: 1, giveUpAfter: 200 });
  await vi.advanceTimersByTimeAsync(10_000);
  expect((await issuing).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
});

describe('gives up after `giveUpAfter` of nothing but failures', () => {
  /** How many requests are sent at a provider that fails each after five seconds. */
  const countSent = async (userIds: Iterable<string> | AsyncIterable<string>, concurrency: number) => {
    const fetch = vi.fn(async () => {
      await wait(5_000);
      return new Response('', { status: 500 });
    });
    const junction = createJunction({ apiKey: 'sk_eu_made_up', fetch, retry: 0 });
    const issuing = junction.issueTokens(userIds, { concurrency, giveUpAfter: 60_000 });
    await vi.advanceTimersByTimeAsync(1_000_000);
    expect((await issuing).map(({ status }) => status)).toEqual(Array(100).fill('rejected'));
    return fetch.mock.calls.length;
  };
  const ids = Array.from({ length: 100 }, (_, index) => String(index));

  it('counted from the start of the first, however many are under way', async () => {
    // Those that end after 60 seconds are not beyond it yet; those that end after 65 are.
    expect(await countSent(ids, 2)).toBe(2 * 13);
  });

  it('without the time in which its source has nothing to give', async () => {
    async function* slow() {
      yield* ids.slice(0, 7);
      await wait(300_000);
      yield* ids.slice(7);
    }
    expect(await countSent(slow(), 1)).toBe(13);
  });
});

it('sends the other half of a batch while the first is refused', async () => {
  let firstToken = 0;
  const start = performance.now();
  const fetch = async (url: string, { body }: RequestInit) => {
    await wait(10);
    const many = body !== undefined;
    if (many) return Response.json({ error: 'one of them is unknown' }, { status: 404 });
    const userId = url.slice(url.lastIndexOf('/') + 1);
    if (userId === 'refused') return new Response('', { status: 429 });
    firstToken ||= performance.now() - start;
    const token = { partner_user_id: userId, token: 'made-up', expires: '2099-01-01T00:00:00Z' };
    return Response.json({ data: token }, { status: 201 });
  };
  const sfox = createSfox({ apiKey: 'made-up', environment: 'sandbox', rateLimit: false, fetch });
  const issuing = sfox.issueTokens(['refused', 'served'], { concurrency: 1, giveUpAfter: 60_000 });
  const done = vi.fn();
  void issuing.finally(done);
  while (done.mock.calls.length === 0) await vi.advanceTimersByTimeAsync(50);
  expect((await issuing).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  // A pause or two, and not the minute after which the first is given up.
  expect(firstToken).toBeLessThan(10_000);
});

it('sends no more at once than was asked for, also while requests wait that were refused', async () => {
  let underWay = 0;
  let most = 0;
  const limited = createFetch({ outages: [[1, 5]], refusedUsers: [3, 4, 5] }, [100, 20]);
  const junction = createJunction({
    apiKey: 'sk_eu_made_up',
    fetch: async (url, init) => {
      most = Math.max(most, ++underWay);
      try {
        return await limited(url, init);
      } finally {
        underWay -= 1;
      }
    },
  });
  const controller = new AbortController();
  let answered = 0;
  const outcome = junction
    .issueTokens(
      Array.from({ length: 2_000 }, (_, index) => String(index)),
      { concurrency: 4, signal: controller.signal, onOutcome: () => void (answered += 1) },
    )
    .catch((error: unknown) => error);
  while (answered < 1_997) await vi.advanceTimersByTimeAsync(50);
  controller.abort('enough');
  await expect(outcome).resolves.toBe('enough');
  expect(most).toBe(4);
});

it('reads no further ahead for those who were refused, once they are answered', async () => {
  const outages = Array.from({ length: 20 }, (_, index) => [index, index + 0.8] as const);
  const answer = createFetch({ outages }, [100, 20]);
  let isOver = false;
  let aheadAtMost = 0;
  let taken = 0;
  let read = 0;
  function* endless() {
    for (;;) yield String(read++);
  }
  const junction = createJunction({
    apiKey: 'sk_eu_made_up',
    fetch: (url, init) => {
      isOver ||= taken > 200;
      if (isOver) aheadAtMost = Math.max(aheadAtMost, read - taken);
      return answer(url, init);
    },
  });
  const done = vi.fn();
  void (async () => {
    for await (const { status } of junction.streamTokens(endless(), { concurrency: 4 })) {
      expect(status).toBe('fulfilled');
      taken += 1;
      if (taken === 400) return;
    }
  })().then(done);
  while (done.mock.calls.length === 0) await vi.advanceTimersByTimeAsync(50);
  // Four requests, and one outcome that may be on its way to the loop above.
  expect(aheadAtMost).toBeGreaterThanOrEqual(4);
  expect(aheadAtMost).toBeLessThanOrEqual(5);
});

it('sets no more than a thousand requests aside', async () => {
  let read = 0;
  function* endless() {
    for (;;) yield String(read++);
  }
  const junction = createJunction({ apiKey: 'sk_eu_made_up', fetch: createFetch({ outages: [[0, 10]] }, [100, 20]) });
  const outcomes = junction.streamTokens(endless(), { concurrency: 1_100 });
  const first = outcomes.next();
  await vi.advanceTimersByTimeAsync(100);
  expect(read).toBeGreaterThan(1_100 + 900);
  expect(read).toBeLessThanOrEqual(1_100 + 1_000);
  await outcomes.return();
  await first;
});

it('gives every input an outcome, also where a thousand requests are set aside as the key is refused', async () => {
  let sent = 0;
  const fetch = async () => {
    const status = ++sent <= 1_000 ? 429 : 401;
    await wait(status === 429 ? 20 : 50);
    return new Response('', { status });
  };
  const junction = createJunction({ apiKey: 'sk_eu_made_up', fetch });
  const issuing = junction.issueTokens(
    Array.from({ length: 2_000 }, (_, index) => String(index)),
    { concurrency: 1_100 },
  );
  await vi.advanceTimersByTimeAsync(1_000);
  const outcomes = await issuing;
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(2_000);
});
