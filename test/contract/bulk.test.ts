import { getEventListeners } from 'node:events';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { IssuedToken, IssueOutcome, TokenIssuer } from '../../src/index.js';
import { createInputReader } from '../../src/bulk/input-reader.js';
import type { FakeFailure, FakeProviders } from '../../src/testing/index.js';
import { type AnyBulkOptions, createBulkSubject, userIdOf } from '../support/bulk.js';
import { failureOf } from '../support/failures.js';
import { optionsOf } from '../support/operations.js';
import { judged, subjects } from '../support/subjects/index.js';
import { useVirtualTime } from '../support/virtual-time.js';

type Outcome = IssueOutcome<IssuedToken>;

async function collect(stream: AsyncIterable<Outcome>): Promise<Outcome[]> {
  const outcomes = [];
  for await (const outcome of stream) outcomes.push(outcome);
  return outcomes;
}

const reasonOf = (outcome: Outcome | undefined) => (outcome?.status === 'rejected' ? outcome.reason : undefined);
const tokenOf = (outcome: Outcome | undefined) => (outcome?.status === 'fulfilled' ? outcome.value.token : undefined);

describe.each(judged)('%s, many users', (provider) => {
  useVirtualTime();
  const { hasBatches: isBatch, fake: documented, target } = subjects[provider];
  let fakes: FakeProviders;
  let fake: FakeProviders[typeof provider];
  let issuer: TokenIssuer<IssuedToken, AnyBulkOptions>;
  const ids = (count: number, from = 0) =>
    Array.from({ length: count }, (_, index) => userIdOf(provider, from + index));

  beforeEach(() => {
    ({ fakes, fake, issuer } = createBulkSubject(provider));
  });

  describe('has one outcome for each input', () => {
    it('in the order of the inputs, each with its index and its own token', async () => {
      const outcomes = await issuer.issueTokens(ids(250));
      expect(outcomes.map(({ index, userId, status }) => ({ index, userId, status }))).toEqual(
        ids(250).map((userId, index) => ({ index, userId, status: 'fulfilled' })),
      );
      for (const outcome of outcomes) expect(outcome).toMatchObject({ value: { provider, userId: outcome.userId } });
      const issued = new Map(fake.tokens.map(({ token, userId }) => [token, userId]));
      for (const outcome of outcomes) expect(issued.get(tokenOf(outcome)!)).toBe(outcome.userId);
      expect(fake.calls).toHaveLength(isBatch ? 3 : 250);
    });

    it.each([[[]], [new Set<string>()]])('also where there is none', async (none) => {
      expect(await issuer.issueTokens(none)).toEqual([]);
      expect(await collect(issuer.streamTokens(none))).toEqual([]);
      expect(fake.calls).toEqual([]);
    });

    it('from generators, also asynchronous ones', async () => {
      function* few() {
        yield* ids(3);
      }
      async function* slow() {
        for (const id of ids(3)) {
          await new Promise((resolve) => setTimeout(resolve, 5));
          yield id;
        }
      }
      expect(await issuer.issueTokens(few())).toHaveLength(3);
      const outcomes = await issuer.issueTokens(slow());
      expect(outcomes.map(({ userId }) => userId)).toEqual(ids(3));
    });

    it('where ids cannot be sent, without a request for those', async () => {
      const [good] = ids(1);
      const inputs = ['', good, '.', '..', 'a\ud800', 7, null, undefined, {}] as string[];
      const outcomes = await issuer.issueTokens(inputs);
      expect(outcomes.map(({ status }) => status)).toEqual(
        inputs.map((id) => (id === good ? 'fulfilled' : 'rejected')),
      );
      for (const outcome of outcomes) {
        expect(outcome.userId).toBe(inputs[outcome.index]);
        if (outcome.status === 'fulfilled') continue;
        expect(outcome.reason).toMatchObject({ code: 'invalid_user_id', provider });
        expect(outcome.reason.message).toContain('`userId`');
      }
      expect(fake.calls).toHaveLength(1);
    });

    it('where users are unknown, which costs nobody else a token', async () => {
      const all = ids(40);
      for (const id of all) if (id !== all[7] && id !== all[30]) fake.addUser(id);
      const outcomes = await issuer.issueTokens(all);
      for (const { index, status } of outcomes)
        expect(status, String(index)).toBe(index === 7 || index === 30 ? 'rejected' : 'fulfilled');
      expect(reasonOf(outcomes[7])).toMatchObject({
        name: 'NotFoundError',
        code: 'not_found',
        status: documented.unknownUser,
        provider,
      });
      // Two bad ids in a batch of 40 cost their two paths down the halves.
      if (isBatch) expect(fake.calls.length).toBeLessThanOrEqual(1 + 2 * 2 * Math.ceil(Math.log2(40)));
      else expect(fake.calls).toHaveLength(40);
      expect(fake.tokens).toHaveLength(38);
    });

    it('where ids are equal', async () => {
      const [a, b] = ids(2) as [string, string];
      const outcomes = await issuer.issueTokens([a, b, a, a, b]);
      expect(outcomes.map(({ userId }) => userId)).toEqual([a, b, a, a, b]);
      const tokens = new Set(outcomes.map(tokenOf));
      // sFOX's tokens may be used often; those of the others once.
      expect(tokens.size).toBe(isBatch ? 2 : 5);
      expect(fake.tokens).toHaveLength(isBatch ? 2 : 5);
    });

    it('where equal ids fail', async () => {
      const [a, b] = ids(2) as [string, string];
      fake.addUser(b);
      const outcomes = await issuer.issueTokens([a, b, a]);
      expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected']);
    });

    it('where a request fails on the way', async () => {
      fake.failNext({ fault: 'drop_connection' });
      const outcomes = await issuer.issueTokens(ids(20));
      expect(outcomes.every(({ status }) => status === 'fulfilled')).toBe(true);
      fake.failWith({ fault: 'malformed_body' });
      for (const outcome of await issuer.issueTokens(ids(20))) {
        expect(reasonOf(outcome)).toMatchObject({ code: 'invalid_response' });
      }
    });
  });

  it('keeps so many requests under way, and no more', async () => {
    let underWay = 0;
    let most = 0;
    const fetch = async (url: string, init: RequestInit) => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setTimeout(resolve, 5));
      underWay -= 1;
      return fakes.fetch(url, init);
    };
    const subject = createBulkSubject(provider, { fetch });
    ({ fakes } = subject);
    for (const concurrency of [undefined, 1, 3, 20]) {
      most = 0;
      await subject.issuer.issueTokens(ids(60), {
        ...(concurrency === undefined ? {} : { concurrency }),
        ...(isBatch ? { batchSize: 2 } : {}),
      });
      expect(most).toBe(concurrency ?? 8);
    }
  });

  describe('stops after the first', () => {
    it.each([
      [401, 'unauthorized'],
      [403, 'forbidden'],
    ])('%i what was not sent yet', async (status, code) => {
      fake.failNext({ status });
      const options = { concurrency: 1, ...(isBatch ? { batchSize: 10 } : {}) };
      const outcomes = await issuer.issueTokens(ids(100), options);
      expect(fake.calls).toHaveLength(1);
      expect(outcomes).toHaveLength(100);
      for (const outcome of outcomes) expect(reasonOf(outcome)).toMatchObject({ code, status });
    });

    it('key that cannot be used', async () => {
      let asked = 0;
      const ask = () => {
        asked += 1;
        throw new Error('vault sealed');
      };
      // Of a key that is not there yet nothing says where it belongs.
      const { issuer: keyless } = createBulkSubject(provider, { ...optionsOf(provider, ask), ...target });
      const outcomes = await keyless.issueTokens(ids(100), { concurrency: 2 });
      // Each of the two requests repeats it twice.
      expect(asked).toBeLessThanOrEqual(6);
      for (const outcome of outcomes) expect(reasonOf(outcome)).toMatchObject({ code: 'api_key_unavailable' });
    });
  });

  it.each<[string, FakeFailure]>([
    ['connection_failed', { fault: 'drop_connection' }],
    ['server_error', { status: 500 }],
    ['invalid_response', { fault: 'malformed_body' }],
  ])('gives up on a provider that only fails, after ten minutes of %s', async (code, failure) => {
    fake.failWith(failure);
    let time = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (time += 10_000));
    const outcomes = await issuer.issueTokens(ids(300), {
      retry: 0,
      concurrency: 1,
      timeout: 2_147_483_647,
      ...(isBatch ? { batchSize: 1 } : {}),
    });
    for (const outcome of outcomes) expect(reasonOf(outcome)).toMatchObject({ code });
    expect(fake.calls.length).toBeLessThan(30);
  });

  it("bounds each user's own time", async () => {
    fake.failWith({ fault: 'stall' });
    const start = performance.now();
    const outcomes = await issuer.issueTokens(ids(2), { timeout: 100 });
    for (const outcome of outcomes) expect(reasonOf(outcome)).toMatchObject({ code: 'timeout' });
    expect(performance.now() - start).toBe(100);
  });

  describe('is aborted', () => {
    it('before it began: nothing is sent or read', async () => {
      const reason = new Error('mine');
      const read = vi.fn(() => ids(1)[Symbol.iterator]());
      const inputs = { [Symbol.iterator]: read };
      const signal = AbortSignal.abort(reason);
      await expect(issuer.issueTokens(inputs, { signal })).rejects.toBe(reason);
      await expect(collect(issuer.streamTokens(inputs, { signal }))).rejects.toBe(reason);
      expect(read).not.toHaveBeenCalled();
      expect(fake.calls).toEqual([]);
    });

    it('on the way: with the reason, after all that was issued has been handed out', async () => {
      const options = { concurrency: 2, ...(isBatch ? { batchSize: 3 } : {}) };
      for (const isStream of [true, false]) {
        ({ fake, issuer } = createBulkSubject(provider));
        const controller = new AbortController();
        const { signal } = controller;
        const reason = { why: 'enough' };
        const handedOut: Outcome[] = [];
        const onOutcome = (outcome: Outcome) => {
          handedOut.push(outcome);
          if (handedOut.length === 7) controller.abort(reason);
        };
        const consume = async () => {
          for await (const outcome of issuer.streamTokens(ids(1000), { ...options, signal })) onOutcome(outcome);
        };
        const run = isStream ? consume() : issuer.issueTokens(ids(1000), { ...options, signal, onOutcome });
        await expect(run).rejects.toBe(reason);
        expect(fake.calls.length).toBeLessThan(30);
        const handedTokens = handedOut.map(tokenOf);
        // A request that was cut off may have been answered already: so many tokens at most are not with us.
        const missing = fake.tokens.filter(({ token }) => !handedTokens.includes(token));
        expect(missing.length).toBeLessThanOrEqual(isBatch ? 6 : 2);
        expect(getEventListeners(signal, 'abort')).toEqual([]);
      }
    });

    it('in a pause, and while the source has nothing to give', async () => {
      fake.failNext({ status: 429, retryAfter: 60 });
      async function* silent(): AsyncGenerator<string> {
        await new Promise(() => undefined);
        yield '';
      }
      for (const inputs of [ids(3), silent()]) {
        const controller = new AbortController();
        setTimeout(() => {
          controller.abort('enough');
        }, 50);
        const start = performance.now();
        await expect(issuer.issueTokens(inputs, { signal: controller.signal })).rejects.toBe('enough');
        expect(performance.now() - start).toBe(50);
      }
    });

    it('or not at all, and leaves no listener on the signal', async () => {
      const { signal } = new AbortController();
      await issuer.issueTokens(ids(5), { signal });
      expect(getEventListeners(signal, 'abort')).toEqual([]);
      for await (const outcome of issuer.streamTokens(ids(5), { signal })) {
        expect(outcome.status).toBe('fulfilled');
        break;
      }
      expect(getEventListeners(signal, 'abort')).toEqual([]);
      const reason = new Error('no such file');
      const inputs: Iterable<string> = {
        [Symbol.iterator]() {
          throw reason;
        },
      };
      await expect(issuer.issueTokens(inputs, { signal })).rejects.toBe(reason);
      expect(getEventListeners(signal, 'abort')).toEqual([]);
    });

    it('with an error of ours for a reason', async () => {
      fake.failNext({ status: 404 });
      const reason = await failureOf(issuer.issueToken(ids(1)[0]!));
      fake.failWith({ fault: 'stall' });
      const controller = new AbortController();
      setTimeout(() => {
        controller.abort(reason);
      }, 30);
      const onOutcome = vi.fn();
      await expect(issuer.issueTokens(ids(3), { signal: controller.signal, onOutcome })).rejects.toBe(reason);
      // It is no failure of those who were under way.
      expect(onOutcome).not.toHaveBeenCalled();
    });

    it('with a reason that `fetch` sees', async () => {
      const signals: AbortSignal[] = [];
      const fetch = (_: string, { signal }: RequestInit) => {
        signals.push(signal!);
        return new Promise<Response>(() => undefined);
      };
      const controller = new AbortController();
      setTimeout(() => {
        controller.abort('enough');
      }, 50);
      const { issuer: stalled } = createBulkSubject(provider, { fetch });
      await expect(stalled.issueTokens(ids(1), { signal: controller.signal })).rejects.toBe('enough');
      expect(signals.map(({ reason }) => reason as unknown)).toEqual(['enough']);
    });

    it('after its source has failed: the reason is what counts', async () => {
      fake.failWith({ fault: 'stall' });
      function* broken() {
        yield* ids(1);
        throw new Error('disk full');
      }
      const controller = new AbortController();
      setTimeout(() => {
        controller.abort('enough');
      }, 50);
      await expect(issuer.issueTokens(broken(), { signal: controller.signal })).rejects.toBe('enough');
    });
  });

  describe('as a stream', () => {
    it('yields outcomes as they arrive, not in order', async () => {
      // The first request is answered after all others.
      let endOthers = (): void => undefined;
      const others = new Promise<void>((resolve) => (endOthers = resolve));
      let sent = 0;
      const fetch = async (url: string, init: RequestInit) => {
        sent += 1;
        if (sent === 1) await others;
        return fakes.fetch(url, init);
      };
      const { issuer: unordered } = createBulkSubject(provider, { fetch });
      const options = isBatch ? { batchSize: 1 } : {};
      const indexes = [];
      for await (const { index } of unordered.streamTokens(ids(20), options))
        if (indexes.push(index) === 19) endOthers();
      expect([...indexes].sort((a, b) => a - b)).toEqual(ids(20).map((_, index) => index));
      expect(indexes.at(-1)).toBe(0);
    });

    it('reads an endless source only as far as its consumer does, and stops with it', async () => {
      let read = 0;
      let isStopped = false;
      function* endless() {
        try {
          for (;;) yield userIdOf(provider, read++);
        } finally {
          isStopped = true;
        }
      }
      let taken = 0;
      for await (const outcome of issuer.streamTokens(endless(), {
        concurrency: 4,
        ...(isBatch ? { batchSize: 10 } : {}),
      })) {
        expect(outcome.status).toBe('fulfilled');
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (++taken === 100) break;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(isStopped).toBe(true);
      expect(read).toBeLessThan(100 + (isBatch ? 80 : 20));
      const sent = fake.calls.length;
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(fake.calls).toHaveLength(sent);
    });

    it('aborts what is under way when its consumer leaves', async () => {
      const [first, ...others] = ids(5) as [string, ...string[]];
      const signals: AbortSignal[] = [];
      const fetch = (url: string, init: RequestInit) => {
        const { signal } = init;
        signals.push(signal!);
        if (signals.length === 1) return fakes.fetch(url, init);
        return new Promise<Response>(() => undefined);
      };
      const subject = createBulkSubject(provider, { fetch });
      ({ fakes } = subject);
      for await (const outcome of subject.issuer.streamTokens([first, ...others], isBatch ? { batchSize: 1 } : {})) {
        expect(outcome.userId).toBe(first);
        break;
      }
      await vi.waitFor(() => {
        expect(signals.slice(1).every(({ aborted }) => aborted)).toBe(true);
      });
    });

    it.each<[string, () => never]>([
      [
        'throws',
        () => {
          throw new Error('mine');
        },
      ],
      ['rejects', (() => Promise.reject(new Error('mine'))) as never],
    ])('may be left although the end of its source %s', async (_, end) => {
      const next = () => ({ done: false, value: ids(1)[0]! });
      const endless = { [Symbol.iterator]: () => ({ next, return: end }) };
      for await (const outcome of issuer.streamTokens(endless)) {
        expect(outcome.status).toBe('fulfilled');
        break;
      }
    });

    it('gives what it has when the source pauses', async () => {
      async function* twoAndSilence() {
        yield* ids(2);
        await new Promise(() => undefined);
      }
      const outcomes: Outcome[] = [];
      for await (const outcome of issuer.streamTokens(twoAndSilence())) {
        outcomes.push(outcome);
        if (outcomes.length === 2) break;
      }
      expect(outcomes.map(({ index }) => index).sort()).toEqual([0, 1]);
    });

    it('gives what it has in time where the source gives one after the other', async () => {
      async function* dripping() {
        for (const id of ids(60)) {
          await new Promise((resolve) => setTimeout(resolve, 10));
          yield id;
        }
      }
      const start = performance.now();
      for await (const outcome of issuer.streamTokens(dripping())) {
        expect(outcome.index).toBe(0);
        // A batch that is not full waits for a quarter of a second.
        expect(performance.now() - start).toBe(isBatch ? 260 : 10);
        break;
      }
    });

    it('reads no further while it is asked for the one id that its source repeats', async () => {
      fake.failWith({ fault: 'stall' });
      let read = 0;
      function* same() {
        for (; read < 100_000; read += 1) yield userIdOf(provider, 1);
      }
      const stream = issuer.streamTokens(same(), { concurrency: 4, ...(isBatch ? { batchSize: 10 } : {}) });
      const next = stream.next();
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(read).toBeLessThanOrEqual(isBatch ? 40 : 4);
      await stream.return(undefined);
      expect(await next).toMatchObject({ done: true });
    });

    it('ends with an abort meanwhile', async () => {
      fake.failWith({ fault: 'stall' });
      const same = Array.from({ length: 1_000 }, () => userIdOf(provider, 1));
      const controller = new AbortController();
      const { signal } = controller;
      const issuing = issuer.issueTokens(same, { signal, concurrency: 4, ...(isBatch ? { batchSize: 10 } : {}) });
      setTimeout(() => {
        controller.abort('enough');
      }, 50);
      await expect(issuing).rejects.toBe('enough');
    });

    it.each(['return', 'throw'] as const)('ends at once with %s(), although a value is waited for', async (method) => {
      fake.failWith({ fault: 'stall' });
      const signals: AbortSignal[] = [];
      let tellOfSending = (): void => undefined;
      const isSent = new Promise<void>((resolve) => (tellOfSending = resolve));
      const fetch = (url: string, init: RequestInit) => {
        signals.push(init.signal!);
        tellOfSending();
        return fakes.fetch(url, init);
      };
      const subject = createBulkSubject(provider, { fetch });
      subject.fake.failWith({ fault: 'stall' });
      ({ fakes } = subject);
      const stream = subject.issuer.streamTokens(ids(3));
      const next = stream.next();
      await isSent;
      const reason = new Error('mine');
      const end = method === 'return' ? stream.return(undefined) : stream.throw(reason);
      expect(signals.every(({ aborted }) => aborted)).toBe(true);
      expect(await next).toEqual({ done: true, value: undefined });
      if (method === 'return') expect(await end).toEqual({ done: true, value: undefined });
      else await expect(end).rejects.toBe(reason);
      expect(await stream.next()).toEqual({ done: true, value: undefined });
    });

    it('may be ended by its own source, already at the first id: nothing is sent', async () => {
      function* source() {
        void stream.return(undefined);
        yield* ids(3);
      }
      const stream: AsyncGenerator<Outcome> = issuer.streamTokens(source());
      expect(await stream.next()).toEqual({ done: true, value: undefined });
      expect(fake.calls).toEqual([]);
    });

    it('passes on the error of its source, after what was under way', async () => {
      const reason = new Error('disk full');
      function* broken() {
        yield* ids(3);
        throw reason;
      }
      const outcomes: Outcome[] = [];
      const consume = async () => {
        for await (const outcome of issuer.streamTokens(broken())) outcomes.push(outcome);
      };
      await expect(consume()).rejects.toBe(reason);
      expect(outcomes).toHaveLength(3);
    });
  });

  it('tells of each outcome as it arrives, and waits for who is told', async () => {
    let told = 0;
    const outcomes = await issuer.issueTokens(ids(10), {
      onOutcome: async (outcome) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        expect(outcome.userId).toBe(ids(10)[outcome.index]);
        told += 1;
      },
    });
    expect(told).toBe(10);
    expect(outcomes).toHaveLength(10);
    const reason = new Error('no room');
    const onOutcome = () => {
      throw reason;
    };
    await expect(issuer.issueTokens(ids(10), { onOutcome })).rejects.toBe(reason);
  });

  it('rejects if the iterator of its source is none', async () => {
    const broken: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(undefined as never) }),
    };
    await expect(issuer.issueTokens(broken)).rejects.toBeInstanceOf(TypeError);
  });

  it('ends where a `for` loop would: at any `done` that is truthy', async () => {
    const users = ids(3);
    const next = () => ({ done: (users.length === 1 ? 1 : 0) as never, value: users.shift()! });
    const outcomes = await issuer.issueTokens({ [Symbol.iterator]: () => ({ next }) });
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
  });

  describe('refuses before anything is sent', () => {
    it.each([
      ['concurrency', { concurrency: 0 }],
      ['concurrency', { concurrency: 1.5 }],
      ['concurrency', { concurrency: Infinity }],
      ['concurrency', { concurrency: 10_001 }],
      ['concurrency', { concurrency: '8' }],
      ['giveUpAfter', { giveUpAfter: 0 }],
      ['giveUpAfter', { giveUpAfter: '8' }],
      ['timeout', { timeout: 0 }],
      ['signal', { signal: {} }],
      ['batchSize', { batchSize: 0 }],
      ['parallel', { parallel: 8 }],
      ['the options', null],
    ])('a wrong option: %s in %j', async (name, options) => {
      for (const call of [
        () => issuer.issueTokens(ids(2), options as never),
        () => collect(issuer.streamTokens(ids(2), options as never)),
      ]) {
        const error = await failureOf(Promise.resolve().then(call));
        expect(error).toMatchObject({ code: 'invalid_option', operation: 'issueTokens', provider });
        expect(error.message).toContain(name);
      }
      expect(fake.calls).toEqual([]);
    });

    it('a listener that is no function, and one for a stream', async () => {
      expect(await failureOf(issuer.issueTokens(ids(1), { onOutcome: 'log' as never }))).toMatchObject({
        code: 'invalid_option',
      });
      const options = { onOutcome: () => undefined } as never;
      expect(await failureOf(collect(issuer.streamTokens(ids(1), options)))).toMatchObject({ code: 'invalid_option' });
    });

    it.each([['user_1'], [undefined], [null], [7], [{}], [Promise.resolve([])]])(
      'what is no list: %j',
      async (inputs) => {
        const error = await failureOf(issuer.issueTokens(inputs as never));
        expect(error).toMatchObject({ code: 'invalid_option', operation: 'issueTokens' });
        expect(error.message).toContain(
          '`userIds` must be an array, or another iterable or async iterable of strings. For one user call `issueToken`.',
        );
      },
    );
  });

  it('takes 10,000 requests at once for the most', async () => {
    expect(await issuer.issueTokens(ids(2), { concurrency: 10_000 })).toHaveLength(2);
  });

  it('can be passed around', async () => {
    const { issueTokens, streamTokens } = issuer;
    expect(await issueTokens(ids(2))).toHaveLength(2);
    expect(await collect(streamTokens(ids(2)))).toHaveLength(2);
  });
});

