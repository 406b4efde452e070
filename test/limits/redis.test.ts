import { afterEach, describe, expect, it, vi } from 'vitest';
import { createClerk, type RateLimitRequest, type RateLimitResult } from '../../src/index.js';
import { createRedisRateLimiter, type RedisRateLimiterOptions } from '../../src/redis/index.js';
import { createFakeProviders } from '../../src/testing/index.js';
import { failureOf } from '../support/failures.js';
import { useVirtualTime } from '../support/virtual-time.js';

useVirtualTime();

afterEach(() => {
  vi.restoreAllMocks();
});

const never = () => new Promise<never>(() => undefined);
const single: RateLimitRequest = { provider: 'clerk', priority: 'single', leaseMilliseconds: 1_000 };
const bulk: RateLimitRequest = { ...single, priority: 'bulk' };

/** A limiter over a made-up Redis that answers `take` and notes every script that it is given. */
function limiterWith(
  answer: (script: string) => unknown,
  options: Partial<RedisRateLimiterOptions> = {},
): { readonly limiter: ReturnType<typeof createRedisRateLimiter>; readonly runs: string[][] } {
  const runs: string[][] = [];
  const redis = {
    async eval(script: string, keys: string[], args: string[]) {
      runs.push([...keys, ...args]);
      return await answer(script);
    },
  };
  return { limiter: createRedisRateLimiter({ redis, key: 'clerk', requests: 2, perSeconds: 10, ...options }), runs };
}

describe('the options are checked when it is made', () => {
  const redis = { eval: never };
  const good = { redis, key: 'clerk', requests: 100, perSeconds: 10 };

  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /^createRedisRateLimiter: the options must be an object/],
    ['no client', { ...good, redis: undefined }, /`redis` must be a client of ioredis or node-redis/],
    ['null', { ...good, redis: null }, /`redis` must be a client/],
    ['an address', { ...good, redis: 'redis://localhost' }, /`redis` must be a client/],
    ['an object that runs no scripts', { ...good, redis: { get: never } }, /`redis` must be a client/],
    ['no name', { ...good, key: undefined }, /`key` must be a name/],
    ['an empty name', { ...good, key: '' }, /`key` must be a name/],
    ['a name with braces', { ...good, key: 'a{b}' }, /without braces/],
    ['a name that begins with a brace', { ...good, key: '{a' }, /without braces/],
    ['a name that is too long', { ...good, key: 'a'.repeat(201) }, /of 1 to 200 characters/],
    ['no number', { ...good, requests: undefined }, /`requests` must be a whole number of requests, 1 or more/],
    ['no window', { ...good, perSeconds: 0 }, /`perSeconds` must be a number of seconds above 0/],
    ['a penalty below 0', { ...good, penaltySeconds: -1 }, /`penaltySeconds` must be a number of seconds, 0 or more/],
    ['an unknown way out', { ...good, onUnavailable: 'open' }, /`onUnavailable` must be 'local' or 'fail'/],
    ['a misspelt name', { ...good, penalty: 60 }, /unknown option `penalty`. Known options: redis, key/],
  ])('%s', (_, options, message) => {
    const make = () => createRedisRateLimiter(options as RedisRateLimiterOptions);
    expect(make).toThrow(message);
    const error = { name: 'ConfigurationError', code: 'invalid_option', operation: 'createClient' };
    expect(make).toThrow(expect.objectContaining(error) as Error);
  });

  it('sends nothing yet', () => {
    const evaluate = vi.fn(never);
    createRedisRateLimiter({ ...good, redis: { eval: evaluate } });
    expect(evaluate).not.toHaveBeenCalled();
  });
});

describe('each kind of client is called in its own way', () => {
  const granted = () => Promise.resolve([1, 0]);
  const keys = ['places', 'singles', 'singles-since', 'penalty', 'singles-waiting'].map(
    (name) => `tokenwright:{clerk}:${name}`,
  );
  const take = (redis: RedisRateLimiterOptions['redis']) =>
    createRedisRateLimiter({ redis, key: 'clerk', requests: 2, perSeconds: 10 }).take(bulk);
  const args = [expect.any(String) as string, 'bulk', '2', '10000', '1000'];

  it('ioredis: the number of keys, then keys and arguments', async () => {
    const evaluate = vi.fn(granted);
    await take({ eval: evaluate, defineCommand: () => undefined });
    expect(evaluate).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('TIME'), 5, ...keys, ...args);
  });

  it('node-redis: an object', async () => {
    const EVAL = vi.fn(granted);
    await take({ EVAL, eval: never });
    expect(EVAL).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('TIME'), { keys, arguments: args });
  });

  it('any other: a list of keys, a list of arguments', async () => {
    const evaluate = vi.fn(granted);
    await take({ eval: evaluate });
    expect(evaluate).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('TIME'), keys, args);
  });

  it.each([bulk, single])('numbers may come as texts: for a $priority call', async (request) => {
    const { limiter } = limiterWith(() => ['0', '250']);
    await expect(limiter.take(request)).resolves.toEqual({ granted: false, retryInMilliseconds: 250 });
  });

  it('gets whole milliseconds, and never fewer than asked for', async () => {
    const { limiter, runs } = limiterWith(() => [1, 0], { perSeconds: 1.0001 });
    const place = await limiter.take({ ...bulk, leaseMilliseconds: 1_000.1 });
    if (place.granted) await place.end('refused', 2.0001);
    expect(runs.map((run) => run.slice(-2))).toEqual([
      ['1001', '1001'],
      ['1001', '2001'],
    ]);
  });
});

