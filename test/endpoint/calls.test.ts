import { describe, expect, it, vi } from 'vitest';
import { createTokenEndpoint, type TokenSource } from '../../src/endpoint/index.js';
import { ConfigurationError, createClerk, createSfox, type KnownError } from '../../src/index.js';
import { createFakeProviders } from '../../src/testing/index.js';
import { post, prepareEndpoint } from '../support/endpoint.js';
import { failureOf } from '../support/failures.js';
import { keys } from '../support/operations.js';
import { answers, startServer } from '../support/server.js';

const never = () => new Promise<never>(() => undefined);
const raise = (reason: unknown) => () => {
  throw reason;
};

describe('the record of a request', () => {
  it('names the token that was issued, and how long that took', async () => {
    const { endpoint, fake, records } = prepareEndpoint();
    await endpoint(post());
    const [issued] = fake.tokens;
    const [record] = records;
    expect(record?.requestId).toMatch(/./);
    expect(record).toMatchObject({ outcome: 'issued', tokenId: issued?.id, error: undefined });
    expect(record?.expiresAt).toEqual(new Date(issued!.expiresAt));
    expect(record?.durationMilliseconds).toBeGreaterThanOrEqual(0);
    expect(Number.isInteger(record?.durationMilliseconds)).toBe(true);
    expect(JSON.stringify(record)).not.toContain(issued?.token);
  });

  it.each([
    { status: 200, outcome: 'issued' },
    { status: 401, outcome: 'unauthorized' },
  ])("has the provider's id for its answer: $status", async ({ status, outcome }) => {
    const issued = { id: 'sit_1', token: 't', user_id: 'user_1', status: 'pending', created_at: 1, updated_at: 1 };
    const server = await startServer(answers({ status, headers: { 'cf-ray': 'ray-7' }, body: issued }));
    const issuer = createClerk({ apiKey: keys.clerk, baseUrl: server.url, retry: 0 });
    const { endpoint, records } = prepareEndpoint({ issuer });
    await endpoint(post());
    expect(records).toMatchObject([{ outcome, requestId: 'ray-7' }]);
  });

  it('names whom the session named when it was read, whatever it says later', async () => {
    let reads = 0;
    const session = {
      get userId() {
        reads += 1;
        return `user_${String(reads)}`;
      },
    };
    const limited: string[] = [];
    const limitRate = ({ userId }: { userId: string }) => void limited.push(userId);
    const { endpoint, records, fake } = prepareEndpoint({ authorize: () => session, limitRate });
    await endpoint(post());
    expect(records).toMatchObject([{ userId: 'user_1' }]);
    expect(fake.tokens.map(({ userId }) => userId)).toEqual(['user_1']);
    expect(limited).toEqual(['user_1']);
    expect(reads).toBe(1);
  });
});

describe('what your own code throws', () => {
  it.each(['authorize', 'limitRate', 'origins', 'audit'])('goes on to the framework: %s', async (hook) => {
    const reason = new Error('mine');
    const { endpoint } = prepareEndpoint({ [hook]: raise(reason) });
    await expect(endpoint(post({ origin: 'https://a.example', 'sec-fetch-site': 'same-site' }))).rejects.toBe(reason);
  });

  it('goes on from an issuer and from the function that makes it, too', async () => {
    const reason = new Error('mine');
    const issuer = { provider: 'clerk', issueToken: () => Promise.reject(reason) };
    await expect(prepareEndpoint({ issuer }).endpoint(post())).rejects.toBe(reason);
    await expect(prepareEndpoint({ issuer: raise(reason) }).endpoint(post())).rejects.toBe(reason);
  });

  it.each([{ id: 'user_1' }, { clone: 1 }, { status: 200, headers: {} }])(
    '%j is no answer: a TypeError',
    async (wrong) => {
      const { endpoint, fake } = prepareEndpoint({ authorize: () => wrong as never });
      await expect(endpoint(post())).rejects.toThrow('`authorize` must return an id');
      expect(fake.calls).toEqual([]);
    },
  );

  it('in an audit revokes the token, which nobody gets', async () => {
    const reason = new Error('no space left');
    const { endpoint, fake } = prepareEndpoint({ audit: raise(reason) });
    await expect(endpoint(post())).rejects.toBe(reason);
    expect(fake.tokens.map(({ status }) => status)).toEqual(['revoked']);
  });

  it('in an audit is what is told, also if revoking fails or cannot be done', async () => {
    const reason = new Error('no space left');
    const issued = { provider: 'clerk', userId: 'u', token: 't', expiresAt: undefined, id: 'sit_1' };
    const revokeToken = vi.fn(() => Promise.reject(new Error('too late')));
    const issueToken = () => Promise.resolve(issued);
    for (const issuer of [
      { provider: 'clerk', issueToken, revokeToken },
      { provider: 'clerk', issueToken },
    ]) {
      await expect(prepareEndpoint({ issuer, audit: raise(reason) }).endpoint(post())).rejects.toBe(reason);
    }
    expect(revokeToken).toHaveBeenCalledExactlyOnceWith('sit_1');
  });
});

