import { AsyncLocalStorage } from 'node:async_hooks';
import { tracingChannel } from 'node:diagnostics_channel';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CallTrace, IssuedToken, ProviderId, TokenwrightEvent } from '../../src/index.js';
import { providerIds } from '../../src/providers/create-issuer.js';
import { createBulkSubject, userIdOf } from '../support/bulk.js';
import { failureOf } from '../support/failures.js';
import { judgedIssueOperations, judgedOperations } from '../support/operations.js';
import { answers, startServer } from '../support/server.js';
import { judged, subjects } from '../support/subjects/index.js';

const channel = tracingChannel<string, CallTrace>('tokenwright.call');
const moments = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const;
const endings: (() => void)[] = [];
afterEach(() => {
  for (const end of endings.splice(0)) end();
});

/** What subscribers get, as it is when they get it. */
function subscribe() {
  const seen: (CallTrace & { readonly moment: string })[] = [];
  const note = (moment: string) => (context: CallTrace) => seen.push({ moment, ...context });
  const subscribers = Object.fromEntries(moments.map((moment) => [moment, note(moment)]));
  channel.subscribe(subscribers as unknown as Parameters<typeof channel.subscribe>[0]);
  endings.push(() => {
    channel.unsubscribe(subscribers as unknown as Parameters<typeof channel.subscribe>[0]);
  });
  return seen;
}

describe.each(judgedOperations)('$name', ({ provider, success, prepare }) => {
  it('is traced: what it is at the start, and what its event says at the end', async () => {
    const seen = subscribe();
    const { url } = await startServer(answers(success));
    const events: TokenwrightEvent[] = [];
    await prepare({ baseUrl: url, onEvent: (event) => events.push(event) }).call();
    expect(seen.map(({ moment }) => moment)).toEqual(['start', 'end', 'asyncStart', 'asyncEnd']);
    const call = events.find(({ type }) => type === 'call') as CallTrace;
    const { operation, callId } = call;
    expect(seen[0]).toEqual({ moment: 'start', provider, operation, callId });
    expect(seen[3]).toEqual({ moment: 'asyncEnd', ...call });
    expect(call).toMatchObject({ result: 'ok', status: success.status });
  });

  it('is traced without a listener for events, and to the same end', async () => {
    const { url } = await startServer(answers({ status: 403, body: 'no' }));
    const untraced = await failureOf(prepare({ baseUrl: url }).call());
    const seen = subscribe();
    const error = await failureOf(prepare({ baseUrl: url }).call());
    expect(seen.map(({ moment }) => moment)).toEqual(['start', 'end', 'error', 'asyncStart', 'asyncEnd']);
    expect(seen[4]).toMatchObject({ result: error.code, error: error.code, status: 403, attempts: 1, type: 'call' });
    expect(error).toEqual(untraced);
    expect(error.stack).toContain('traces.test');
  });
});

it.each(judgedIssueOperations)(
  "$provider: a success has the provider's own id on the token, unlisted, and on its events",
  async ({ success, prepare }) => {
    const headers = { ...success.headers, 'x-request-id': 'made-up-id', 'cf-ray': 'made-up-id' };
    const { url } = await startServer(answers({ ...success, headers }));
    const events: TokenwrightEvent[] = [];
    const token = await prepare({ baseUrl: url, onEvent: (event) => events.push(event) }).call();
    const { requestId, issuedAt } = token as IssuedToken;
    expect(requestId).toMatch(/./);
    // Read again, it is the same date.
    expect(issuedAt).toBeInstanceOf(Date);
    expect((token as IssuedToken).issuedAt).toBe(issuedAt);
    expect(Object.keys(token as IssuedToken)).not.toContain('requestId');
    expect(events).toMatchObject([{ requestId }, { requestId }]);
  },
);

it.each(judgedIssueOperations)(
  '$provider: the time of issue is not made up if the answer does not say it',
  async ({ success, prepare }) => {
    const fetch = () => Promise.resolve(Response.json(success.body, { status: success.status }));
    const token = (await prepare({ baseUrl: 'https://x.invalid', fetch }).call()) as IssuedToken;
    expect(token.issuedAt).toEqual('createdAt' in token ? token.createdAt : undefined);
  },
);

