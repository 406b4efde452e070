import { afterEach, describe, expect, it, vi } from 'vitest';
import { providerIds } from '../../src/providers/create-issuer.js';
import { createFakeHandlers } from '../../src/msw/index.js';
import { createFakeProviders } from '../../src/testing/index.js';
import { askFake, raw } from './ask.js';

afterEach(() => {
  vi.unstubAllGlobals();
});

const forbidden = () => {
  throw new Error('Disallowed operation called within global scope.');
};

describe('are made', () => {
  it('without crypto.subtle, and issue without it', async () => {
    vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) });
    const fakes = createFakeProviders();
    for (const provider of providerIds) await askFake(fakes, raw[provider].url, raw[provider]);
    expect(providerIds.map((provider) => fakes[provider].tokens.length)).toEqual(providerIds.map(() => 1));
  });

  it('without any crypto', async () => {
    vi.stubGlobal('crypto', undefined);
    const fakes = createFakeProviders();
    for (const provider of providerIds) await askFake(fakes, raw[provider].url, raw[provider]);
    expect(new Set(providerIds.map((provider) => fakes[provider].tokens[0]?.token)).size).toBe(providerIds.length);
  });

  it('at the module scope of Workers, which forbids randomness, time and timers', async () => {
    const subtle = new Proxy({}, { get: () => forbidden });
    vi.stubGlobal('crypto', { getRandomValues: forbidden, randomUUID: forbidden, subtle });
    vi.stubGlobal('setTimeout', forbidden);
    vi.spyOn(Date, 'now').mockImplementation(forbidden);
    vi.spyOn(Math, 'random').mockImplementation(forbidden);
    const fakes = createFakeProviders({ users: { clerk: ['user_1'] } });
    createFakeHandlers(fakes);
    fakes.clerk.limitRate({ requests: 10, perSeconds: 1 });
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
    expect((await askFake(fakes, raw.clerk.url, raw.clerk)).status).toBe(200);
  });
});

it('take a signal of another realm, as in jsdom', async () => {
  // What jsdom has: the same methods, and nothing of the platform's own class.
  const listeners = new Set<() => void>();
  const signal = {
    aborted: false,
    reason: 'gone' as unknown,
    addEventListener: (_: string, listener: () => void) => listeners.add(listener),
    removeEventListener: (_: string, listener: () => void) => listeners.delete(listener),
  };
  const init = { ...raw.clerk, method: 'POST', signal: signal as unknown as AbortSignal };
  class StrictRequest extends Request {
    constructor(input: string | Request, options: RequestInit = {}) {
      if (options.signal != null) throw new TypeError('Expected signal to be an instance of AbortSignal.');
      super(input, options);
    }
  }
  vi.stubGlobal('Request', StrictRequest);
  const fakes = createFakeProviders();
  expect((await fakes.fetch(raw.clerk.url, init)).status).toBe(200);

  fakes.clerk.failNext({ fault: 'stall' });
  const stalled = fakes.fetch(raw.clerk.url, init);
  await vi.waitFor(() => {
    expect(listeners.size).toBe(1);
  }, 10_000);
  for (const listener of listeners) listener();
  await expect(stalled).rejects.toBe('gone');
  await expect(fakes.fetch(raw.clerk.url, { ...init, signal: { ...signal, aborted: true } as never })).rejects.toBe(
    'gone',
  );
});

it('leave no timer behind when a late answer is aborted, and no listener when it came', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const fakes = createFakeProviders();
    const controller = new AbortController();
    const { signal } = controller;
    const add = vi.spyOn(signal, 'addEventListener');
    const remove = vi.spyOn(signal, 'removeEventListener');
    const ask = async () => {
      fakes.clerk.failNext({ delay: 60_000 });
      const answer = askFake(fakes, raw.clerk.url, { ...raw.clerk, signal });
      await vi.waitFor(() => {
        expect(vi.getTimerCount()).toBe(1);
      }, 10_000);
      return { answer };
    };
    const { answer: late } = await ask();
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await late).status).toBe(200);
    expect(remove.mock.calls.map(([name, listener]) => [name, listener])).toEqual(
      add.mock.calls.map(([name, listener]) => [name, listener]),
    );
    const { answer: aborted } = await ask();
    controller.abort('enough');
    await expect(aborted).rejects.toBe('enough');
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

it('close the ports through which they wait, or the process could not end', async () => {
  const close = vi.spyOn(MessagePort.prototype, 'close');
  await askFake(createFakeProviders(), raw.clerk.url, raw.clerk);
  expect(close).toHaveBeenCalledOnce();
});