describe('an app that goes away', () => {
  it('ends the call at the provider', async () => {
    const { endpoint, fake, records } = prepareEndpoint();
    fake.failWith({ fault: 'stall' });
    const controller = new AbortController();
    const answer = endpoint(post({}, controller.signal));
    await vi.waitFor(() => {
      expect(fake.calls).toHaveLength(1);
    }, 10_000);
    controller.abort();
    expect((await answer).status).toBe(499);
    expect(records).toMatchObject([{ outcome: 'aborted', status: 499, userId: 'user_1', error: undefined }]);
  });

  it.each<object>([
    { authorize: never },
    { limitRate: never },
    { issuer: never },
    { issuer: { provider: 'clerk', issueToken: never } },
    { origins: never },
  ])('ends it also if your own code does not heed the signal: %o', async (options) => {
    const { endpoint, records } = prepareEndpoint(options);
    const controller = new AbortController();
    const answer = endpoint(post({ origin: 'https://my-app.example' }, controller.signal));
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    expect((await answer).status).toBe(499);
    expect(records).toMatchObject([{ outcome: 'aborted' }]);
  });

  it('is told nothing, asks nobody and gets nothing if it has gone before', async () => {
    const authorize = vi.fn();
    const { endpoint, fake, records } = prepareEndpoint({ authorize });
    expect((await endpoint(post({}, AbortSignal.abort()))).status).toBe(499);
    expect(authorize).not.toHaveBeenCalled();
    expect(fake.calls).toEqual([]);
    expect(records).toMatchObject([{ outcome: 'aborted', userId: undefined }]);
  });

  it('still has the error in its record', async () => {
    const error = await failureOf(createClerk({ apiKey: keys.clerk }).issueToken(''));
    const controller = new AbortController();
    const issueToken: TokenSource['issueToken'] = (_, { signal } = {}) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => {
          reject(error);
        });
        controller.abort();
      });
    const { endpoint, records } = prepareEndpoint({ issuer: { provider: 'clerk', issueToken } });
    expect((await endpoint(post({}, controller.signal))).status).toBe(499);
    expect(records).toMatchObject([{ outcome: 'aborted' }]);
    expect(records[0]?.error).toBe(error);
  });

  it('leaves no token behind that comes too late', async () => {
    let finish: (() => void) | undefined;
    const issued = { provider: 'clerk', userId: 'u', token: 't', expiresAt: undefined, id: 'sit_1' };
    const revokeToken = vi.fn(() => Promise.resolve());
    const issueToken = () =>
      new Promise<typeof issued>((resolve) => {
        finish = () => {
          resolve(issued);
        };
      });
    const { endpoint } = prepareEndpoint({ issuer: { provider: 'clerk', issueToken, revokeToken } });
    const controller = new AbortController();
    const answer = endpoint(post({}, controller.signal));
    await vi.waitFor(() => {
      expect(finish).toBeDefined();
    }, 10_000);
    controller.abort();
    expect((await answer).status).toBe(499);
    expect(revokeToken).not.toHaveBeenCalled();
    finish?.();
    await vi.waitFor(() => {
      expect(revokeToken).toHaveBeenCalledExactlyOnceWith('sit_1');
    }, 10_000);
  });

  it('leaves no listener on a signal that lives longer', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const request = { ...shapeOf(post()), signal } as unknown as Request;
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    const { endpoint } = prepareEndpoint();
    expect((await endpoint(request)).status).toBe(200);
    expect(added.mock.calls.length).toBeGreaterThan(0);
    expect(removed.mock.calls.length).toBe(added.mock.calls.length);
  });
});