it.each(judged)('%s: a store that is bound to the start holds in all of the call', async (provider) => {
  const storage = new AsyncLocalStorage<string>();
  channel.start.bindStore(storage, ({ callId }) => callId);
  endings.push(() => channel.start.unbindStore(storage));
  const seen: (string | undefined)[] = [];
  const ids: (string | undefined)[] = [];
  const { fake, issuer, fakes } = createBulkSubject(provider, {
    fetch: (url: string, init: RequestInit) => {
      seen.push(storage.getStore());
      return fakes.fetch(url, init);
    },
    onEvent: (event: TokenwrightEvent) => event.type === 'call' && ids.push(event.callId),
  });
  fake.failNext({ status: 500, retryAfter: 0 });
  await issuer.issueToken(userIdOf(provider, 1));
  expect(seen).toEqual([ids[0], ids[0]]);
  expect(ids[0]).toMatch(/./);
  expect(storage.getStore()).toBeUndefined();
});

it.each(judged)(
  '%s: each request of a bulk call is a trace of its own, with the name of the whole',
  async (provider) => {
    const seen = subscribe();
    const { issuer } = createBulkSubject(provider);
    await issuer.issueTokens([1, 2, 3].map((number) => userIdOf(provider, number)));
    const starts = seen.filter(({ moment }) => moment === 'start');
    expect(starts).toHaveLength(subjects[provider].hasBatches ? 1 : 3);
    expect(new Set(starts.map(({ callId }) => callId)).size).toBe(starts.length);
    expect(new Set(seen.map(({ bulkId }) => bulkId)).size).toBe(1);
    expect(starts[0]?.bulkId).toMatch(/./);
  },
);

it.each(judged)('%s: what a listener does to its event does not get into the trace', async (provider) => {
  const seen = subscribe();
  const onEvent = (event: TokenwrightEvent) => {
    Object.assign(event, { result: 'changed', userId: 'private' });
  };
  const { issuer } = createBulkSubject(provider, { onEvent });
  await issuer.issueToken(userIdOf(provider, 1));
  expect(seen.at(-1)).toMatchObject({ moment: 'asyncEnd', result: 'ok' });
  expect(JSON.stringify(seen)).not.toContain('private');
});

it.each(judged)('%s: an abort ends the trace, and its reason stays with the caller', async (provider) => {
  const seen = subscribe();
  const { fake, issuer } = createBulkSubject(provider);
  fake.failNext({ fault: 'stall' });
  const controller = new AbortController();
  const call = issuer.issueToken(userIdOf(provider, 1), { signal: controller.signal });
  controller.abort('private');
  await expect(call).rejects.toBe('private');
  expect(seen.at(-1)).toMatchObject({ moment: 'asyncEnd', result: 'aborted', error: 'aborted' });
  expect(JSON.stringify(seen)).not.toContain('private');
});

it.each([
  ['process', undefined],
  ['getBuiltinModule', {}],
  ['node:diagnostics_channel', { getBuiltinModule: () => undefined }],
  ['tracingChannel', { getBuiltinModule: () => ({}) }],
])('a runtime without %s has no traces', async (_, process) => {
  const provider = providerIds[0]!;
  vi.stubGlobal('process', process);
  const { issuer } = createBulkSubject(provider);
  vi.unstubAllGlobals();
  const seen = subscribe();
  await expect(issuer.issueToken(userIdOf(provider, 1))).resolves.toMatchObject({ provider });
  expect(seen).toEqual([]);
});

/** A client in a runtime with another tracing channel. */
function createTraced(provider: ProviderId, hasSubscribers: boolean, tracePromise: () => unknown) {
  const each = { hasSubscribers };
  const other = { start: each, end: each, asyncStart: each, asyncEnd: each, error: each, tracePromise };
  vi.stubGlobal('process', { ...process, getBuiltinModule: () => ({ tracingChannel: () => other }) });
  const { issuer } = createBulkSubject(provider);
  vi.unstubAllGlobals();
  return issuer;
}

it.each(judged)('%s: nothing is made where nobody subscribes', async (provider) => {
  const tracePromise = vi.fn();
  const issuer = createTraced(provider, false, tracePromise);
  await issuer.issueToken(userIdOf(provider, 1));
  expect(tracePromise).not.toHaveBeenCalled();
});

it.each(judged)('%s: a call that cannot be traced is made all the same', async (provider) => {
  const issuer = createTraced(provider, true, () => Promise.reject(new Error('no context')));
  await expect(issuer.issueToken(userIdOf(provider, 1))).resolves.toMatchObject({ provider });
});
