import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createTokenEndpoint, type TokenEndpointOptions, type TokenEndpointRecord } from '../../src/endpoint/index.js';
import { createIssuer, createJunction } from '../../src/index.js';
import { createFakeProviders, type FakeFailure, type FakeProviders } from '../../src/testing/index.js';
import { userIdOf } from '../support/bulk.js';
import { failureOf } from '../support/failures.js';
import { keys, optionsOf } from '../support/operations.js';
import { judged, subjects } from '../support/subjects/index.js';

const place = 'https://my-app.example/token';

describe.each(judged)('an endpoint for tokens of %s', (provider) => {
  const userId = userIdOf(provider, 1);
  let fakes: FakeProviders;
  let fake: FakeProviders[typeof provider];
  let records: TokenEndpointRecord[];

  beforeEach(() => {
    fakes = createFakeProviders();
    fake = fakes[provider];
    records = [];
  });

  function createEndpoint(options: Partial<TokenEndpointOptions> = {}) {
    const issuer = createIssuer(provider, {
      ...optionsOf(provider),
      fetch: fakes.fetch,
      retry: 0,
      ...subjects[provider].target,
    });
    const audit = (record: TokenEndpointRecord) => void records.push(record);
    return createTokenEndpoint({ issuer, authorize: () => ({ userId, caller: 'me' }), audit, ...options });
  }

  /** Answers, after the checks that hold for every answer. */
  async function ask(
    endpoint: ReturnType<typeof createTokenEndpoint>,
    request: Request = new Request(place, { method: 'POST' }),
  ) {
    const response = await endpoint(request);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('pragma')).toBe('no-cache');
    const text = await response.text();
    expect(text).not.toContain(keys[provider]);
    const { status, headers } = response;
    const isProblem = headers.get('content-type') === 'application/problem+json';
    expect(isProblem).toBe(status >= 400);
    const body = JSON.parse(text) as Record<string, unknown>;
    if (isProblem) expect(body).toMatchObject({ type: 'about:blank', status, title: expect.any(String) as string });
    return { status, headers, body };
  }

  it('answers with a token for the user who is signed in', async () => {
    const { status, body } = await ask(createEndpoint());
    expect(status).toBe(200);
    const [issued] = fake.tokens;
    expect(body).toMatchObject({ provider, userId, token: issued?.token });
    expect(Object.keys(body)).toEqual([
      'provider',
      'userId',
      'token',
      'expiresAt',
      'expiresInSeconds',
      ...(provider === 'clerk' ? ['url'] : []),
    ]);
    if (provider === 'junction') expect(body['expiresAt']).toBeNull();
    else expect(Date.parse(String(body['expiresAt']))).toBeGreaterThan(Date.now());
    expect(records).toMatchObject([{ provider, caller: 'me', userId, outcome: 'issued', status: 200 }]);
    expect(JSON.stringify(records)).not.toContain(issued?.token);
  });

  it("answers in the words of Junction's guide", async () => {
    const { body } = await ask(createEndpoint({ format: 'junction_guide', authorize: () => userId }));
    expect(body).toEqual({ user_id: userId, sign_in_token: fake.tokens[0]?.token });
    expect(records[0]).toMatchObject({ caller: undefined, userId });
  });

  it('takes the id from nowhere else', async () => {
    const other = userIdOf(provider, 2);
    const request = new Request(`${place}?userId=${other}&user_id=${other}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-user-id': other },
      body: JSON.stringify({ userId: other, user_id: other }),
    });
    const { body } = await ask(createEndpoint(), request);
    expect(body['userId']).toBe(userId);
    expect(request.bodyUsed).toBe(false);
    expect(fake.tokens.map((token) => token.userId)).toEqual([userId]);
  });

  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])('refuses %s, and asks nobody who that is', async (method) => {
    const authorize = vi.fn();
    const { status, headers, body } = await ask(createEndpoint({ authorize }), new Request(place, { method }));
    expect({ status, code: body['code'], allow: headers.get('allow') }).toEqual({
      status: 405,
      code: 'method_not_allowed',
      allow: 'POST',
    });
    expect(authorize).not.toHaveBeenCalled();
  });

  it.each([null, undefined, '', { userId: '' }, { userId: null }, { userId: undefined }])(
    'refuses who is not signed in: %j',
    async (nobody) => {
      const { status, headers, body } = await ask(createEndpoint({ authorize: () => Promise.resolve(nobody as null) }));
      expect({ status, code: body['code'] }).toEqual({ status: 401, code: 'unauthenticated' });
      expect(headers.get('www-authenticate')).toBeTruthy();
      expect(fake.calls).toEqual([]);
      expect(records).toMatchObject([{ outcome: 'unauthenticated', userId: undefined, status: 401 }]);
    },
  );

  it('passes on an answer of your own as often as it is needed, kept out of caches', async () => {
    const own = new Response('Sign in first.', { status: 303, headers: { location: '/sign-in' } });
    const endpoint = createEndpoint({ authorize: () => own });
    for (let time = 0; time < 3; time += 1) {
      const response = await endpoint(new Request(place, { method: 'POST' }));
      expect(response.status).toBe(303);
      expect(response.headers.get('location')).toBe('/sign-in');
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(await response.text()).toBe('Sign in first.');
    }
    expect(own.headers.has('cache-control')).toBe(false);
    expect(fake.calls).toEqual([]);
    expect(records).toEqual([]);
  });

  it('holds back who asks too often, before anything is issued', async () => {
    const limitRate = vi
      .fn()
      .mockResolvedValueOnce(undefined)
      .mockResolvedValueOnce(null)
      .mockResolvedValueOnce(0)
      .mockResolvedValue(2.5);
    const endpoint = createEndpoint({ limitRate });
    const answers = [await ask(endpoint), await ask(endpoint), await ask(endpoint), await ask(endpoint)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(answers[3]?.headers.get('retry-after')).toBe('3');
    expect(answers[3]?.body['code']).toBe('too_many_requests');
    expect(limitRate.mock.calls[0]?.[0]).toEqual({ userId, caller: 'me' });
    expect(fake.calls).toHaveLength(3);
    expect(records[3]).toMatchObject({ outcome: 'too_many_requests', status: 429, userId });
  });

  it.each([Number.NaN, Infinity, '5', false])('takes no %j for a limit, which would be none', async (seconds) => {
    const endpoint = createEndpoint({ limitRate: () => seconds as number });
    await expect(endpoint(new Request(place, { method: 'POST' }))).rejects.toThrow('`limitRate`');
    expect(fake.calls).toEqual([]);
  });

  it.each<[FakeFailure, number, string, string | null]>([
    [{ status: 401 }, 502, 'misconfigured', null],
    [{ status: 403 }, 502, 'misconfigured', null],
    [{ status: 404 }, 404, 'not_found', null],
    [{ status: 400 }, 502, 'bad_request', null],
    [{ status: 422 }, 502, 'validation_failed', null],
    [{ status: 501 }, 502, 'server_error', null],
    [{ status: 429, retryAfter: 7 }, 503, 'rate_limited', '7'],
    [{ status: 429 }, 503, 'rate_limited', '10'],
    [{ status: 503, retryAfter: 1.5 }, 503, 'server_error', '2'],
    [{ status: 429, retryAfter: Number.MAX_SAFE_INTEGER }, 503, 'rate_limited', '3600'],
    [{ status: 500 }, 503, 'server_error', '10'],
    [{ fault: 'drop_connection' }, 503, 'connection_failed', '10'],
    [{ fault: 'malformed_body' }, 502, 'invalid_response', null],
  ])('turns %j into %i %s', async (failure, expected, code, retryAfter) => {
    fake.failNext(failure);
    const { status, headers, body } = await ask(createEndpoint());
    expect(status).toBe(expected);
    expect(body['code']).toBe(code);
    expect(headers.get('retry-after')).toBe(retryAfter);
    // A failure that is ours is nobody's business.
    expect('detail' in body).toBe(code !== 'misconfigured');
    expect(JSON.stringify(body)).not.toMatch(/junction|sfox|clerk|api key/i);
    const [record] = records;
    expect(record).toMatchObject({ caller: 'me', userId, status: expected });
    expect(record?.error).toMatchObject({ provider });
    expect(record?.outcome).toBe(record?.error?.code);
  });

  it.each([
    'missing_api_key',
    'invalid_api_key',
    'environment_mismatch',
    'invalid_option',
    'invalid_user_id',
    'invalid_token_id',
  ] as const)('says no more of %s than that it is ours to mend', async (code) => {
    const error = await failureOf(createJunction({ apiKey: keys.junction }).issueToken(''));
    const issuer = { provider, issueToken: () => Promise.reject(Object.assign(error, { code })) };
    const { status, body } = await ask(createEndpoint({ issuer }));
    expect(body).toEqual({ type: 'about:blank', status, title: 'Internal Server Error', code: 'misconfigured' });
    expect(records[0]).toMatchObject({ outcome: code, status: 500 });
  });

  it.each<[FakeFailure, string, string, string | undefined]>([
    [{ status: 401 }, 'Bad Gateway', 'misconfigured', undefined],
    [{ status: 404 }, 'Not Found', 'not_found', 'The provider does not know this user.'],
    [{ status: 422 }, 'Bad Gateway', 'validation_failed', 'The provider did not issue a token.'],
    [{ status: 500 }, 'Service Unavailable', 'server_error', 'No token is available at the moment. Try again later.'],
  ])('puts %j into words for whoever uses the app', async (failure, title, code, detail) => {
    fake.failNext(failure);
    const { status, body } = await ask(createEndpoint());
    expect(body).toEqual({ type: 'about:blank', status, title, code, ...(detail === undefined ? {} : { detail }) });
  });

  it('says what to do to who is not signed in, asks too often, or asks in another way', async () => {
    const signedOut = await ask(createEndpoint({ authorize: () => null }));
    expect(signedOut.body).toMatchObject({ title: 'Unauthorized', detail: 'Sign in, then try again.' });
    const tooOften = await ask(createEndpoint({ limitRate: () => 1 }));
    const detail = 'Too many requests. Wait a little, then try again.';
    expect(tooOften.body).toMatchObject({ title: 'Too Many Requests', detail });
    const wrong = await ask(createEndpoint(), new Request(place));
    expect(wrong.body).toMatchObject({ title: 'Method Not Allowed', code: 'method_not_allowed' });
  });

  it('answers a timeout', async () => {
    fake.failWith({ fault: 'stall' });
    const issuer = createIssuer(provider, {
      ...optionsOf(provider),
      fetch: fakes.fetch,
      timeout: 30,
      ...subjects[provider].target,
    });
    const { status, body, headers } = await ask(createEndpoint({ issuer }));
    expect({ status, code: body['code'], retryAfter: headers.get('retry-after') }).toEqual({
      status: 503,
      code: 'timeout',
      retryAfter: '10',
    });
  });

  it.each(['..', true, 7, { userId: 7 }])('takes %j for no id, and says nothing of it', async (wrong) => {
    const { status, body } = await ask(createEndpoint({ authorize: () => wrong as string }));
    expect({ status, code: body['code'] }).toEqual({ status: 500, code: 'misconfigured' });
    expect(records[0]).toMatchObject({ outcome: 'invalid_user_id', status: 500 });
    expect(fake.calls).toEqual([]);
  });

  it.each([
    undefined,
    { method: 'POST', url: '/token', headers: {} },
    { method: 'POST', headers: new Headers() },
    { method: 'POST', headers: {}, signal: new AbortController().signal },
    { headers: new Headers(), signal: new AbortController().signal },
    { req: {} },
  ])('takes nothing but a Request: %j', async (given) => {
    await expect(createEndpoint()(given as never)).rejects.toThrow('must be called with a Request');
    expect(fake.calls).toEqual([]);
  });
});

it("issues for one's own ids at Junction", async () => {
  const fakes = createFakeProviders();
  const { provider, issueTokenForClient } = createJunction({ apiKey: keys.junction, fetch: fakes.fetch });
  const issuer = { provider, issueToken: issueTokenForClient };
  const endpoint = createTokenEndpoint({ issuer, authorize: () => 'my-user-7' });
  const body: unknown = await (await endpoint(new Request(place, { method: 'POST' }))).json();
  expect(body).toMatchObject({ userId: fakes.junction.createdUsers[0]?.userId });
  expect(fakes.junction.createdUsers[0]?.clientUserId).toBe('my-user-7');
});
