import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  createClerk,
  createJunction,
  createRateLimiter,
  createSfox,
  LimiterError,
  type RateLimit,
  type RateLimitAnswer,
  type RateLimiter,
} from '../../src/index.js';
import { createFakeProviders } from '../../src/testing/index.js';
import { Window } from '../../src/limits/window.js';
import { useVirtualTime } from '../support/virtual-time.js';

useVirtualTime();

afterEach(() => {
  vi.restoreAllMocks();
});

const wait = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
const ids = (count: number) => Array.from({ length: count }, (_, index) => `user_${String(index)}`);

/** A `fetch` in place of Clerk and sFOX that notes when requests depart; each is answered after `latency` ms. */
function createProvider(latency = 100, answer: (count: number) => Response | undefined = () => undefined) {
  const departures: number[] = [];
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    departures.push(performance.now());
    const count = departures.length;
    await wait(latency);
    const special = answer(count);
    if (special !== undefined) return special;
    const body = JSON.parse((init.body as string | undefined) ?? '{}') as { user_id?: string; data?: string[] };
    const entry = (userId: string) => ({ partner_user_id: userId, token: 'made-up', expires: '2099-01-01T00:00:00Z' });
    if (body.data !== undefined) return Response.json({ data: body.data.map(entry) });
    if (body.user_id === undefined) return Response.json({ data: entry(url.slice(url.lastIndexOf('/') + 1)) });
    const times = { created_at: 1_700_000_000_000, updated_at: 1_700_000_000_000 };
    return Response.json({ id: 'sit_1', status: 'pending', user_id: body.user_id, token: 'made-up', ...times });
  };
  return { fetch, departures };
}

function clerkWith(rateLimit: RateLimit | RateLimiter | false | undefined, provider = createProvider()) {
  const { fetch, departures } = provider;
  return { clerk: createClerk({ apiKey: 'sk_test_made-up', fetch, rateLimit }), departures };
}

describe('`rateLimit` is checked when the client is made', () => {
  it.each<[string, unknown, RegExp]>([
    ['0', 0, /must be an object such as/],
    ['NaN', NaN, /must be an object such as/],
    ['true', true, /must be an object such as/],
    ['null', null, /must be an object such as/],
    ['a list', [100, 10], /`rateLimit` must be an object/],
    ['no requests', { requests: 0, perSeconds: 10 }, /`requests` of `rateLimit` must be a whole number/],
    ['a part of a request', { requests: 1.5, perSeconds: 10 }, /`requests` of `rateLimit`/],
    ['fewer than none', { requests: -1, perSeconds: 10 }, /`requests` of `rateLimit`/],
    ['no window', { requests: 10 }, /`perSeconds` of `rateLimit` must be a number of seconds above 0/],
    ['a window of nothing', { requests: 10, perSeconds: 0 }, /`perSeconds` of `rateLimit`/],
    ['a window without end', { requests: 10, perSeconds: Infinity }, /`perSeconds` of `rateLimit`/],
    ['a penalty that is none', { requests: 10, perSeconds: 1, penaltySeconds: -1 }, /`penaltySeconds` of `rateLimit`/],
    ['a misspelt name', { requests: 10, perSecond: 1 }, /unknown option `perSecond` of `rateLimit`/],
    ['neither', { take: 5 }, /unknown option `take`/],
  ])('%s', (_, rateLimit, message) => {
    const make = () => clerkWith(rateLimit as RateLimit);
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ name: 'ConfigurationError', code: 'invalid_option' }));
  });

  it('and so is the limit of a limiter that is to be shared', () => {
    const make = () => createRateLimiter({ requests: 0, perSeconds: 1 });
    expect(make).toThrow('createRateLimiter: `requests` must be a whole number of requests, 1 or more.');
    expect(make).toThrow(expect.objectContaining({ code: 'invalid_option', operation: 'createClient' }));
    // It takes neither a limiter nor `false`, as the option `rateLimit` does.
    for (const wrong of [undefined, null, false, 5]) {
      expect(() => createRateLimiter(wrong as never)).toThrow(
        'createRateLimiter: the limit must be an object such as `{ requests: 100, perSeconds: 10 }`.',
      );
    }
  });
});