it('say what is missing where there is no Response', async () => {
  vi.stubGlobal('Response', undefined);
  await expect(createFakeProviders().fetch(raw.clerk.url)).rejects.toThrow('use the environment jest-fixed-jsdom');
});

describe('with a randomSeed', () => {
  async function tokensOf(randomSeed: string | number | undefined) {
    const fakes = createFakeProviders({ now: () => 0, randomSeed });
    const tokens = [];
    for (let round = 0; round < 2; round += 1) {
      for (const provider of providerIds) await askFake(fakes, raw[provider].url, raw[provider]);
      tokens.push(providerIds.flatMap((provider) => fakes[provider].tokens.map(({ token }) => token)));
      fakes.reset();
    }
    return tokens;
  }

  it('ids and tokens repeat, after a reset as well', async () => {
    const [first, second] = await tokensOf(7);
    expect(second).toEqual(first);
    expect(await tokensOf('7')).toEqual([first, first]);
    expect(new Set(first).size).toBe(providerIds.length);
  });

  it('and differ for another seed, or without one', async () => {
    const [first] = await tokensOf(7);
    for (const [other] of [await tokensOf(8), await tokensOf('seven'), await tokensOf(undefined)]) {
      for (const token of other!) expect(first).not.toContain(token);
    }
  });

  it('look random', async () => {
    const fakes = createFakeProviders({ randomSeed: 1 });
    const body = JSON.stringify({ data: Array.from({ length: 500 }, (_, index) => `user-${String(index)}`) });
    const headers = { ...raw.sfox.headers, 'content-type': 'application/json' };
    await askFake(fakes, raw.sfox.url.replace('/user-1', ''), { headers, body });
    expect(new Set(fakes.sfox.tokens.map(({ token }) => token)).size).toBe(500);
    const digits = fakes.sfox.tokens.flatMap(({ token }) => token.match(/./g) ?? []);
    for (const digit of '0123456789abcdef') {
      const share = digits.filter((each) => each === digit).length / digits.length;
      expect(share, digit).toBeGreaterThan(0.055);
      expect(share, digit).toBeLessThan(0.07);
    }
  });
});

describe('with a number to keep', () => {
  it('forget their oldest calls, tokens, users and keys', async () => {
    const fakes = createFakeProviders({ keep: 3 });
    const create = (name: string) =>
      askFake(fakes, 'https://api.sandbox.eu.junction.com/v2/user', {
        headers: { ...raw.junction.headers, 'content-type': 'application/json' },
        body: JSON.stringify({ client_user_id: name }),
      });
    for (const name of ['a', 'b', 'c', 'd']) await create(name);
    expect(fakes.junction.createdUsers.map(({ clientUserId }) => clientUserId)).toEqual(['b', 'c', 'd']);
    expect((await create('a')).status).toBe(200);
    for (let count = 0; count < 5; count += 1) await askFake(fakes, raw.sfox.url, raw.sfox);
    expect(fakes.sfox.calls).toHaveLength(3);
    expect(fakes.sfox.tokens).toHaveLength(3);

    for (const name of ['a', 'b', 'c']) {
      fakes.clerk.addUser(name);
      fakes.clerk.acceptKey(name);
    }
    expect(() => {
      fakes.clerk.addUser('d');
    }).toThrow('There are 3 users already');
    expect(() => {
      fakes.clerk.acceptKey('d');
    }).toThrow('There are 3 keys already');
    fakes.clerk.acceptKey('a', 'production');
    for (const status of [500, 502, 503]) fakes.clerk.failNext({ status });
    expect(() => {
      fakes.clerk.failNext({ status: 504 });
    }).toThrow('There are 3 failures already');
    expect(() => createFakeProviders({ keep: 0 })).toThrow('`keep`');
  });

  it('forget the key that was not used for longest', async () => {
    const fakes = createFakeProviders({ keep: 2 });
    const url = 'https://api.sandbox.eu.junction.com/v2/user';
    const ofKey = (key: string) => ({ 'x-vital-api-key': key, 'content-type': 'application/json' });
    const ask = (key: string) => askFake(fakes, `${url}/resolve/mine`, { method: 'GET', headers: ofKey(key) });
    await askFake(fakes, url, { headers: ofKey('sk_eu_a'), body: '{"client_user_id":"mine"}' });
    for (const key of ['sk_eu_b', 'sk_eu_b', 'sk_eu_a', 'sk_eu_c']) await ask(key);
    expect((await ask('sk_eu_a')).status).toBe(200);
    await ask('sk_eu_b');
    await ask('sk_eu_c');
    expect((await ask('sk_eu_a')).status).toBe(404);
  });

  it('forget where a key without a prefix was used first, by the same number', async () => {
    const fakes = createFakeProviders({ keep: 1 });
    const ask = async (host: string, key: string) => {
      const url = `https://${host}/v1/enterprise/user-tokens/user-1`;
      return (await askFake(fakes, url, { headers: { authorization: `Bearer ${key}` } })).status;
    };
    expect([await ask('api.sfox.com', 'one'), await ask('api.staging.sfox.com', 'one')]).toEqual([201, 401]);
    await ask('api.sfox.com', 'two');
    expect(await ask('api.staging.sfox.com', 'one')).toBe(201);
  });

  it('forget by size, too', async () => {
    const fakes = createFakeProviders({ keep: 10 });
    const issue = (length: number) =>
      askFake(fakes, raw.clerk.url, { ...raw.clerk, body: JSON.stringify({ user_id: 'x'.repeat(length) }) });
    for (let count = 0; count < 4; count += 1) await issue(9_000);
    expect(fakes.clerk.calls).toHaveLength(2);
    expect(fakes.clerk.tokens.length).toBeLessThan(3);
    // What a reset has removed takes no room.
    fakes.reset();
    for (let count = 0; count < 2; count += 1) await issue(4_000);
    expect([fakes.clerk.calls.length, fakes.clerk.tokens.length]).toEqual([2, 2]);
    // A long path counts as well.
    for (let count = 0; count < 4; count += 1) await askFake(fakes, `${raw.clerk.url}/${'x'.repeat(9_000)}`, raw.clerk);
    expect(fakes.clerk.calls).toHaveLength(2);
    // The newest one stays, whatever its size.
    await issue(50_000);
    expect([fakes.clerk.calls.length, fakes.clerk.tokens.length]).toEqual([1, 1]);
  });
});