describe('an issuer that is made when it is needed', () => {
  it('is made once, after authorize and limitRate', async () => {
    const { issuer } = prepareEndpoint();
    const order: string[] = [];
    const make = vi.fn(() => {
      order.push('issuer');
      return Promise.resolve(issuer);
    });
    const { endpoint, records } = prepareEndpoint({
      issuer: make,
      authorize: ({ headers }) => {
        order.push('authorize');
        return headers.get('x-me');
      },
      limitRate: () => void order.push('limitRate'),
    });
    expect(make).not.toHaveBeenCalled();
    expect((await endpoint(post())).status).toBe(401);
    expect(make).not.toHaveBeenCalled();
    expect((await endpoint(post({ 'x-me': 'user_1' }))).status).toBe(200);
    expect((await endpoint(post({ 'x-me': 'user_1' }))).status).toBe(200);
    expect(order.slice(1)).toEqual(['authorize', 'limitRate', 'issuer', 'authorize', 'limitRate']);
    expect(records.map(({ provider }) => provider)).toEqual([undefined, 'clerk', 'clerk']);
  });

  it('is asked for again after a failure, which is answered as what it is', async () => {
    const { issuer } = prepareEndpoint();
    const make = vi.fn(() => issuer);
    make.mockImplementationOnce(() => createClerk());
    make.mockImplementationOnce(() => ({}) as typeof issuer);
    const { endpoint, records } = prepareEndpoint({ issuer: make });
    for (const outcome of ['missing_api_key', 'invalid_option']) {
      const response = await endpoint(post());
      expect(response.status).toBe(500);
      expect(await response.json()).toMatchObject({ code: 'misconfigured' });
      expect(records.at(-1)).toMatchObject({ outcome, status: 500 });
    }
    expect(records.map(({ provider }) => provider)).toEqual(['clerk', undefined]);
    expect(records[0]?.error).toBeInstanceOf(ConfigurationError);
    expect((await endpoint(post())).status).toBe(200);
  });
});

describe('how long the token is good for', () => {
  const seconds = async (issuer: TokenSource) => {
    const endpoint = createTokenEndpoint({ issuer, authorize: () => 'user_1' });
    return ((await (await endpoint(post())).json()) as { expiresInSeconds: unknown }).expiresInSeconds;
  };

  it('is the lifetime that Clerk was asked for', async () => {
    const { fetch } = createFakeProviders();
    expect(await seconds(createClerk({ apiKey: keys.clerk, fetch, expiresInSeconds: 90 }))).toBe(90);
  });

  it.each([
    ['Thu, 01 Jan 2015 00:00:00 GMT', '2015-01-02T00:00:00.000Z', 86_400],
    ['Thu, 01 Jan 2015 00:00:00 GMT', '2015-01-01T00:00:09.900Z', 9],
    ['Fri, 02 Jan 2015 00:00:00 GMT', '2015-01-01T00:00:00.000Z', 0],
    ['no date', '2015-01-02T00:00:00.000Z', null],
  ])("is counted by sFOX's own clock: %s to %s", async (date, expires, expected) => {
    const body = { data: { token: 'made-up-token', partner_user_id: 'user_1', expires } };
    const server = await startServer(answers({ status: 201, headers: { date }, body }));
    expect(await seconds(createSfox({ apiKey: keys.sfox, baseUrl: server.url }))).toBe(expected);
  });

  it('is not known of an issuer that does not say', async () => {
    const token = { provider: 'mine', userId: 'u', token: 't', expiresAt: new Date() };
    expect(await seconds({ provider: 'mine', issueToken: () => Promise.resolve(token) })).toBeNull();
  });
});