describe('a limit that the user gave', () => {
  it('frees a place one window after the answer, not after the departure', async () => {
    const { clerk, departures } = clerkWith({ requests: 1, perSeconds: 10 }, createProvider(2_000));
    await Promise.all([clerk.issueToken('a'), clerk.issueToken('b')]);
    expect(departures[1]! - departures[0]!).toBeGreaterThanOrEqual(12_000);
    expect(departures[1]! - departures[0]!).toBeLessThan(12_050);
  });

  it('makes a single call fail if there is no place within its time, with nothing sent', async () => {
    const { clerk, departures } = clerkWith({ requests: 1, perSeconds: 60 });
    await clerk.issueToken('a');
    const error = await clerk.issueToken('b', { timeout: 5_000 }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(LimiterError);
    expect(error).toMatchObject({ code: 'limit_reached', retryable: true, scope: 'service', operation: 'issueToken' });
    expect((error as LimiterError).retryAfter).toBeGreaterThan(0);
    expect((error as LimiterError).message).toMatch(/Nothing was sent/);
    expect(departures).toHaveLength(1);
  });

  it('does not hide the failure of an attempt that was sent', async () => {
    const { clerk } = clerkWith(
      { requests: 1, perSeconds: 60 },
      createProvider(10, () => new Response('', { status: 500 })),
    );
    await expect(clerk.issueToken('a', { timeout: 20_000 })).rejects.toMatchObject({
      code: 'server_error',
      status: 500,
    });
  });

  it('gives a place that was not used to the next who waits, at once', async () => {
    const { fetch } = createProvider();
    let asked = 0;
    const apiKey = async () => {
      asked += 1;
      if (asked > 1) return 'sk_test_made-up';
      await wait(50);
      throw new Error('the vault is sealed');
    };
    const rateLimit = { requests: 1, perSeconds: 60 };
    const clerk = createClerk({ baseUrl: 'https://gateway.invalid', apiKey, fetch, rateLimit, retry: 0 });
    const start = performance.now();
    const first = clerk.issueToken('a').catch((error: unknown) => error);
    const { signal } = new AbortController();
    await clerk.issueToken('b', { signal });
    expect(performance.now() - start).toBe(150);
    // Who is woken leaves nothing behind.
    expect([vi.getTimerCount(), getEventListeners(signal, 'abort')]).toEqual([0, []]);
    expect(await first).toMatchObject({ code: 'api_key_unavailable' });
  });

  it('stops waiting as soon as the call is aborted', async () => {
    const { clerk, departures } = clerkWith({ requests: 1, perSeconds: 60 });
    await clerk.issueToken('a');
    const controller = new AbortController();
    const reason = new Error('enough');
    const call = clerk.issueToken('b', { signal: controller.signal });
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect(departures).toHaveLength(1);
  });

  it('serves single calls before a bulk call that waits', async () => {
    const { clerk } = clerkWith({ requests: 5, perSeconds: 10 });
    const order: string[] = [];
    const bulk = clerk.issueTokens(ids(20), { onOutcome: ({ userId }) => void order.push(userId) });
    await wait(2_000);
    await clerk.issueToken('single').then(() => order.push('single'));
    await bulk;
    expect(order.indexOf('single')).toBeLessThanOrEqual(6);
  });

  it('is kept by several clients together if they share a limiter', async () => {
    const shared = createRateLimiter({ requests: 2, perSeconds: 10 });
    const { clerk: first, departures } = clerkWith(shared);
    const second = clerkWith(shared, { fetch: createProvider().fetch, departures }).clerk;
    const start = performance.now();
    await Promise.all([first.issueTokens(ids(3)), second.issueTokens(ids(3))]);
    expect(performance.now() - start).toBeGreaterThan(20_000);
  });
});

describe("the default, sFOX's documented limit", () => {
  const make = (options: object = {}) => {
    const provider = createProvider();
    const sfox = createSfox({
      apiKey: 'made-up',
      environment: 'sandbox',
      fetch: provider.fetch,
      batchSize: 1,
      ...options,
    });
    return { sfox, ...provider };
  };

  /** Every host has one, whoever asks: another base URL is another host. */
  let hosts = 0;
  const ownHost = () => ({ baseUrl: `https://gateway-${String((hosts += 1))}.example`, environment: undefined });

  it('makes no single call wait while no bulk call is at work', async () => {
    const { sfox, departures } = make(ownHost());
    await Promise.all(ids(300).map((id) => sfox.issueToken(id)));
    expect(departures.at(-1)! - departures[0]!).toBeLessThan(1_000);
  });

  it('counts single calls that did not wait: a bulk call begins a window after their answers', async () => {
    const { sfox, departures } = make(ownHost());
    await Promise.all(ids(250).map((id) => sfox.issueToken(id)));
    await sfox.issueTokens(ids(1));
    expect(departures.at(-1)! - departures[0]!).toBeGreaterThanOrEqual(10_000);
    expect(departures.at(-1)! - departures[0]!).toBeLessThan(10_500);
  });

  it('makes single calls wait while requests of a bulk call are under way', async () => {
    const { sfox, departures } = make(ownHost());
    const bulk = sfox.issueTokens(ids(4));
    await wait(50);
    await Promise.all(ids(300).map((id) => sfox.issueToken(id)));
    await bulk;
    expect(departures[250]! - departures[0]!).toBeGreaterThanOrEqual(10_000);
  });

  it('is one for each host and process, whatever the number of clients', async () => {
    const host = ownHost();
    const first = make(host);
    const second = make(host);
    const start = performance.now();
    await Promise.all([first.sfox.issueTokens(ids(200)), second.sfox.issueTokens(ids(200))]);
    expect(performance.now() - start).toBeGreaterThan(10_000);
  });

  it('ends for a host whose answer shows that it is a fake', async () => {
    const fakes = createFakeProviders();
    const sfox = createSfox({
      apiKey: 'made-up',
      environment: 'sandbox',
      fetch: fakes.fetch,
      batchSize: 1,
    });
    const start = performance.now();
    await sfox.issueTokens(ids(400));
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  it('ends for a fake also if all its places are taken before the first answer', async () => {
    const { fetch } = createProvider();
    const answer = async (url: string, init: RequestInit) => {
      const response = await fetch(url, init);
      response.headers.set('x-tokenwright-fake', 'sfox');
      return response;
    };
    const { sfox } = make({ ...ownHost(), fetch: answer });
    const start = performance.now();
    await sfox.issueTokens(ids(400), { concurrency: 300 });
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it('does not make clients of a fake that are made later wait for each other', async () => {
    const fakes = createFakeProviders();
    const host = { fetch: fakes.fetch };
    await make(host).sfox.issueToken('a');
    const [first, second] = [make(host).sfox, make(host).sfox];
    fakes.sfox.failNext({ status: 429, retryAfter: 60 });
    await expect(first.issueToken('a', { retry: 0 })).rejects.toMatchObject({ status: 429 });
    const start = performance.now();
    await second.issueTokens(ids(1));
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it('is kept for a thousand hosts: those that were used last', async () => {
    const [forgotten, kept] = [ownHost(), ownHost()];
    for (const host of [forgotten, kept]) {
      const { sfox } = make(host);
      await Promise.all(ids(250).map((id) => sfox.issueToken(id)));
    }
    for (let host = 0; host < 1_000; host += 1) {
      make(ownHost());
      if (host === 500) make(kept);
    }
    const waited = async (host: object) => {
      const start = performance.now();
      await make(host).sfox.issueTokens(ids(1));
      return performance.now() - start;
    };
    expect(await waited(forgotten)).toBeLessThan(1_000);
    expect(await waited(kept)).toBeGreaterThan(5_000);
  });

  it('is off with `false`', async () => {
    const { sfox } = make({ ...ownHost(), rateLimit: false });
    const start = performance.now();
    await sfox.issueTokens(ids(400), { concurrency: 64 });
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  it('is none for Junction', async () => {
    const { departures } = createProvider();
    const fetch = async () => {
      departures.push(performance.now());
      await wait(100);
      return Response.json({ user_id: 'x', sign_in_token: 'made-up' });
    };
    const junction = createJunction({ apiKey: 'sk_eu_made_up', fetch });
    await junction.issueTokens(
      Array.from({ length: 400 }, () => 'x'),
      { concurrency: 64 },
    );
    expect(departures.at(-1)! - departures[0]!).toBeLessThan(2_000);
  });
});

it('nothing is sent after an abort, not even by who was just told that it is its turn', async () => {
  const refusal = () => new Response('', { status: 429, headers: { 'retry-after': '1' } });
  const { fetch, departures } = createProvider(10, (count) => (count <= 2 ? refusal() : undefined));
  const controller = new AbortController();
  // After refusals, one goes first; its answer lets the next go.
  const onEvent = ({ type, result }: { readonly type: string; readonly result?: string }) => {
    if (type === 'attempt' && result === 'ok') controller.abort('enough');
  };
  const clerk = createClerk({ apiKey: 'sk_test_made-up', fetch, onEvent });
  await expect(clerk.issueTokens(ids(2), { signal: controller.signal })).rejects.toBe('enough');
  expect(departures).toHaveLength(3);
});

describe('beside a bulk call', () => {
  it.each([
    [429, true],
    [503, false],
  ])('a %i of it makes single calls wait: %s', async (status, isWaiting) => {
    const refusal = () => new Response('', { status, headers: { 'retry-after': '20' } });
    const { clerk, departures } = clerkWith(
      false,
      createProvider(100, (count) => (count === 1 ? refusal() : undefined)),
    );
    const bulk = clerk.issueTokens(ids(4), { concurrency: 1 });
    await wait(1_000);
    const start = performance.now();
    await clerk.issueToken('single');
    const waited = performance.now() - start;
    expect(waited > 10_000).toBe(isWaiting);
    await bulk;
    expect(departures).toHaveLength(6);
  });
});

it('a single call beside a bulk call fails at once if a pause after a refusal is longer than its time', async () => {
  const refusal = new Response('', { status: 429, headers: { 'retry-after': '60' } });
  // The second is answered well, which says nothing about the pause.
  const { clerk } = clerkWith(
    undefined,
    createProvider(10, (count) => (count === 1 ? refusal : undefined)),
  );
  const first = clerk.issueToken('a', { retry: 0 }).catch((reason: unknown) => reason);
  await Promise.all([first, wait(5).then(() => clerk.issueToken('b'))]);
  await clerk.issueToken('c');
  const bulk = clerk.issueTokens(ids(3));
  await wait(1_000);
  const start = performance.now();
  const error = await clerk.issueToken('d', { timeout: 30_000 }).catch((reason: unknown) => reason);
  expect(performance.now() - start).toBe(0);
  expect(error).toMatchObject({ code: 'limit_reached', retryAfter: 59 });
  expect((await bulk).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
});

it.each(['a bulk call', 'a single call beside it'])(
  'a shorter `Retry-After` does not end the pause of a longer one for %s',
  async (who) => {
    const seconds = ['10', '1'];
    const provider = createProvider(100, (count) => {
      const headers = { 'retry-after': seconds[count - 1] ?? '' };
      return count > seconds.length ? undefined : new Response('', { status: 429, headers });
    });
    const { clerk, departures } = clerkWith(undefined, provider);
    const start = performance.now();
    const bulk = clerk.issueTokens(ids(4), { concurrency: 2 });
    await wait(200);
    if (who !== 'a bulk call') await clerk.issueToken('single');
    expect((await bulk).map(({ status }) => status)).toEqual(Array(4).fill('fulfilled'));
    expect(departures.slice(0, 2).map((time) => time - start)).toEqual([0, 0]);
    expect(Math.min(...departures.slice(2)) - start).toBeGreaterThanOrEqual(10_100);
  },
);

describe('a pause that is longer than a bulk call goes on', () => {
  const longPause = (count: number) =>
    count === 1 ? new Response('', { status: 429, headers: { 'retry-after': '1790000000' } }) : undefined;

  it.each<RateLimit | undefined>([undefined, { requests: 100, perSeconds: 1 }])(
    'ends one that begins in it at once, with the limit %j',
    async (rateLimit) => {
      const { clerk, departures } = clerkWith(rateLimit, createProvider(10, longPause));
      await clerk.issueToken('a', { retry: 0 }).catch(() => undefined);
      const start = performance.now();
      const outcomes = await clerk.issueTokens(ids(2), { giveUpAfter: 500 });
      expect(performance.now() - start).toBe(0);
      expect(outcomes).toMatchObject([{ reason: { code: 'limit_reached' } }, { reason: { code: 'limit_reached' } }]);
      expect(departures).toHaveLength(1);
    },
  );

  it('does not hold up single calls once the bulk call was aborted', async () => {
    const { clerk } = clerkWith(undefined, createProvider(10, longPause));
    await clerk.issueToken('a', { retry: 0 }).catch(() => undefined);
    const controller = new AbortController();
    const bulk = clerk.issueTokens(ids(2), { signal: controller.signal, giveUpAfter: 1e13 });
    await wait(100);
    controller.abort(new Error('enough'));
    await expect(bulk).rejects.toThrow('enough');
    await expect(clerk.issueToken('b')).resolves.toMatchObject({ userId: 'b' });
  });

  it('is not remembered for good: after a minute of work or of none, the first guess is as short as ever', async () => {
    let isDown = true;
    const answer = () => (isDown ? new Response('', { status: 503 }) : undefined);
    const { clerk } = clerkWith(undefined, createProvider(10, answer));
    const job = clerk.issueTokens(ids(3));
    await wait(300_000);
    isDown = false;
    await job;
    await wait(86_400_000);
    isDown = true;
    const start = performance.now();
    const next = clerk.issueTokens(ids(1));
    await wait(50);
    isDown = false;
    await next;
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

describe('a limiter of somebody else', () => {
  const granted = (end: () => unknown = () => undefined): RateLimitAnswer => ({ granted: true, end });

  const thrown = () => {
    throw new Error('made up');
  };
  const invalidAnswer = /neither `\{ granted: true, end \}` nor `\{ granted: false, retryInMilliseconds \}`/;

  it.each<[string, () => unknown, RegExp]>([
    [
      'throws',
      () => {
        throw new Error('no redis');
      },
      /it threw/,
    ],
    ['rejects', () => Promise.reject(new Error('no redis')), /its promise was rejected/],
    ['hangs', () => new Promise(() => undefined), /did not answer within 5 s/],
    ['answers nothing', () => undefined, invalidAnswer],
    ['answers null', () => Promise.resolve(null), invalidAnswer],
    ['answers a place that cannot be given back', () => ({ granted: true }), invalidAnswer],
    ['answers no time to come back', () => ({ granted: false }), invalidAnswer],
    ['answers a time, but not whether there is a place', () => ({ retryInMilliseconds: 5 }), invalidAnswer],
    ['answers a time that is none', () => ({ granted: false, retryInMilliseconds: NaN }), invalidAnswer],
    ['answers a time that is a text', () => ({ granted: false, retryInMilliseconds: '5' }), invalidAnswer],
    ['answers a time that has passed', () => ({ granted: false, retryInMilliseconds: -1 }), invalidAnswer],
    ['answers a time without end', () => ({ granted: false, retryInMilliseconds: Infinity }), invalidAnswer],
    ['answers with a `then` that throws', () => ({ then: thrown }), /its promise was rejected/],
    ['answers with a `then` that cannot be read', () => Object.defineProperty({}, 'then', { get: thrown }), /it threw/],
    ['answers a place that cannot be read', () => Object.defineProperty({}, 'granted', { get: thrown }), /it threw/],
    [
      'answers later with a place that cannot be read',
      () => Promise.resolve(Object.defineProperty({}, 'granted', { get: thrown })),
      /its promise was rejected/,
    ],
  ])('that %s is a typed failure of a single call, with nothing sent', async (_, take, message) => {
    const { clerk, departures } = clerkWith({ take: take as RateLimiter['take'] });
    const error = await clerk.issueToken('a').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'limiter_failed', retryable: true, scope: 'service' });
    expect((error as Error).message).toMatch(message);
    expect(departures).toHaveLength(0);
    const outcomes = await clerk.issueTokens(ids(2), { giveUpAfter: 1_000 });
    expect(outcomes).toMatchObject([{ reason: { code: 'limiter_failed' } }, { reason: { code: 'limiter_failed' } }]);
  });

  it.each([
    ['a call that is aborted', { apiKey: () => new Promise<string>(() => undefined) }],
    ['a call that fails', { apiKey: () => Promise.reject(new Error('the vault is sealed')), retry: 0 }],
    ['an id that holds the key', { apiKey: () => 'sk_test_this-is-the-id' }],
  ])('gets a place back unused from %s before anything is sent', async (_, options) => {
    const end = vi.fn();
    const fetch = vi.fn(() => Promise.reject(new Error('It was sent.')));
    const clerk = createClerk({
      baseUrl: 'https://gateway.invalid',
      fetch,
      rateLimit: { take: () => granted(end) },
      ...options,
    });
    const controller = new AbortController();
    const call = clerk
      .issueToken('sk_test_this-is-the-id', { signal: controller.signal })
      .catch((reason: unknown) => reason);
    await wait(100);
    controller.abort(new Error('enough'));
    await call;
    expect(fetch).not.toHaveBeenCalled();
    expect(end.mock.calls).toEqual([['unsent', undefined]]);
  });

  it.each([
    ['never answers', () => new Promise<RateLimitAnswer>(() => undefined)],
    ['answers later', () => wait(2_000).then(() => granted())],
  ])('that %s: a single call ends with its `timeout`, and nothing is sent', async (_, take) => {
    const { clerk, departures } = clerkWith({ take });
    // The clock of a test begins at 0, where a moment is as good as a duration.
    await wait(1_000);
    const start = performance.now();
    const error = await clerk.issueToken('a', { timeout: 500 }).catch((reason: unknown) => reason);
    expect(performance.now() - start).toBe(500);
    expect(error).toMatchObject({ code: 'limiter_failed', retryable: true });
    expect((error as Error).message).toMatch(/did not answer within 500 ms, the time that the call had left\./);
    await wait(5_000);
    expect(departures).toHaveLength(0);
  });

  it('that denied a place and then hangs: single calls fail together, not one after the other', async () => {
    const answers: (RateLimitAnswer | Promise<never>)[] = [{ granted: false, retryInMilliseconds: 100 }];
    const limiter: RateLimiter = { take: () => answers.shift() ?? new Promise<never>(() => undefined) };
    const { clerk } = clerkWith(limiter);
    const begin = performance.now();
    const ends = await Promise.all(
      ids(10).map(async (id) => {
        await expect(clerk.issueToken(id)).rejects.toMatchObject({ code: 'limiter_failed' });
        return performance.now() - begin;
      }),
    );
    // The one that asked first fails after five seconds, those that waited behind it five seconds after they asked.
    expect(Math.max(...ends)).toBeLessThan(12_000);
  });

  it('that hangs does not hold up an abort', async () => {
    const { clerk } = clerkWith({ take: () => new Promise<RateLimitAnswer>(() => undefined) });
    const controller = new AbortController();
    const call = clerk.issueToken('a', { signal: controller.signal }).catch((error: unknown) => error);
    const start = performance.now();
    await wait(100);
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await call).toBe(reason);
    expect(performance.now() - start).toBe(100);
  });

  it('that hangs has not failed if the bulk call is aborted: the next one does not pause', async () => {
    const takes = [() => new Promise<RateLimitAnswer>(() => undefined)];
    const { clerk } = clerkWith({ take: () => takes.pop()?.() ?? granted() });
    const controller = new AbortController();
    const aborted = clerk.issueTokens(ids(1), { signal: controller.signal }).catch((error: unknown) => error);
    await wait(100);
    controller.abort('enough');
    expect(await aborted).toBe('enough');
    const start = performance.now();
    await clerk.issueTokens(ids(1));
    expect(performance.now() - start).toBe(100);
  });

  it('that answers with a promise leaves nothing behind', async () => {
    const { clerk } = clerkWith({ take: () => Promise.resolve(granted()) });
    const { signal } = new AbortController();
    await clerk.issueToken('a', { signal });
    expect([vi.getTimerCount(), getEventListeners(signal, 'abort')]).toEqual([0, []]);
  });

  it.each([
    ['throws', thrown],
    ['rejects', () => Promise.reject(new Error('made up'))],
  ])("that %s: its error is the failure's cause", async (_, take) => {
    const failure = await clerkWith({ take })
      .clerk.issueToken('a')
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'limiter_failed', cause: { message: 'made up' } });
  });

  it('that has no place for bulk calls does not hold up single ones', async () => {
    const take = ({ priority }: { readonly priority: string }) =>
      priority === 'single' ? granted() : ({ granted: false, retryInMilliseconds: 60_000 } as const);
    const { clerk } = clerkWith({ take });
    const controller = new AbortController();
    const bulk = clerk.issueTokens(ids(2), { signal: controller.signal });
    await wait(100);
    const start = performance.now();
    await clerk.issueToken('single');
    expect(performance.now() - start).toBe(100);
    controller.abort('enough');
    await expect(bulk).rejects.toBe('enough');
  });

  it('that fails for a while is waited out in bulk', async () => {
    let asked = 0;
    const take = () => {
      asked += 1;
      if (asked <= 5) throw new Error('no redis');
      return granted();
    };
    const outcomes = await clerkWith({ take }).clerk.issueTokens(ids(10));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
  });

  it('that fails for good ends a bulk call after `giveUpAfter`, with an outcome for each user', async () => {
    const take = () => Promise.reject(new Error('no redis'));
    const { clerk, departures } = clerkWith({ take });
    const start = performance.now();
    const outcomes = await clerk.issueTokens(ids(30), { giveUpAfter: 60_000 });
    expect(outcomes).toHaveLength(30);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { code: 'limiter_failed' } });
    expect(performance.now() - start).toBeLessThan(120_000);
    expect(departures).toHaveLength(0);
  });

  it('is told of each attempt once, and what it throws then loses no token', async () => {
    const ends: unknown[][] = [];
    const take = () =>
      ({
        granted: true,
        end: (...args: unknown[]) => {
          ends.push(args);
          throw new Error('no redis');
        },
      }) as const;
    const answer = (count: number) =>
      count === 1 ? new Response('', { status: 429, headers: { 'retry-after': '1' } }) : undefined;
    const { clerk } = clerkWith({ take }, createProvider(10, answer));
    await expect(clerk.issueToken('a')).resolves.toMatchObject({ userId: 'a' });
    expect(ends).toEqual([
      ['refused', 1],
      ['answered', undefined],
    ]);
  });

  it('gets a place back that it grants when nobody waits for it any more', async () => {
    const end = vi.fn();
    const take = () => wait(8_000).then(() => granted(end));
    const { clerk } = clerkWith({ take });
    await expect(clerk.issueToken('a')).rejects.toMatchObject({ code: 'limiter_failed' });
    await wait(8_000);
    expect(end).toHaveBeenCalledExactlyOnceWith('unsent', undefined);
  });

  it('is asked by all at once as long as it has places', async () => {
    const { clerk, departures } = clerkWith({ take: () => wait(200).then(() => granted()) });
    const start = performance.now();
    await clerk.issueTokens(ids(6), { concurrency: 6 });
    expect(departures.map((time) => time - start)).toEqual(Array(6).fill(200));
  });

  it('is asked once for a turn, and again when it said, not by everybody at once', async () => {
    let free = 2;
    let asked = 0;
    const take = async () => {
      asked += 1;
      await wait(5);
      if (free === 0) return { granted: false, retryInMilliseconds: 1_000 } as const;
      free -= 1;
      setTimeout(() => (free += 1), 10_000);
      return granted();
    };
    await clerkWith({ take }).clerk.issueTokens(ids(6), { concurrency: 6 });
    // Two at the start, then one every ten seconds or so for each place: one asks each second meanwhile.
    expect(asked).toBeLessThan(60);
  });

  it('may say to come back at once: it is asked again a millisecond later', async () => {
    let asked = 0;
    const take = (): RateLimitAnswer => {
      asked += 1;
      if (asked > 10) throw new Error('asked again and again, with no time between');
      return performance.now() - start >= 5 ? granted() : { granted: false, retryInMilliseconds: 0 };
    };
    const { clerk } = clerkWith({ take });
    const start = performance.now();
    await expect(clerk.issueToken('a')).resolves.toMatchObject({ userId: 'a' });
    expect(asked).toBe(6);
  });

  it('may be of a class, and so may its places', async () => {
    class Place {
      readonly granted = true;
      readonly results: string[] = [];
      end(result: string) {
        this.results.push(result);
      }
    }
    class Limiter {
      readonly places: Place[] = [];
      take() {
        const place = new Place();
        this.places.push(place);
        return place;
      }
    }
    const limiter = new Limiter();
    await clerkWith(limiter).clerk.issueToken('a');
    expect(limiter.places.map(({ results }) => results)).toEqual([['answered']]);
  });

  it('may refuse for longer than a timer can last', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const controller = new AbortController();
    const { clerk } = clerkWith({ take: () => ({ granted: false, retryInMilliseconds: 2 ** 32 }) });
    const bulk = clerk.issueTokens(['a'], { signal: controller.signal });
    await wait(100);
    controller.abort('enough');
    await expect(bulk).rejects.toBe('enough');
    // Node.js turns a longer time into a millisecond.
    expect(Math.max(...timers.mock.calls.map(([, milliseconds = 0]) => milliseconds))).toBe(2 ** 31 - 1);
  });
});

describe('where the clock leaps', () => {
  /** Moves the clock, but no timer. */
  const leap = (milliseconds: number) => {
    const now = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => now() + milliseconds);
  };
  const limit = { requests: 1, perSeconds: 10 };
  const options = { timeout: 120_000 };

  it('back, as between two tests: a pause that began before it is forgotten', async () => {
    const refusal = new Response('', { status: 429, headers: { 'retry-after': '60' } });
    const { clerk } = clerkWith(
      undefined,
      createProvider(10, (count) => (count === 1 ? refusal : undefined)),
    );
    await wait(100_000);
    await clerk.issueToken('a', { retry: 0 }).catch(() => undefined);
    leap(-100_000);
    const start = performance.now();
    await clerk.issueTokens(ids(1));
    expect(performance.now() - start).toBe(10);
  });

  it('forward, because the process was busy: who waits is served all the same', async () => {
    const { clerk } = clerkWith(limit);
    const calls = [clerk.issueToken('a'), clerk.issueToken('b', options), clerk.issueToken('c', options)];
    await wait(200);
    leap(20_000);
    calls.push(clerk.issueToken('d', options));
    expect((await Promise.all(calls)).map(({ userId }) => userId)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('forward by less than a second: who waits keeps its turn', async () => {
    const { clerk } = clerkWith(limit);
    const order: string[] = [];
    const issue = (userId: string) => clerk.issueToken(userId, options).then(() => order.push(userId));
    const calls = [issue('a'), issue('b')];
    // Just before `b` looks again, a window after the answer to `a`.
    await wait(10_050);
    leap(550);
    calls.push(issue('c'));
    await Promise.all(calls);
    expect(order).toEqual(['a', 'b', 'c']);
  });
});

describe('on Workers, what belongs to a finished request never settles', () => {
  it('and holds up nobody who comes after it', async () => {
    const { fetch } = createProvider();
    let sent = 0;
    const clerk = createClerk({
      apiKey: 'sk_test_made-up',
      rateLimit: { requests: 2, perSeconds: 10 },
      fetch: (url, init) => {
        sent += 1;
        return isDead ? new Promise<Response>(() => undefined) : fetch(url, init);
      },
    });
    // The first request's timers never fire, and its answers never come.
    let isDead = true;
    const timers = vi.spyOn(globalThis, 'setTimeout').mockImplementation((() => 0) as never);
    void clerk.issueTokens(ids(10));
    for (let step = 0; step < 20; step += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(sent).toBe(2);
    timers.mockRestore();
    isDead = false;
    const start = performance.now();
    const outcomes = await clerk.issueTokens(ids(2), { timeout: 60_000 });
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    // The lease of an attempt, and a window after it.
    expect(performance.now() - start).toBeLessThan(30_000);
  });
});

describe('single calls that do not wait for a default limit', () => {
  it('may be more than its places; bulk then waits for as many of them as have to be free', async () => {
    const window = new Window({ requests: 3, perSeconds: 10 });
    for (let second = 0; second < 10; second += 1) {
      void window.count({ provider: 'sfox', priority: 'single', leaseMilliseconds: 1_000 }).end('answered');
      await wait(1_000);
    }
    // At the tenth second the last three are those of seconds 7, 8 and 9: the first of them is free at the seventeenth.
    const answer = window.take({ provider: 'sfox', priority: 'bulk', leaseMilliseconds: 1_000 });
    expect(answer).toEqual({ granted: false, retryInMilliseconds: 7_000 });
  });
});