describe('the clock', () => {
  it('is set and goes on from there, on top of the one it was made with', () => {
    let now = 1_000;
    const { clock, reset } = createFakeProviders({ now: () => now });
    clock.set('2026-01-01T00:00:00Z');
    expect(clock.now()).toBe(Date.parse('2026-01-01T00:00:00Z'));
    now += 500;
    clock.advance(60_000);
    expect(clock.now()).toBe(Date.parse('2026-01-01T00:01:00.500Z'));
    clock.set(new Date(0));
    expect(clock.now()).toBe(0);
    reset();
    expect(clock.now()).toBe(1_500);
  });

  it('tells whole milliseconds, as the providers do', async () => {
    const { clock, clerk } = createFakeProviders({ now: () => 1_000.7 });
    clock.advance(0.5);
    expect(clock.now()).toBe(1_001);
    const { url, headers } = raw.clerk;
    const answer = await clerk.fetch(url, { method: 'POST', headers, body: '{"user_id":"user_1"}' });
    expect(await answer.json()).toMatchObject({ created_at: 1_001, updated_at: 1_001 });
  });

  it.each(providerIds)('is the Date of an answer of %s, as a server has one', async (provider) => {
    const fakes = createFakeProviders();
    fakes.clock.set('2030-01-02T03:04:05.600Z');
    const { headers } = await askFake(fakes, raw[provider].url, raw[provider]);
    expect(headers.get('date')).toBe('Wed, 02 Jan 2030 03:04:05 GMT');
  });

  it('may be set back, and a limit begins anew', async () => {
    const { clock, sfox } = createFakeProviders();
    sfox.limitRate({ requests: 1, perSeconds: 10 });
    const { url, headers } = raw.sfox;
    const ask = async () => (await sfox.fetch(url, { method: 'POST', headers })).status;
    expect([await ask(), await ask()]).toEqual([201, 429]);
    clock.set(0);
    expect([await ask(), await ask()]).toEqual([201, 429]);
  });

  it.each(['tomorrow', Number.NaN, Infinity, undefined, null, true, [], 9e15])('refuses the time %j', (now) => {
    expect(() => {
      createFakeProviders().clock.set(now as never);
    }).toThrow('`now`');
  });

  it.each([-1, '5', Number.NaN, Infinity])('does not go on by %j', (milliseconds) => {
    expect(() => {
      createFakeProviders().clock.advance(milliseconds as never);
    }).toThrow('`milliseconds`');
  });
});
