import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createClerk, type RateLimitAnswer, type RateLimiter, type RateLimitRequest } from '../../src/index.js';
import { createRedisRateLimiter } from '../../src/redis/index.js';
import { startRedis } from '../support/redis.js';
import { answers, startServer } from '../support/server.js';

let server: Awaited<ReturnType<typeof startRedis>>;
let ioredis: Redis;
let nodeRedis: ReturnType<typeof createClient>;

beforeAll(async () => {
  server = await startRedis();
  ioredis = new Redis(server.url).on('error', () => undefined);
  nodeRedis = createClient({ url: server.url }).on('error', () => undefined) as ReturnType<typeof createClient>;
  await nodeRedis.connect();
});

afterAll(() => {
  ioredis.disconnect();
  nodeRedis.destroy();
});

beforeEach(() => ioredis.flushall());

const single: RateLimitRequest = { provider: 'clerk', priority: 'single', leaseMilliseconds: 60_000 };
const bulk: RateLimitRequest = { ...single, priority: 'bulk' };
/** Two limiters as two processes have them: one over ioredis, one over node-redis. */
const two = (requests: number, perSeconds = 60, penaltySeconds = 0) =>
  [ioredis, nodeRedis].map((redis) =>
    createRedisRateLimiter({ redis, key: 'clerk', requests, perSeconds, penaltySeconds }),
  );
const end = async (
  answer: RateLimitAnswer | undefined,
  ...args: Parameters<Extract<RateLimitAnswer, { granted: true }>['end']>
) => {
  if (answer?.granted === true) await answer.end(...args);
};
const retryOf = (answer: RateLimitAnswer | undefined) => (answer?.granted === false ? answer.retryInMilliseconds : -1);

/** How many of so many requests of a bulk call get a place. */
const bulkPlaces = async (limiter: RateLimiter | undefined, requests: number) => {
  const answered = await Promise.all(Array.from({ length: requests }, async () => await limiter?.take(bulk)));
  return answered.filter((answer) => answer?.granted).length;
};

const idOf = async (set: string) => (await ioredis.zrange(`tokenwright:{clerk}:${set}`, '0', '0'))[0]!;