describe('if Redis is away', () => {
  const fails = () => Promise.reject(new Error('connect ECONNREFUSED'));

  it.each([
    ['fails', fails, 0],
    ['answers nonsense', () => 'OK', 0],
    ['answers without a time', () => [0], 0],
    ['hangs', never, 1_000],
  ])('a single call goes by the limit of its own process if Redis %s', async (_, answer, after) => {
    const { limiter } = limiterWith(answer);
    const begin = performance.now();
    const first = await limiter.take(single);
    expect([first.granted, performance.now() - begin]).toEqual([true, after]);
    expect((await limiter.take(single)).granted).toBe(true);
    expect(await limiter.take(single)).toMatchObject({ granted: false });
  });

  it('what this process took while Redis was there counts in its own limit', async () => {
    let isAway = false;
    const { limiter } = limiterWith(() => (isAway ? fails() : [1, 0]));
    await limiter.take(bulk);
    await limiter.take(bulk);
    isAway = true;
    await expect(limiter.take(single)).resolves.toMatchObject({ granted: false });
  });

  it('so does what Redis granted after it had lost its data, until a window after its answer', async () => {
    let isAway = false;
    const { limiter } = limiterWith(() => (isAway ? fails() : [1, 0]), { requests: 1 });
    for (let second = 0; second < 2; second += 1) {
      const place = await limiter.take(bulk);
      if (place.granted) await place.end('answered');
      await vi.advanceTimersByTimeAsync(1_000);
    }
    isAway = true;
    await expect(limiter.take(single)).resolves.toEqual({ granted: false, retryInMilliseconds: 9_000 });
  });

  it.each<[string, unknown[]]>([
    ['when a call asked', []],
    ['when it ended', [[1, 0]]],
  ])('its end fails for nobody, whether Redis was away %s', async (_, answers) => {
    const { limiter } = limiterWith(() => answers.shift() ?? fails());
    const place = await limiter.take(single);
    // A limiter around this one may ignore what `end` returns: a rejection would then end the process.
    await expect(place.granted && place.end('answered')).resolves.toBeUndefined();
  });

  it('single calls then wait for it for a tenth of a second, and after five seconds for a second again', async () => {
    const { limiter } = limiterWith(never, { requests: 10 });
    const times: number[] = [];
    for (const pause of [0, 0, 4_800, 0]) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      const begin = performance.now();
      await limiter.take(single);
      times.push(performance.now() - begin);
    }
    expect(times).toEqual([1_000, 100, 100, 1_000]);
  });

  it('a Redis that hangs is asked no more often than it has places', async () => {
    const { limiter, runs } = limiterWith(never, { requests: 3, perSeconds: 1 });
    for (let call = 0; call < 8; call += 1) await limiter.take(single);
    expect(runs).toHaveLength(3);
  });

  it('also after five seconds, when one of them waits for it for a second again', async () => {
    const { limiter, runs } = limiterWith(never, { requests: 3, perSeconds: 1 });
    const times: number[] = [];
    for (let call = 0; call < 300; call += 1) {
      const begin = performance.now();
      void Promise.resolve(limiter.take(single)).then(() => times.push(performance.now() - begin));
      await new Promise((resolve) => setTimeout(resolve, call === 0 ? 1_000 : 100));
    }
    // Those of the first second, up to the limit, and one in each six seconds after that.
    expect(runs.length).toBeLessThanOrEqual(3 + 6);
    expect(times.filter((time) => time > 100).length).toBeLessThanOrEqual(1 + 6);
  });

  it('its first answer, however late, is that it is back: the next single call goes by it again', async () => {
    const answers: unknown[] = [new Promise((resolve) => setTimeout(resolve, 1_500, [0, 500])), [0, 700]];
    const { limiter } = limiterWith(() => answers.shift());
    expect(await limiter.take(single)).toMatchObject({ granted: true });
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await limiter.take(single)).toEqual({ granted: false, retryInMilliseconds: 700 });
  });

  it('a place that it grants in time is kept, and nothing is left behind', async () => {
    const { limiter, runs } = limiterWith(() => [1, 0]);
    expect(await limiter.take(single)).toMatchObject({ granted: true });
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(runs).toHaveLength(1);
  });

  it('a place that it grants too late is that of the request which was sent meanwhile', async () => {
    const { limiter, runs } = limiterWith(() => new Promise((resolve) => setTimeout(resolve, 1_500, [1, 0])));
    const place = await limiter.take(single);
    if (place.granted) void place.end('answered');
    await vi.advanceTimersByTimeAsync(600);
    expect(runs[1]?.slice(5, 8)).toEqual([runs[0]?.[5], 'single', '1']);
  });

  it.each<[string, number, number]>([
    ['was answered more than a window ago', 2, 12_000],
    ['was not sent', 1, 2_000],
  ])('a place that it grants too late is given back if the request %s', async (_, requests, milliseconds) => {
    const late = () => new Promise((resolve) => setTimeout(resolve, milliseconds, [1, 0]));
    const answers: unknown[] = [[1, 0], late()];
    const { limiter, runs } = limiterWith(() => answers.shift(), { requests });
    await limiter.take(bulk);
    const place = await limiter.take(single);
    expect(place.granted).toBe(requests === 2);
    if (place.granted) void place.end('answered');
    await vi.advanceTimersByTimeAsync(milliseconds);
    expect(runs[2]?.slice(5, 8)).toEqual([runs[1]?.[5], 'single', '0']);
  });

  it.each([
    [60, '45000'],
    [10, '0'],
  ])(
    'of a pause of %d s for a call that it did not wait for, it gets what is left: %s ms',
    async (retryAfter, left) => {
      const { limiter, runs } = limiterWith(() => new Promise((resolve) => setTimeout(resolve, 16_000, [1, 0])));
      const place = await limiter.take(single);
      if (place.granted) void place.end('refused', retryAfter);
      await vi.advanceTimersByTimeAsync(15_000);
      expect(runs[1]?.slice(7)).toEqual(['0', '10000', left]);
    },
  );

  it.each(['OK', null, [], [0], [2, 0]])('an answer that is not of the script is told apart: %j', async (answer) => {
    const { limiter } = limiterWith(() => answer, { onUnavailable: 'fail' });
    const clerk = createClerk({ apiKey: 'sk_test_made-up', rateLimit: limiter });
    const error = await failureOf(clerk.issueToken('user_1'));
    expect(error).toMatchObject({ code: 'limiter_failed', cause: { message: expect.stringContaining('`eval`') } });
  });

  it("`onUnavailable: 'fail'` ends a single call with `limiter_failed`, and nothing is sent", async () => {
    const fakes = createFakeProviders();
    const { limiter } = limiterWith(fails, { onUnavailable: 'fail' });
    const clerk = createClerk({ apiKey: 'sk_test_made-up', fetch: fakes.fetch, rateLimit: limiter });
    await expect(clerk.issueToken('user_1')).rejects.toMatchObject({ code: 'limiter_failed', retryable: true });
    expect(fakes.clerk.calls).toHaveLength(0);
  });

  it('a bulk call waits until it is back, and nobody is lost', async () => {
    const fakes = createFakeProviders();
    const back = performance.now() + 20_000;
    const { limiter } = limiterWith(() => (performance.now() < back ? fails() : [1, 0]));
    const clerk = createClerk({ apiKey: 'sk_test_made-up', fetch: fakes.fetch, rateLimit: limiter });
    const outcomes = await clerk.issueTokens(['user_1', 'user_2', 'user_3']);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    expect(performance.now()).toBeGreaterThanOrEqual(back);
  });
});

describe('the end of an attempt', () => {
  it.each<[[RateLimitResult, number?], string[]]>([
    [['answered'], ['1', '10000', '0']],
    [['unanswered'], ['1', '10000', '0']],
    [['unsent'], ['0', '10000', '0']],
    [['refused'], ['0', '10000', '60000']],
    [
      ['refused', 2.5],
      ['0', '10000', '2500'],
    ],
  ])('%j', async (end, args) => {
    const { limiter, runs } = limiterWith(() => [1, 0], { penaltySeconds: 60 });
    const place = await limiter.take(bulk);
    if (place.granted) await place.end(...end);
    expect(runs[1]?.slice(7)).toEqual(args);
  });

  it('an id of a place is never used again, by no process', async () => {
    const ids = [limiterWith(() => [1, 0]), limiterWith(() => [1, 0])].map(async ({ limiter, runs }) => {
      await limiter.take(bulk);
      await limiter.take(bulk);
      return runs.map((run) => run[5]);
    });
    expect(new Set((await Promise.all(ids)).flat()).size).toBe(4);
  });
});
