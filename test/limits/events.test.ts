import { inspect } from 'node:util';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import {
  type AttemptEvent,
  type CallEvent,
  createIssuer,
  type ProviderId,
  TimeoutError,
  type TokenwrightEvent,
} from '../../src/index.js';
import { createBulkSubject, userIdOf } from '../support/bulk.js';
import { keys } from '../support/operations.js';
import { judged, subjects } from '../support/subjects/index.js';
import { useVirtualTime } from '../support/virtual-time.js';

useVirtualTime();

const timedOut = { code: 'timeout', message: 'made up', provider: undefined } as const;

function listen(provider: ProviderId, options: object = {}) {
  const events: TokenwrightEvent[] = [];
  const subject = createBulkSubject(provider, { onEvent: (event: TokenwrightEvent) => events.push(event), ...options });
  return { ...subject, events };
}

const ids = (provider: ProviderId, count: number) =>
  Array.from({ length: count }, (_, index) => userIdOf(provider, index + 1));

describe.each(judged)('%s tells what happens', (provider) => {
  it('of a call: each attempt, and the end', async () => {
    const { issuer, fake, events } = listen(provider);
    fake.failNext({ status: 500 });
    await issuer.issueToken(userIdOf(provider, 1));
    expect(events).toMatchObject([
      { type: 'attempt', attempt: 1, result: 'server_error', status: 500, users: 1, operation: 'issueToken' },
      { type: 'attempt', attempt: 2, result: 'ok', users: 1 },
      { type: 'call', attempts: 2, result: 'ok', users: 1, provider },
    ]);
    const [first, second, call] = events;
    expect(first).toHaveProperty('retryInMilliseconds', expect.any(Number));
    expect(second).not.toHaveProperty('retryInMilliseconds');
    expect(call).toMatchObject({ waitedMilliseconds: expect.any(Number), startedAt: expect.any(Number) });
    expect(new Set(events.map((event) => 'callId' in event && event.callId)).size).toBe(1);
    for (const event of events) expect(event).not.toHaveProperty('bulkId');
  });

  it('of an attempt whose key is then replaced: its own time, without that of the new key', async () => {
    const { keyOption } = subjects[provider];
    const key = keys[provider];
    const { issuer, fake, events } = listen(provider, {
      [keyOption]: async ({ rejected }: { rejected: boolean }) => {
        if (!rejected) return key;
        await new Promise((resolve) => setTimeout(resolve, 3_000));
        return `${key}-new`;
      },
    });
    fake.failNext({ status: 401 });
    await issuer.issueToken(userIdOf(provider, 1));
    const [first, second, call] = events;
    expect(events).toMatchObject([
      { result: 'unauthorized', retryInMilliseconds: 0 },
      { result: 'ok' },
      { attempts: 2 },
    ]);
    expect((first as AttemptEvent).durationMilliseconds).toBeLessThan(1_000);
    expect((second as AttemptEvent).durationMilliseconds).toBeLessThan(1_000);
    expect((call as CallEvent).waitedMilliseconds).toBeGreaterThanOrEqual(3_000);
  });

  it('of a failure: its code and its status', async () => {
    const { issuer, fake, events } = listen(provider);
    fake.failNext({ status: 404 });
    await expect(issuer.issueToken(userIdOf(provider, 1))).rejects.toThrow();
    expect(events.map(({ type }) => type)).toEqual(['attempt', 'call']);
    for (const event of events) expect(event).toMatchObject({ result: 'not_found', status: 404 });
  });

  it.each<[string, unknown]>([
    ['an error of its own', undefined],
    ['an error of another call', new TimeoutError({ ...timedOut, operation: 'issueToken', timeout: 1 })],
  ])('of an abort whose reason is %s', async (_, reason) => {
    const { issuer, fake, events } = listen(provider);
    fake.failNext({ fault: 'stall' });
    const controller = new AbortController();
    const call = issuer.issueToken(userIdOf(provider, 1), { signal: controller.signal });
    setTimeout(() => {
      controller.abort(reason);
    }, 100);
    const thrown: unknown = await call.catch((error: unknown) => error);
    expect(thrown).toBe(controller.signal.reason);
    expect(events).toMatchObject([
      { type: 'attempt', result: 'aborted' },
      { type: 'call', result: 'aborted' },
    ]);
  });

  it('of a bulk call: every user once, and each request by its own name', async () => {
    const { issuer, fake, events } = listen(provider);
    fake.addUser(userIdOf(provider, 1));
    fake.addUser(userIdOf(provider, 2));
    const outcomes = await issuer.issueTokens([...ids(provider, 3), '']);
    const told = events.filter((event) => event.type === 'outcome');
    expect(told).toHaveLength(4);
    const results = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? 'ok' : outcome.reason.code));
    expect(told.map(({ result }) => result).sort()).toEqual(results.sort());
    const bulkIds = events.map((event) => ('bulkId' in event ? event.bulkId : undefined));
    expect(new Set(bulkIds).size).toBe(1);
    const calls = events.filter((event) => event.type === 'call');
    expect(new Set(calls.map(({ callId }) => callId)).size).toBe(calls.length);
    expect(calls.reduce((sum, { users }) => sum + users, 0)).toBeGreaterThanOrEqual(3);
  });

  it('of a request of a bulk call that was ended before it was sent, with all of its users', async () => {
    const { hasBatches } = subjects[provider];
    const { issuer, fake, events } = listen(provider, { rateLimit: { requests: 1, perSeconds: 60 } });
    fake.failNext({ status: 401, delay: 1_000 });
    await issuer.issueTokens(ids(provider, hasBatches ? 6 : 2), {
      concurrency: 2,
      ...(hasBatches ? { batchSize: 3 } : {}),
    });
    const calls = events.filter((event) => event.type === 'call');
    const users = hasBatches ? 3 : 1;
    expect(calls).toMatchObject([
      { attempts: 1, users, result: 'unauthorized' },
      { attempts: 0, users, result: 'unauthorized' },
    ]);
  });

  it('of a pause, once, with its length', async () => {
    const { issuer, fake, events } = listen(provider, { rateLimit: false });
    for (let count = 0; count < 4; count += 1) fake.failNext({ status: 429, retryAfter: 30 });
    await issuer.issueTokens(ids(provider, 8), {
      concurrency: 4,
      ...(subjects[provider].hasBatches ? { batchSize: 1 } : {}),
    });
    const pauses = events.filter((event) => event.type === 'pause');
    expect(pauses).toMatchObject([{ provider, reason: 'refused' }]);
    expect(pauses[0]?.durationMilliseconds).toBeGreaterThan(29_000);
    expect(pauses[0]?.durationMilliseconds).toBeLessThan(33_000);
  });

  it('of a refusal that comes after the pause: the time until the next attempt is not below 0', async () => {
    const { issuer, fake, events } = listen(provider, { rateLimit: false });
    fake.failNext({ status: 503 });
    fake.failNext({ status: 503, delay: 3_000 });
    await issuer.issueTokens(ids(provider, 2), {
      concurrency: 2,
      ...(subjects[provider].hasBatches ? { batchSize: 1 } : {}),
    });
    const waits = events.flatMap((event) => (event.type === 'attempt' ? (event.retryInMilliseconds ?? []) : []));
    expect(waits).toEqual([expect.any(Number), 0]);
  });

  it('of nothing that is refused before it begins', async () => {
    const { issuer, events } = listen(provider);
    const id = userIdOf(provider, 1);
    await expect(issuer.issueToken('')).rejects.toMatchObject({ code: 'invalid_user_id' });
    await expect(issuer.issueToken(id, { timeout: -1 })).rejects.toMatchObject({ code: 'invalid_option' });
    await expect(issuer.issueToken(id, { signal: AbortSignal.abort('early') })).rejects.toBe('early');
    await expect(issuer.issueTokens([id], { concurrency: 0 })).rejects.toMatchObject({ code: 'invalid_option' });
    expect(events).toEqual([]);
  });

  it('of an answer only if the last attempt had one', async () => {
    const { issuer, fake, events } = listen(provider);
    fake.failNext({ status: 503 });
    fake.failNext({ fault: 'stall' });
    await expect(issuer.issueToken(userIdOf(provider, 1), { retry: 1 })).rejects.toMatchObject({ code: 'timeout' });
    expect(events).toMatchObject([{ status: 503 }, { result: 'timeout' }, { type: 'call', attempts: 2 }]);
    for (const event of events.slice(1)) expect(event).not.toHaveProperty('status');
  });

  it('of nothing that is secret, nor of whom it is about', async () => {
    const { issuer, fake, events } = listen(provider);
    fake.addUser(userIdOf(provider, 1));
    const outcomes = await issuer.issueTokens(ids(provider, 3));
    const text = inspect(events, { depth: Infinity, showHidden: true });
    const { token } = (outcomes[0] as { value: { token: string } }).value;
    const secrets = [token, ...Object.values(subjects[provider].options).filter((value) => typeof value === 'string')];
    for (const each of [...secrets, ...ids(provider, 3)]) expect(text.includes(each), 'shows nothing').toBe(false);
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('mine');
      },
    ],
    ['rejects', () => Promise.reject(new Error('mine'))],
    ['rejects with a promise of another realm', () => runInNewContext("Promise.reject(new Error('mine'))") as unknown],
  ])('to a listener that %s without touching the call', async (_, onEvent) => {
    const { issuer } = createBulkSubject(provider, { onEvent });
    await expect(issuer.issueToken(userIdOf(provider, 1))).resolves.toMatchObject({ provider });
    const outcomes = await issuer.issueTokens(ids(provider, 3));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
  });

  it('to a function, and refuses anything else', () => {
    const { options, target } = subjects[provider];
    const make = () => createIssuer(provider, { ...options, ...target, onEvent: 'log' } as never);
    const message = expect.stringContaining('`onEvent` must be a function') as string;
    expect(make).toThrow(expect.objectContaining({ code: 'invalid_option', message }));
  });
});