describe('what reads the ids', () => {
  useVirtualTime();

  it('leaves neither timers nor listeners behind, however long its source takes', async () => {
    async function* slow() {
      for (const id of ['a', 'b', 'c', 'd']) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        yield id;
      }
    }
    const { signal } = new AbortController();
    const reader = createInputReader(slow(), signal);
    for (const size of [1, 2, 3]) {
      expect(await reader.read(size)).not.toEqual([]);
      expect(getEventListeners(signal, 'abort')).toEqual([]);
      expect(vi.getTimerCount()).toBe(0);
    }
  });
});

describe.each(judged)('%s, many users: lets timers run', (provider) => {
  it.each([
    ['although nothing has to be asked', () => ''],
    ['once a refused key has ended all asking', (index: number) => userIdOf(provider, index)],
  ])('%s', async (_, idOf) => {
    // In real time, which goes on while a call does not wait for anything.
    const { issuer, fake } = createBulkSubject(provider);
    fake.failWith({ status: 401 });
    function* many() {
      for (let index = 0; index < 50_000; index += 1) yield idOf(index);
    }
    const controller = new AbortController();
    let timer: unknown;
    const consume = async () => {
      for await (const { status } of issuer.streamTokens(many(), { signal: controller.signal })) {
        expect(status).toBe('rejected');
        timer ??= setTimeout(() => {
          controller.abort('enough');
        }, 20);
      }
    };
    await expect(consume()).rejects.toBe('enough');
  });
});