describe('one window for all', () => {
  it('never has more places than the limit, whoever asks at once', async () => {
    const limiters = two(10);
    const answered = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => await limiters[index % 2]!.take(bulk)),
    );
    expect(answered.filter(({ granted }) => granted)).toHaveLength(10);
  });

  it('a place is free one window after the answer, and the script says when', async () => {
    const [first, second] = two(1, 2);
    const place = await first!.take(bulk);
    await sleep(2_100);
    // Under way for longer than a window: it may be counted at any time.
    expect(await second!.take(bulk)).toMatchObject({ granted: false });
    await end(place, 'answered');
    const wait = retryOf(await second!.take(bulk));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(2_001);
    await sleep(wait + 5);
    expect(await second!.take(bulk)).toMatchObject({ granted: true });
  });

  it('what was not sent is free at once', async () => {
    const [first, second] = two(1);
    await end(await first!.take(single), 'unsent');
    expect(await second!.take(single)).toMatchObject({ granted: true });
  });

  it('a penalty is everybody’s, and nobody makes it shorter', async () => {
    const [first, second] = two(10, 60, 40);
    const places = [await first!.take(bulk), await first!.take(bulk)];
    await end(places[0], 'refused');
    await end(places[1], 'refused', 2);
    for (const request of [single, bulk]) expect(retryOf(await second!.take(request))).toBeGreaterThan(30_000);
  });

  it.each([1e10, 1e20])('a penalty of %d s is one of a day: nothing but time ends it', async (retryAfter) => {
    const [first, second] = two(10);
    await end(await first!.take(bulk), 'refused', retryAfter);
    const wait = retryOf(await second!.take(single));
    expect(wait).toBeGreaterThan(86_000_000);
    expect(wait).toBeLessThanOrEqual(86_400_000);
  });

  it('a Redis whose memory is full still takes the end of an attempt', async () => {
    const [first, second] = two(1, 5);
    const place = await first!.take(single);
    await ioredis.config('SET', 'maxmemory', '1');
    try {
      await end(place, 'answered');
      // One window, and not the rest of the lease as well.
      expect(retryOf(await second!.take(bulk))).toBeLessThanOrEqual(5_001);
      expect(await ioredis.zscore('tokenwright:{clerk}:places', await idOf('places'))).toBe(
        await ioredis.zscore('tokenwright:{clerk}:singles', await idOf('singles')),
      );
    } finally {
      await ioredis.config('SET', 'maxmemory', '0');
    }
  });

  it('a Redis that stood still counts what single calls sent meanwhile', async () => {
    const [first, second] = two(1);
    await ioredis.client('PAUSE', 2_000);
    const place = await first!.take(single);
    expect(place).toMatchObject({ granted: true });
    await end(place, 'answered');
    // What was sent before the second one has been run, after it is back.
    await ioredis.ping();
    await ioredis.ping();
    expect(await second!.take(bulk)).toMatchObject({ granted: false });
  });

  it('the places of a process that died are free one window after their lease', async () => {
    const [first, second] = two(1, 1);
    await first!.take({ ...bulk, leaseMilliseconds: 1_000 });
    expect(await second!.take(bulk)).toMatchObject({ granted: false });
    await sleep(2_005);
    expect(await second!.take(bulk)).toMatchObject({ granted: true });
  });

  it('a place is remembered for as long as it counts, whenever others end', async () => {
    const [first, second] = two(10);
    const isRemembered = async (least: number, most: number) => {
      for (const set of ['places', 'singles']) {
        const left = await ioredis.pttl(`tokenwright:{clerk}:${set}`);
        expect(left, set).toBeGreaterThan(least);
        expect(left, set).toBeLessThanOrEqual(most);
      }
    };
    // Free after its lease of a minute and a window of another.
    const long = await first!.take(single);
    await isRemembered(90_000, 120_000);
    const short = await second!.take({ ...single, leaseMilliseconds: 1_000 });
    await isRemembered(90_000, 120_000);
    await end(short, 'answered');
    await isRemembered(90_000, 120_000);
    await end(long, 'answered');
    await isRemembered(30_000, 60_001);
  });

  it('bulk leaves places to single calls of any process', async () => {
    const [first, second] = two(10);
    await first!.take(single);
    const taken = await bulkPlaces(second, 10);
    // At that pace, single calls would take them all. Bulk has one all the same.
    expect(taken).toBeGreaterThan(0);
    expect(taken).toBeLessThan(8);
    expect(await first!.take(single)).toMatchObject({ granted: true });
  });

  it('who finds no place is told when the one is free that it needs', async () => {
    const [first, second] = two(3);
    const places = [await first!.take(bulk), await first!.take(bulk)];
    await first!.take(single);
    // Nobody knows when these end: it asks again after a window.
    expect(retryOf(await second!.take(bulk))).toBe(60_000);
    await end(places[0], 'answered');
    await sleep(2_000);
    await end(places[1], 'answered');
    expect(retryOf(await second!.take(single))).toBeLessThanOrEqual(58_001);
    // The first of them is left to single calls.
    expect(retryOf(await second!.take(bulk))).toBeGreaterThan(58_001);
  });

  it.each([
    ['of several, it keeps one', 3, 2],
    ['of one, it keeps that', 1, 0],
  ])(
    'a bulk call of another process that asks first leaves a place to a single call that waits: %s',
    async (_, requests, left) => {
      const [first, second] = two(requests, 2);
      const places = await Promise.all(Array.from({ length: requests }, async () => await first!.take(bulk)));
      await Promise.all(places.map((place) => end(place, 'answered')));
      const wait = retryOf(await second!.take(single));
      expect(wait).toBeGreaterThan(0);
      await sleep(wait + 5);
      expect(await bulkPlaces(first, requests)).toBe(left);
      expect(await second!.take(single)).toMatchObject({ granted: true });
    },
  );

  it('bulk gets no place beyond the limit if single calls have them all', async () => {
    const [first, second] = two(2);
    await first!.take(single);
    await second!.take(single);
    expect(await second!.take(bulk)).toMatchObject({ granted: false });
  });

  it('bulk leaves, after a window, as many as single calls took in it, and a few more', async () => {
    const [first, second] = two(100, 1);
    await end(await first!.take(single), 'answered');
    await first!.take(single);
    await sleep(1_100);
    expect(await bulkPlaces(second, 100)).toBe(97);
    // Of the first, whose place was free by then, nothing is kept.
    expect(await ioredis.zcard('tokenwright:{clerk}:singles')).toBe(1);
  });

  it.each([
    ['one so far', 0],
    ['another after half a window', 1_010],
  ])('bulk leaves, before that, by the pace of single calls since the first of them: %s', async (_, after) => {
    const [first, second] = two(100, 2);
    await first!.take(single);
    if (after > 0) {
      await sleep(after);
      await first!.take(single);
    }
    // At most four in a window, since they count as watched for half a second at least.
    expect(await bulkPlaces(second, 100)).toBeGreaterThanOrEqual(100 - 4 - 2);
  });

  it('all keys have one hash tag and end by themselves', async () => {
    const [first] = two(2, 60, 60);
    const place = await first!.take(bulk);
    await first!.take(single);
    await first!.take(single);
    await end(place, 'refused');
    const keys = await ioredis.keys('*');
    expect(keys).toHaveLength(5);
    for (const key of keys) {
      expect(key).toMatch(/^tokenwright:\{clerk\}:/);
      expect(await ioredis.pttl(key)).toBeGreaterThan(0);
    }
  });
});

it('Redis away: single calls go on, bulk waits until it is back, and nobody is lost', async () => {
  const times = { id: 'sit_1', status: 'pending', created_at: 1_700_000_000_000, updated_at: 1_700_000_000_000 };
  const provider = await startServer((response, request, index) => {
    const { user_id } = JSON.parse(request.body) as { user_id: string };
    answers({ status: 200, body: { ...times, user_id, token: 'made-up' } })(response, request, index);
  });
  const rateLimit = createRedisRateLimiter({ redis: ioredis, key: 'clerk', requests: 20, perSeconds: 0.5 });
  const clerk = createClerk({ apiKey: 'sk_test_made-up', baseUrl: provider.url, rateLimit });
  let isAway = false;
  const served: string[] = [];
  for await (const outcome of clerk.streamTokens(Array.from({ length: 100 }, (_, index) => `user_${String(index)}`))) {
    if (outcome.status === 'fulfilled') served.push(outcome.userId);
    if (served.length !== 40 || isAway) continue;
    isAway = true;
    await server.kill();
    expect((await clerk.issueToken('user_single')).userId).toBe('user_single');
    await server.start();
  }
  expect(isAway).toBe(true);
  expect(new Set(served).size).toBe(100);
});