describe('whom a failure concerns', () => {
  const errorOf = async (changes: object) =>
    Object.assign(await failureOf(createClerk({ apiKey: keys.clerk }).issueToken('')), changes) as KnownError;

  it.each([
    [{ code: 'forbidden', scope: 'user' }, 403, 'forbidden'],
    [{ code: 'forbidden', scope: 'account' }, 502, 'misconfigured'],
    [{ code: 'not_found', scope: 'user' }, 404, 'not_found'],
    [{ code: 'not_found', scope: 'account' }, 502, 'misconfigured'],
    [{ code: 'connection_failed', scope: 'account' }, 502, 'misconfigured'],
    [{ code: 'user_limit_reached', scope: 'account' }, 502, 'misconfigured'],
    [{ code: 'connection_failed', scope: 'service', retryable: true }, 503, 'connection_failed'],
    [{ code: 'unexpected_status', scope: 'account', retryable: true }, 503, 'unexpected_status'],
    [{ code: 'conflict', scope: 'user' }, 502, 'conflict'],
  ])('%j is answered with %i %s', async (changes, status, code) => {
    const error = await errorOf(changes);
    const issuer = { provider: 'clerk', issueToken: () => Promise.reject(error) };
    const response = await prepareEndpoint({ issuer }).endpoint(post());
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ status, code });
  });
});

it('hands what it is called with to your own code, and takes anything', async () => {
  interface Context {
    readonly session: string;
  }
  const audit = vi.fn();
  const { endpoint } = prepareEndpoint<Context>({
    authorize: (_, { session }) => session,
    limitRate: (_, __, { session }) => (session === 'user_2' ? 1 : 0),
    audit,
  });
  const context = { session: 'user_1' };
  expect((await endpoint(post(), context)).status).toBe(200);
  expect((await endpoint(post(), { session: 'user_2' })).status).toBe(429);
  expect(audit.mock.calls[0]?.[2]).toBe(context);
  expect((await prepareEndpoint().endpoint(post(), { params: Promise.resolve({}) })).status).toBe(200);
});

it.each<[unknown, string]>([
  [undefined, 'options'],
  [{}, 'issuer'],
  [{ issuer: {}, authorize: () => null }, 'issuer'],
  [{ issuer: null, authorize: () => null }, 'issuer'],
  [{ issuer: { issueToken: () => null } }, 'authorize'],
  [{ issuer: { issueToken: () => null }, authorize: 'me' }, 'authorize'],
  [{ issuer: { issueToken: () => null }, authorize: () => null, format: 'snake' }, 'format'],
  [{ issuer: { issueToken: () => null }, authorize: () => null, format: '' }, 'format'],
  [{ issuer: { issueToken: () => null }, authorize: () => null, audit: 'log' }, 'audit'],
  [{ issuer: { issueToken: () => null }, authorize: () => null, limitRate: 5 }, 'limitRate'],
  [{ issuer: { issueToken: () => null }, authorize: () => null, authorise: () => null }, 'authorise'],
])('refuses wrong options: %j', async (options, name) => {
  const error = await failureOf(Promise.resolve().then(() => createTokenEndpoint(options as never)));
  expect(error).toMatchObject({ name: 'ConfigurationError', code: 'invalid_option', provider: undefined });
  expect(error.message).toContain(name);
});

/** A Request's fields on a plain object, so that its signal can be another. */
function shapeOf({ method, headers, url }: Request) {
  return { method, headers, url };
}

it('revokes a token that cannot be recorded also if the app has gone by then', async () => {
  const controller = new AbortController();
  const reason = new Error('The audit log is full.');
  const { endpoint, fake } = prepareEndpoint({
    audit() {
      controller.abort();
      throw reason;
    },
  });
  await expect(endpoint(post({}, controller.signal))).rejects.toBe(reason);
  expect(fake.tokens).toMatchObject([{ status: 'revoked' }]);
});