describe('Clerk', () => {
  it('passes its own options to each call, and checks them once', async () => {
    const { issuer, fake } = createBulkSubject('clerk', { expiresInSeconds: 60 });
    await issuer.issueTokens(['user_1', 'user_2'], { expiresInSeconds: 5, orgId: 'org_1' } as object);
    expect(fake.calls.map(({ body }) => body)).toMatchObject([
      { user_id: 'user_1', expires_in_seconds: 5, org_id: 'org_1' },
      { user_id: 'user_2', expires_in_seconds: 5, org_id: 'org_1' },
    ]);
    const error = await failureOf(issuer.issueTokens(['user_1'], { expiresInSeconds: 0 } as object));
    expect(error).toMatchObject({ code: 'invalid_option', operation: 'issueTokens' });
  });

  it('takes a user who is no member of the organization for that one failure', async () => {
    const { issuer, fakes } = createBulkSubject('clerk');
    fakes.clerk.addOrganization('org_1', ['user_1', 'user_3']);
    const options = { orgId: 'org_1', concurrency: 1 } as object;
    const outcomes = await issuer.issueTokens(['user_1', 'user_2', 'user_3'], options);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(reasonOf(outcomes[1])).toMatchObject({ code: 'forbidden', providerCode: 'not_a_member_in_organization' });
  });
});

describe('sFOX', () => {
  useVirtualTime();
  const ids = (count: number) => Array.from({ length: count }, (_, index) => `user-${String(index)}`);
  const sizesOf = ({ calls }: Pick<FakeProviders['sfox'], 'calls'>) =>
    calls.map(({ body }) => (body as { data: string[] } | undefined)?.data.length ?? 1);

  it('asks in batches of the size that the call or the client says', async () => {
    const { issuer, fake } = createBulkSubject('sfox', { batchSize: 4 });
    await issuer.issueTokens(ids(10), { concurrency: 1 });
    expect(sizesOf(fake)).toEqual([4, 4, 2]);
    await issuer.issueTokens(ids(10), { concurrency: 1, batchSize: 6 });
    expect(sizesOf(fake).slice(3)).toEqual([6, 4]);
  });

  it('bounds each attempt of a batch by `attemptTimeout`', async () => {
    const { issuer, fake } = createBulkSubject('sfox', { retry: 0 });
    fake.failWith({ fault: 'stall' });
    const start = performance.now();
    const outcomes = await issuer.issueTokens(ids(2), { attemptTimeout: 100 });
    expect(performance.now() - start).toBe(100);
    for (const outcome of outcomes) expect(reasonOf(outcome)).toMatchObject({ code: 'timeout', timeout: 100 });
  });

  it('asks again for an id whose request has ended, and then reads as far ahead as before', async () => {
    const slowly = async (url: string, init: RequestInit) => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      return fakes.fetch(url, init);
    };
    const { issuer, fake, fakes } = createBulkSubject('sfox', { batchSize: 1, fetch: slowly });
    let tellOfOutcomes = (): void => undefined;
    const areTaken = new Promise<void>((resolve) => (tellOfOutcomes = resolve));
    let read = 0;
    async function* source() {
      yield* ['user-1', 'user-1', 'user-1'];
      await areTaken;
      for (; read < 100; read += 1) yield 'user-1';
    }
    const stream = issuer.streamTokens(source(), { concurrency: 2 });
    for (const index of [0, 1, 2]) expect((await stream.next()).value).toMatchObject({ index, status: 'fulfilled' });
    expect(fake.calls).toHaveLength(1);
    tellOfOutcomes();
    expect((await stream.next()).value).toMatchObject({ index: 3, status: 'fulfilled' });
    // As many as had one token before: one that is asked for, and two more.
    expect(read).toBe(2);
    expect(fake.calls).toHaveLength(2);
    await stream.return(undefined);
  });

  it.each([0, 1.5, 501, '5'])('refuses a client with batches of %j', async (batchSize) => {
    const error = await failureOf(Promise.resolve().then(() => createBulkSubject('sfox', { batchSize })));
    expect(error).toMatchObject({ code: 'invalid_option', operation: 'createClient' });
  });

  it('names who was left out of a batch, and hands nobody the token of somebody else', async () => {
    const { issuer, fake } = createBulkSubject('sfox');
    fake.addUser('user-0');
    (fake as unknown as { unknownUsersInBatch: string }).unknownUsersInBatch = 'leave_out';
    const outcomes = await issuer.issueTokens(ids(3));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    for (const outcome of outcomes.slice(1)) expect(reasonOf(outcome)).toMatchObject({ code: 'not_issued' });
    expect(fake.calls).toHaveLength(1);
  });

  it('tells whom a batch named although nobody had asked for them', async () => {
    const { issuer, fake } = createBulkSubject('sfox');
    const expires = '2030-01-01T00:00:00Z';
    const data = ['user-0', 'stranger', 'user-1'].map((id) => ({
      token: `made-up-${id}`,
      partner_user_id: id,
      expires,
    }));
    fake.failNext({ status: 201, body: { data } });
    const onUnexpectedUser = vi.fn();
    const outcomes = await issuer.issueTokens(ids(2), { onUnexpectedUser });
    expect(outcomes.map(tokenOf)).toEqual(['made-up-user-0', 'made-up-user-1']);
    expect(onUnexpectedUser.mock.calls).toEqual([['stranger']]);

    const failures = ids(2).map((_, index) => failureOf(issuer.issueToken(String(index), { timeout: 0 })));
    for (const reason of [new Error('mine'), ...(await Promise.all(failures))]) {
      fake.failNext({ status: 201, body: { data } });
      const raise = () => {
        throw reason;
      };
      await expect(issuer.issueTokens(ids(2), { onUnexpectedUser: raise })).rejects.toBe(reason);

      fake.failNext({ status: 201, body: { data } });
      const raiseLater = vi.fn().mockRejectedValue(reason);
      await expect(issuer.issueTokens(ids(2), { onUnexpectedUser: raiseLater })).rejects.toBe(reason);

      // Also while others wait for a source that has nothing more to give.
      fake.failNext({ status: 201, body: { data } });
      const idle = async function* () {
        yield* ids(2);
        await new Promise(() => undefined);
      };
      const options = { onUnexpectedUser: raise, batchSize: 2, concurrency: 3 };
      await expect(issuer.issueTokens(idle(), options)).rejects.toBe(reason);
    }
    // And nobody else is asked for, except whoever was under way.
    const before = fake.calls.length;
    fake.failNext({ status: 201, body: { data } });
    const raise = () => {
      throw new Error('mine');
    };
    const failed = issuer.issueTokens(ids(100), { onUnexpectedUser: raise, batchSize: 2, concurrency: 1 });
    await expect(failed).rejects.toThrow('mine');
    expect(fake.calls.length - before).toBeLessThan(5);
    const wrong = failureOf(issuer.issueTokens(ids(2), { onUnexpectedUser: 'log' as never }));
    expect(await wrong).toMatchObject({ code: 'invalid_option' });
  });

  it('rejects with what was thrown first, although another request under way ends badly, too', async () => {
    const { issuer, fake } = createBulkSubject('sfox');
    const answer = (id: string) => ({
      data: [{ token: 'made-up', partner_user_id: id, expires: '2030-01-01T00:00:00Z' }],
    });
    fake.failNext({ status: 201, body: answer('late'), delay: 1_000 });
    fake.failNext({ status: 201, body: answer('early') });
    const onUnexpectedUser = (userId: string) => {
      throw new Error(userId);
    };
    await expect(issuer.issueTokens(ids(4), { onUnexpectedUser, batchSize: 2 })).rejects.toThrow('early');
  });

  it('shares a token among equal ids while it is under way, and no longer', async () => {
    const { issuer, fake } = createBulkSubject('sfox');
    fake.failNext({ delay: 100 });
    async function* source() {
      yield* ['user-1', 'user-1'];
      // Longer than an incomplete batch waits for the rest, and its request takes.
      await new Promise((resolve) => setTimeout(resolve, 600));
      yield 'user-1';
    }
    const outcomes = await issuer.issueTokens(source());
    expect(tokenOf(outcomes[0])).toBe(tokenOf(outcomes[1]));
    expect(tokenOf(outcomes[2])).not.toBe(tokenOf(outcomes[0]));
  });

  it('remembers for the rest of a call which size is too large for a 413', async () => {
    const { issuer, fake } = createBulkSubject('sfox');
    fake.failNext({ status: 413 });
    const outcomes = await issuer.issueTokens(ids(32), { batchSize: 8, concurrency: 1 });
    expect(outcomes.every((outcome) => outcome.status === 'fulfilled')).toBe(true);
    expect(sizesOf(fake)).toEqual([8, 4, 4, 4, 4, 4, 4, 4, 4]);
  });

  it('sends no batch again that is larger than one that was too large', async () => {
    const { issuer, fake } = createBulkSubject('sfox');
    fake.failNext({ status: 413 }, 4);
    const outcomes = await issuer.issueTokens(ids(16), { batchSize: 8, concurrency: 2 });
    expect(outcomes.every((outcome) => outcome.status === 'fulfilled')).toBe(true);
    expect(sizesOf(fake).filter((size) => size > 2)).toEqual([8, 8, 4, 4]);
  });

  it('knows the smallest size that was too large, although a larger batch is refused after it', async () => {
    const { issuer, fake } = createBulkSubject('sfox');
    fake.failNext({ status: 413, delay: 1_000 });
    fake.failNext({ status: 413 }, 2);
    const outcomes = await issuer.issueTokens(ids(16), { batchSize: 8, concurrency: 2 });
    expect(outcomes.every((outcome) => outcome.status === 'fulfilled')).toBe(true);
    expect(sizesOf(fake).filter((size) => size > 2)).toEqual([8, 8, 4]);
  });

  it('finds a size that is not too large, although many requests at once are', async () => {
    const limited = async (url: string, init: RequestInit) => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      sent += 1;
      const size = (init.body as string | undefined)?.split(',').length ?? 1;
      return size > 6 ? new Response('', { status: 413 }) : fakes.fetch(url, init);
    };
    let sent = 0;
    const { issuer, fakes } = createBulkSubject('sfox', { fetch: limited });
    const outcomes = await issuer.issueTokens(ids(100));
    expect(outcomes.every((outcome) => outcome.status === 'fulfilled')).toBe(true);
    // What was too large says nothing about its users. If it counted as they do, most of them would be asked for alone.
    expect(sent).toBeLessThan(50);
  });

  it('reads no larger batches than it may send', async () => {
    const limited = async (url: string, init: RequestInit) => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      const size = (init.body as string | undefined)?.split(',').length ?? 1;
      return size > 2 ? new Response('', { status: 413 }) : fakes.fetch(url, init);
    };
    const { issuer, fake, fakes } = createBulkSubject('sfox', { fetch: limited });
    let before = 0;
    async function* source() {
      // The one between them is read as part of a batch of 64, before its size is known to be too large.
      for (const count of [64, 1, 64]) {
        before = fake.calls.length;
        yield* ids(count);
        await new Promise((resolve) => setTimeout(resolve, 1_000));
      }
    }
    await issuer.issueTokens(source(), { batchSize: 64, concurrency: 32 });
    // The parts of one large batch would be so many at once that most of its users would be asked for alone.
    expect(sizesOf(fake).slice(before)).toEqual(Array.from({ length: 32 }, () => 2));
  });

  it('asks for both halves of a batch at once', async () => {
    const { issuer, fake } = createBulkSubject('sfox');
    fake.failNext({ status: 413, delay: 100 });
    fake.failNext({ delay: 100 }, 2);
    const start = performance.now();
    await issuer.issueTokens(ids(8));
    expect(performance.now() - start).toBe(200);
  });

  it('asks for the next batch while its consumer takes the outcomes of the last one', async () => {
    const { issuer, fake } = createBulkSubject('sfox');
    const stream = issuer.streamTokens(ids(30), { batchSize: 10, concurrency: 1 });
    await stream.next();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(fake.calls).toHaveLength(2);
    await stream.return(undefined);
  });

  it('one request at a time, asks in the order of the inputs, also after it divided a batch', async () => {
    const { issuer, fake } = createBulkSubject('sfox');
    for (const id of ids(16)) if (id !== 'user-4') fake.addUser(id);
    const indexes = [];
    for await (const { index } of issuer.streamTokens(ids(16), { batchSize: 8, concurrency: 1 })) indexes.push(index);
    expect(indexes).toEqual(ids(16).map((_, index) => index));
  });

  it('divides a batch as often as one unknown user may need, and asks for the rest one by one', async () => {
    const { issuer, fake } = createBulkSubject('sfox');
    fake.addUser('nobody-else');
    await issuer.issueTokens(ids(32), { concurrency: 1 });
    const sizes = sizesOf(fake);
    // All of them, and two halves of 16, of 8, of 4, of 2 and of 1: the last two are users who are asked for alone.
    expect(sizes.filter((size) => size > 1)).toHaveLength(1 + 2 * 5);
    expect(sizes.filter((size) => size === 1)).toHaveLength(32);
  });

  it('does not divide a batch if a gateway does not know the path', async () => {
    const { issuer, fake } = createBulkSubject('sfox');
    fake.failWith({ status: 404, body: { detail: 'Not Found' } });
    const outcomes = await issuer.issueTokens(ids(8));
    for (const outcome of outcomes) expect(reasonOf(outcome)).toMatchObject({ code: 'not_found', scope: 'account' });
    expect(fake.calls).toHaveLength(1);
  });

  it('sends a batch without the one id that holds the key of a function', async () => {
    const apiKey = 'made-up-key-of-a-function';
    const { issuer } = createBulkSubject('sfox', { apiKey: () => apiKey });
    const outcomes = await issuer.issueTokens(['user-0', `user-${apiKey}`, 'user-2', 'user-3']);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(reasonOf(outcomes[1])).toMatchObject({ code: 'invalid_user_id' });
  });

  it('asks for about one request a user at most, however many are unknown', async () => {
    const { issuer, fake } = createBulkSubject('sfox');
    fake.addUser('nobody-else');
    const outcomes = await issuer.issueTokens(ids(100));
    for (const outcome of outcomes) expect(reasonOf(outcome)).toMatchObject({ code: 'not_found' });
    expect(fake.calls.length).toBeLessThanOrEqual(115);
  });

  it.each([400, 404, 413, 422])('asks again in halves after a %i, down to one', async (status) => {
    const { issuer, fake } = createBulkSubject('sfox');
    fake.failNext({ status });
    const outcomes = await issuer.issueTokens(ids(8));
    expect(outcomes.every((outcome) => outcome.status === 'fulfilled')).toBe(true);
    expect(sizesOf(fake)).toEqual([8, 4, 4]);
  });

  it.each([409, 500])('does not after a %i', async (status) => {
    const { issuer, fake } = createBulkSubject('sfox');
    fake.failWith({ status });
    const outcomes = await issuer.issueTokens(ids(8), { retry: 0 });
    for (const outcome of outcomes) expect(reasonOf(outcome)).toMatchObject({ status });
    expect(fake.calls).toHaveLength(1);
  });

  it('finds a limit on the size of batches by itself', async () => {
    const { issuer, fakes } = createBulkSubject('sfox');
    fakes.sfox.maxBatchSize = 30;
    const outcomes = await issuer.issueTokens(ids(100));
    expect(outcomes.every(({ status }) => status === 'fulfilled')).toBe(true);
    expect(fakes.sfox.calls.filter(({ status }) => status === 201)).toHaveLength(4);
  });
});
