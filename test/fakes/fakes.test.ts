import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createIssuer, type ProviderId } from '../../src/index.js';
import { providerIds } from '../../src/providers/create-issuer.js';
import { createFakeProviders, type FakeFailure } from '../../src/testing/index.js';
import { failureOf } from '../support/failures.js';
import { keys } from '../support/operations.js';
import { everythingShownBy } from '../support/shown.js';

let time = Date.parse('2026-11-22T10:00:00.123Z');
const fakes = createFakeProviders({ now: () => time });

beforeEach(() => {
  time = Date.parse('2026-11-22T10:00:00.123Z');
  fakes.reset();
});

const uuid = '6f3c0d4e-8a51-4c1b-9b7e-2f1d7a90c3aa';
const json = { 'content-type': 'application/json' };

/** A plain request to a fake, as its provider's documentation has it. */
interface Raw {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}
const raw: Record<ProviderId, Raw> = {
  junction: {
    url: `https://api.sandbox.eu.junction.com/v2/user/${uuid}/sign_in_token`,
    headers: { 'x-vital-api-key': keys.junction },
  },
  sfox: {
    url: 'https://api.staging.sfox.com/v1/enterprise/user-tokens/user-1',
    headers: { authorization: `Bearer ${keys.sfox}` },
  },
  clerk: {
    url: 'https://api.clerk.com/v1/sign_in_tokens',
    headers: { authorization: `Bearer ${keys.clerk}`, ...json },
    body: '{"user_id":"user_1"}',
  },
};

async function ask(url: string, init: RequestInit = {}): Promise<{ status: number; headers: Headers; body: unknown }> {
  const response = await fakes.fetch(url, { method: 'POST', ...init });
  const text = await response.text();
  const { status, headers } = response;
  return { status, headers, body: headers.get('content-type') === 'application/json' ? JSON.parse(text) : text };
}

const ownError: Record<ProviderId, object> = {
  junction: { detail: expect.anything() as unknown },
  sfox: { error: expect.any(String) as unknown },
  clerk: { errors: [{ message: expect.any(String), code: expect.any(String) }], clerk_trace_id: expect.any(String) },
};

describe.each(providerIds)('the fake of %s', (provider) => {
  const fake = fakes[provider];
  const { url, headers, body } = raw[provider];
  const init: RequestInit = { headers, ...(body === undefined ? {} : { body }) };
  const success = provider === 'sfox' ? 201 : 200;
  const issuer = () =>
    createIssuer(provider, {
      apiKey: keys[provider],
      fetch: fakes.fetch,
      retry: 0,
      ...(provider === 'sfox' ? { environment: 'sandbox' } : {}),
    } as object);
  const userId = provider === 'junction' ? uuid : 'user-1';

  it('issues, a new token each time, and keeps what it issued', async () => {
    const first = await issuer().issueToken(userId);
    const second = await issuer().issueToken(userId);
    expect(fake.tokens).toMatchObject([
      { token: first.token, userId },
      { token: second.token, userId },
    ]);
    expect(first.token).not.toBe(second.token);
  });

  it('answers at every origin of the provider, and only there', async () => {
    for (const origin of fake.origins) {
      const { status, body: answer } = await ask(`${origin}/nowhere`, { headers });
      expect([401, 404]).toContain(status);
      expect(answer).toMatchObject(ownError[provider]);
    }
    await expect(fakes.fetch('https://elsewhere.invalid/')).rejects.toThrow(
      new TypeError('No fake answers at https://elsewhere.invalid, and nothing is sent there.'),
    );
    expect(fakes.origins).toEqual(expect.arrayContaining([...fake.origins]));
  });

  it.each([
    ['no key', {}],
    ['an empty key', { 'x-vital-api-key': '', authorization: 'Bearer ' }],
    ['another scheme', { 'x-vital-api-key': 'Basic made-up', authorization: 'Basic made-up' }],
  ])('refuses %s before it looks at anything else', async (_, wrong) => {
    const { status, body: answer } = await ask(`${new URL(url).origin}/nowhere`, { method: 'GET', headers: wrong });
    expect(status).toBe(401);
    expect(answer).toMatchObject(ownError[provider]);
  });

  it('accepts only the keys that were named, once one was, and where they belong', async () => {
    fake.acceptKey('made-up-other-key');
    expect((await ask(url, init)).status).toBe(401);
    fake.acceptKey(keys[provider]);
    expect((await ask(url, init)).status).toBe(success);
    if (provider === 'clerk') return;
    fake.acceptKey(keys[provider], 'production');
    expect((await ask(url, init)).status).toBe(401);
    fake.acceptKey(keys[provider], provider === 'junction' ? 'sandbox eu' : 'sandbox');
    expect((await ask(url, init)).status).toBe(success);
  });

  it('refuses other methods and paths', async () => {
    const wrongMethod = await ask(url, { method: 'GET', headers });
    expect(wrongMethod.status).toBe(405);
    expect(wrongMethod.headers.get('allow')).toBe('POST');
    for (const path of ['/', '/v3/user', '/v1', '/v2', '/v1/sign_in_tokens/a/b', '/v1/enterprise/user-tokens/a/b']) {
      const { status, body: answer } = await ask(new URL(path, url).href, init);
      expect(status, path).toBe(404);
      expect(answer).toMatchObject(ownError[provider]);
    }
  });

  it('knows everybody, or only those who were named', async () => {
    expect((await ask(url, init)).status).toBe(success);
    fake.addUser(provider === 'junction' ? '00000000-0000-4000-8000-000000000000' : 'user-2');
    expect(await ask(url, init)).toMatchObject({ status: 404, body: ownError[provider] });
    fake.addUser(provider === 'clerk' ? 'user_1' : userId);
    expect((await ask(url, init)).status).toBe(success);
  });

  it('logs what it was asked, without the key', async () => {
    await ask(url, init);
    fake.failNext({ fault: 'drop_connection' });
    await expect(ask(url, init)).rejects.toThrow(TypeError);
    expect(fake.calls).toMatchObject([
      { method: 'POST', path: new URL(url).pathname, status: success },
      { method: 'POST', status: undefined },
    ]);
    expect(fake.calls[0]?.body).toEqual(body === undefined ? undefined : JSON.parse(body));
    expect(Object.values(fake.calls[0]?.headers ?? {}).join()).toContain('[redacted]');
    expect(everythingShownBy(fake.calls)).not.toContain(keys[provider]);
  });

  it.each(['authorization', 'x-vital-api-key'])('logs no key that is in %s in a form of its own', async (name) => {
    for (const value of [keys[provider], `bearer ${keys[provider]}`, `Basic ${keys[provider]}`])
      await ask(url, { headers: { [name]: value } });
    expect(fake.calls).toHaveLength(3);
    expect(everythingShownBy(fake.calls)).not.toContain(keys[provider]);
  });

  describe('fails on demand', () => {
    it.each([400, 401, 403, 404, 409, 422, 429, 500, 503])('with a %i in its own words', async (status) => {
      fake.failNext({ status });
      const answer = await ask(url, init);
      expect(answer.status).toBe(status);
      if (answer.headers.get('content-type') === 'application/json')
        expect(answer.body).toMatchObject(ownError[provider]);
      else expect(status).toBe(500);
      expect((await ask(url, init)).status).toBe(success);
      fake.failNext({ status });
      expect(await failureOf(issuer().issueToken(userId))).toMatchObject({ status, provider });
    });

    it('as often as it is told, or until it is told to stop', async () => {
      fake.failNext({ status: 503 }, 2);
      const statuses = [];
      for (let count = 0; count < 3; count += 1) statuses.push((await ask(url, init)).status);
      expect(statuses).toEqual([503, 503, success]);
      fake.failWith({ status: 500 });
      for (let count = 0; count < 3; count += 1) expect((await ask(url, init)).status).toBe(500);
      fake.failWith();
      expect((await ask(url, init)).status).toBe(success);
    });

    it('with headers and a body of choice', async () => {
      fake.failNext({ status: 429, retryAfter: 7, headers: { 'x-request-id': 'made-up' }, body: { any: 'thing' } });
      const answer = await ask(url, init);
      expect(answer).toMatchObject({ status: 429, body: { any: 'thing' } });
      expect(answer.headers.get('retry-after')).toBe('7');
      expect(answer.headers.get('x-request-id')).toBe('made-up');
      fake.failNext({ body: '<html>' });
      expect(await ask(url, init)).toMatchObject({ status: success, body: '<html>' });
    });

    it.each([200, 204, 304, 599])('with any status that an answer can have: %i', async (status) => {
      fake.failNext({ status, headers: { 'content-type': 'text/plain' } });
      const answer = await ask(url, init);
      expect(answer.status).toBe(status);
      if (status === 204 || status === 304) expect(answer.body).toBe('');
    });

    it('late', async () => {
      const start = performance.now();
      fake.failNext({ delay: 60 });
      expect((await ask(url, init)).status).toBe(success);
      expect(performance.now() - start).toBeGreaterThan(55);
    });

    it.each<FakeFailure>([{ fault: 'stall' }, { fault: 'stall_body' }, { delay: 60_000 }])(
      'in silence: %j, until it is aborted',
      async (failure) => {
        fake.failNext(failure);
        expect(await failureOf(issuer().issueToken(userId, { timeout: 50 }))).toMatchObject({ code: 'timeout' });
        fake.failNext(failure);
        const signal = AbortSignal.timeout(50);
        await expect(ask(url, { ...init, signal })).rejects.toMatchObject({ name: 'TimeoutError' });
        expect(signal.aborted).toBe(true);
      },
    );

    it.each<FakeFailure>([{ fault: 'stall' }, { fault: 'stall_body' }])(
      'in silence: %j, which an abort ends even after a garbage collection',
      async (failure) => {
        setFlagsFromString('--expose-gc');
        const collectGarbage = runInNewContext('gc') as () => void;
        fake.failNext(failure);
        const controller = new AbortController();
        const answer = ask(url, { ...init, signal: controller.signal });
        answer.catch(() => undefined);
        for (let round = 0; round < 5; round += 1) {
          await new Promise((resolve) => setTimeout(resolve, 5));
          collectGarbage();
        }
        controller.abort('enough');
        await expect(answer).rejects.toBe('enough');
      },
    );

    it('with a dropped connection and a broken body', async () => {
      fake.failNext({ fault: 'drop_connection' });
      expect(await failureOf(issuer().issueToken(userId))).toMatchObject({ code: 'connection_failed' });
      fake.failNext({ fault: 'malformed_body' });
      expect(await failureOf(issuer().issueToken(userId))).toMatchObject({ code: 'invalid_response' });
    });
  });

  it('refuses a path that cannot be decoded', async () => {
    const { status } = await ask(`${new URL(url).origin}/%zz`, init);
    expect(status).toBe(400);
    expect((await ask(`${url}/%zz`, init)).status).toBe(400);
  });

  it('limits the rate', async () => {
    fake.limitRate({ requests: 2, seconds: 10 });
    const statuses = [];
    for (let count = 0; count < 3; count += 1) statuses.push((await ask(url, init)).status);
    expect(statuses).toEqual([success, success, 429]);
    const { headers: answered } = await ask(url, init);
    expect(answered.get('retry-after')).toBe(provider === 'clerk' ? '10' : null);

    time += 9_999;
    expect((await ask(url, init)).status).toBe(429);
    time += 1;
    // sFOX makes one wait for a minute.
    expect((await ask(url, init)).status).toBe(provider === 'sfox' ? 429 : success);
    time += 50_000;
    expect((await ask(url, init)).status).toBe(success);
    fake.limitRate();
    for (let count = 0; count < 5; count += 1) expect((await ask(url, init)).status).toBe(success);
  });

  it('forgets everything', async () => {
    fake.acceptKey('other');
    fake.addUser('other');
    fake.failWith({ status: 500 });
    fake.failNext({ status: 503 });
    fake.limitRate({ requests: 0, seconds: 1 });
    await ask(url, init);
    fakes.reset();
    expect(fake.calls).toEqual([]);
    expect((await ask(url, init)).status).toBe(success);
    expect(fake.tokens).toHaveLength(1);
    fakes.reset();
    expect(fake.tokens).toEqual([]);
  });

  it('answers whatever its host, where it is asked by itself', async () => {
    const response = await fake.fetch(url.replace(/^https:\/\/[^/]+/, 'http://localhost:1'), {
      method: 'POST',
      ...init,
    });
    expect(response.status).toBe(success);
  });
});

it.each(providerIds)('begins with the users it was given for %s, and returns to them', async (provider) => {
  const [first, second] = provider === 'junction' ? [uuid, crypto.randomUUID()] : ['user_1', 'user_2'];
  const own = createFakeProviders({ users: { [provider]: [first] } });
  const options = { apiKey: keys[provider], fetch: own.fetch };
  const issuer = createIssuer(provider, provider === 'sfox' ? { ...options, environment: 'sandbox' } : options);
  for (let round = 0; round < 2; round += 1) {
    await issuer.issueToken(first);
    expect(await failureOf(issuer.issueToken(second))).toMatchObject({ code: 'not_found' });
    own[provider].addUser(second);
    await issuer.issueToken(second);
    own.reset();
  }
});

it('knows nobody where the list is empty', async () => {
  const own = createFakeProviders({ users: { clerk: [] } });
  const clerk = createIssuer('clerk', { apiKey: keys.clerk, fetch: own.fetch });
  expect(await failureOf(clerk.issueToken('user_1'))).toMatchObject({ code: 'not_found' });
  own.clerk.addUser('user_1');
  await clerk.issueToken('user_1');
});

it.each([
  500,
  null,
  { staus: 503 },
  { fault: 'nope' },
  { status: 99 },
  { status: 199 },
  { status: 600 },
  { status: '503' },
])('refuses the failure %j', (failure) => {
  expect(() => {
    fakes.sfox.failNext(failure as object);
  }).toThrow(TypeError);
  expect(() => {
    fakes.sfox.failWith(failure as object);
  }).toThrow(TypeError);
});

it('refuses limits and counts that would be none', () => {
  for (const times of [0, -1, 1.5, Number.NaN]) {
    expect(() => {
      fakes.sfox.failNext({ status: 500 }, times);
    }).toThrow('`times`');
  }
  for (const limit of [{ requests: 1 }, { seconds: 1 }, { requests: -1, seconds: 1 }, { requests: 1, seconds: 0 }]) {
    expect(() => {
      fakes.sfox.limitRate(limit as never);
    }).toThrow(TypeError);
  }
});

it.each([{ user: {} }, { users: { clark: [] } }])('refuses the options %j', (options) => {
  const [wrong] = Object.keys(options.users ?? options);
  const known = options.users === undefined ? 'now, users' : 'junction, sfox, clerk';
  expect(() => createFakeProviders(options as object)).toThrow(
    new TypeError(`There may be ${known} here, and no '${String(wrong)}'.`),
  );
});

it.each(providerIds)('refuses users of %s who are no ids', (provider) => {
  expect(() => createFakeProviders({ users: { [provider]: 'user_1' } })).toThrow(TypeError);
  expect(() => {
    createFakeProviders()[provider].addUser(undefined as never);
  }).toThrow(TypeError);
});

it('lets timers run between its answers', async () => {
  const due: true[] = [];
  setTimeout(() => due.push(true));
  const issuer = createIssuer('sfox', { apiKey: keys.sfox, environment: 'sandbox', fetch: fakes.fetch });
  for (let count = 0; count < 10_000 && due.length === 0; count += 1) await issuer.issueToken('user-1');
  expect(due).toHaveLength(1);
});

it("goes by the clock of the process, so that a framework's fake timers count", async () => {
  vi.useFakeTimers({ now: 1_800_000_000_000, toFake: ['Date'] });
  try {
    const own = createFakeProviders();
    await own.fetch(raw.sfox.url, { method: 'POST', headers: raw.sfox.headers });
    expect(own.sfox.tokens[0]?.issuedAt.getTime()).toBe(1_800_000_000_000);
  } finally {
    vi.useRealTimers();
  }
});

describe('Junction', () => {
  it.each([
    ['https://api.us.junction.com', 'pk_us_x'],
    ['https://api.eu.junction.com', 'pk_eu_x'],
    ['https://api.sandbox.us.junction.com', 'sk_us_x'],
    ['https://api.sandbox.eu.junction.com', 'sk_eu_x'],
    ['https://api.tryvital.io', 'pk_us_x'],
    ['https://api.eu.tryvital.io', 'pk_eu_x'],
    ['https://api.sandbox.tryvital.io', 'sk_us_x'],
    ['https://api.sandbox.eu.tryvital.io', 'sk_eu_x'],
  ])('takes at %s the key %s and no other', async (origin, right) => {
    for (const key of ['pk_us_x', 'pk_eu_x', 'sk_us_x', 'sk_eu_x', 'sk_test_x']) {
      const { status, body } = await ask(`${origin}/v2/user/${uuid}/sign_in_token`, {
        headers: { 'x-vital-api-key': key },
      });
      expect(status).toBe(key === right ? 200 : 401);
      if (status === 401) expect(body).toEqual({ detail: 'invalid token' });
    }
  });

  const origin = 'https://api.sandbox.eu.junction.com';
  const headers = raw.junction.headers;

  it('answers the canonical form of an id', async () => {
    for (const form of [uuid.toUpperCase(), uuid.replaceAll('-', '')]) {
      const { body } = await ask(`${origin}/v2/user/${form}/sign_in_token`, { headers });
      expect(body).toEqual({ user_id: uuid, sign_in_token: expect.any(String) as unknown });
    }
  });

  it.each([
    ['not-a-uuid', 'invalid character: found `n` at 1'],
    ['6f3c0d4e', 'invalid length: expected length 32 for simple format, found 8'],
  ])('refuses %s as Pydantic does', async (id, problem) => {
    expect(await ask(`${origin}/v2/user/${id}/sign_in_token`, { headers })).toMatchObject({
      status: 422,
      body: {
        detail: [
          {
            type: 'uuid_parsing',
            loc: ['path', 'user_id'],
            msg: `Input should be a valid UUID, ${problem}`,
            input: id,
          },
        ],
      },
    });
  });

  it('decodes a path as a whole and folds its dots', async () => {
    for (const path of [`user/a%2F..%2F${uuid}`, `user/x/%2E%2E/${uuid}`]) {
      expect((await ask(`${origin}/v2/${path}/sign_in_token`, { headers })).status).toBe(200);
    }
    expect((await ask(`${origin}/v2/user/a%2Fb/sign_in_token`, { headers })).status).toBe(404);
  });

  const create = (body: unknown, more: Record<string, string> = json) =>
    ask(`${origin}/v2/user`, {
      headers: { ...headers, ...more },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  it.each(['01.02.2020', '2020-13-01', 20200101])('refuses %j for a date', async (date) => {
    for (const name of ['ingestion_start', 'ingestion_end', 'fallback_birth_date'])
      expect(await create({ client_user_id: 'mine', [name]: date })).toMatchObject({
        status: 422,
        body: { detail: [{ type: 'date_parsing', loc: ['body', name], input: date }] },
      });
    const fine = { client_user_id: 'mine', ingestion_start: '2020-01-31', ingestion_end: null };
    expect((await create(fine)).status).toBe(200);
  });

  it('creates a user once, finds it, and knows it', async () => {
    fakes.junction.addUser(uuid.toUpperCase());
    const created = await create({ client_user_id: 'mine 1' });
    expect(created).toMatchObject({
      status: 200,
      body: { client_user_id: 'mine 1', created_on: '2026-11-22T10:00:00+00:00', connected_sources: [] },
    });
    const { user_id: id } = created.body as { user_id: string };
    expect(await create({ client_user_id: 'mine 1' })).toMatchObject({
      status: 400,
      body: {
        detail: {
          error_type: 'INVALID_REQUEST',
          error_message: 'Client user id already exists.',
          user_id: id,
          created_on: '2026-11-22T10:00:00+00:00',
        },
      },
    });
    expect(await ask(`${origin}/v2/user/resolve/mine%201`, { method: 'GET', headers })).toMatchObject({
      status: 200,
      body: { user_id: id },
    });
    expect(await ask(`${origin}/v2/user/resolve/nobody`, { method: 'GET', headers })).toMatchObject({
      status: 404,
      body: { detail: 'User not found' },
    });
    expect((await ask(`${origin}/v2/user/resolve/nobody`, { headers })).status).toBe(405);
    expect((await ask(`${origin}/v2/user/${id}/sign_in_token`, { headers })).status).toBe(200);
  });

  it.each([
    ['missing', ['body', 'client_user_id'], {}, json],
    ['string_type', ['body', 'client_user_id'], { client_user_id: 7 }, json],
    ['json_invalid', ['body', 0], '{"client', json],
    ['model_attributes_type', ['body'], '[]', json],
    ['model_attributes_type', ['body'], { client_user_id: 'a' }, { 'content-type': 'text/plain' }],
  ])('refuses a user with %s at %j', async (type, loc, body, more) => {
    expect(await create(body, more)).toMatchObject({ status: 422, body: { detail: [{ type, loc }] } });
  });

  it('has room for 50 users in the sandbox, and says so without a user id', async () => {
    for (let count = 0; count < 50; count += 1) {
      expect((await create({ client_user_id: `mine-${String(count)}` })).status).toBe(200);
    }
    const { status, body } = await create({ client_user_id: 'one more' });
    expect(status).toBe(400);
    expect(body).toEqual({
      detail: { error_type: 'INVALID_REQUEST', error_message: expect.any(String) as unknown },
    });
    const production = await ask('https://api.eu.junction.com/v2/user', {
      headers: { ...json, 'x-vital-api-key': 'pk_eu_x' },
      body: '{"client_user_id":"one more"}',
    });
    expect(production.status).toBe(200);
  });
});

describe('sFOX', () => {
  const url = 'https://api.staging.sfox.com/v1/enterprise/user-tokens';
  const batch = (body: unknown, more: Record<string, string> = json) =>
    ask(url, {
      headers: { ...raw.sfox.headers, ...more },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  it('lets tokens live for 24 hours of its clock', async () => {
    expect(await ask(`${url}/user%2F1`, { headers: raw.sfox.headers })).toMatchObject({
      status: 201,
      body: { data: { partner_user_id: 'user/1', expires: '2026-11-23T10:00:00.123Z' } },
    });
    expect(await batch({ data: ['a'] })).toMatchObject({
      status: 201,
      body: { data: [{ partner_user_id: 'a', expires: '2026-11-23T10:00:00Z' }] },
    });
  });

  it('answers a batch in another order', async () => {
    const { body } = await batch({ data: ['a', 'b', 'c'] });
    const { data } = body as { data: { partner_user_id: string }[] };
    expect(data.map((entry) => entry.partner_user_id)).toEqual(['c', 'b', 'a']);
  });

  it.each([
    [400, { data: [] }, json],
    [400, { data: 'a' }, json],
    [400, {}, json],
    [400, 'null', json],
    [400, '{"data', json],
    [400, { data: ['a'] }, { 'content-type': 'text/plain' }],
    [422, { data: ['a', 7] }, json],
    [422, { data: [''] }, json],
  ])('answers %i to the batch %j', async (status, body, more) => {
    expect(await batch(body, more)).toMatchObject({ status, body: { error: expect.any(String) as unknown } });
  });

  it('refuses a batch with an unknown user, or leaves the user out', async () => {
    fakes.sfox.addUser('a');
    expect((await batch({ data: ['a', 'b'] })).status).toBe(404);
    fakes.sfox.unknownUsersInBatch = 'leave_out';
    expect(await batch({ data: ['a', 'b'] })).toMatchObject({
      status: 201,
      body: { data: [{ partner_user_id: 'a' }] },
    });
    expect(fakes.sfox.tokens).toHaveLength(1);
  });

  it('may bound its batches', async () => {
    fakes.sfox.maxBatchSize = 1;
    expect((await batch({ data: ['a', 'b'] })).status).toBe(400);
    fakes.reset();
    expect((await batch({ data: ['a', 'b'] })).status).toBe(201);
  });

  it('sees the batch endpoint where the id is empty or a dot', async () => {
    for (const end of ['/', '/.']) {
      const answer = await ask(`${url}${end}`, { headers: { ...raw.sfox.headers, ...json }, body: '{"data":["a"]}' });
      expect(answer.body).toMatchObject({ data: [{ partner_user_id: 'a' }] });
    }
  });
});

describe('Clerk', () => {
  const url = 'https://api.clerk.com/v1/sign_in_tokens';
  const create = (body: unknown, more: Record<string, string> = {}) =>
    ask(url, {
      headers: { ...raw.clerk.headers, ...more },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  it('issues a JWT with a link, by its clock', async () => {
    const { body, headers } = await create({ user_id: 'user_1', expires_in_seconds: 60, org_id: null });
    expect(headers.get('cf-ray')).toBeTruthy();
    expect(body).toEqual({
      object: 'sign_in_token',
      id: expect.stringMatching(/^sit_\w{27}$/) as unknown,
      user_id: 'user_1',
      status: 'pending',
      token: expect.any(String) as unknown,
      url: expect.stringMatching(/^https:.*ticket=/) as unknown,
      created_at: time,
      updated_at: time,
    });
    const { token } = body as { token: string };
    expect(decodeProtectedHeader(token)).toMatchObject({ typ: 'JWT' });
    const claims = decodeJwt(token);
    expect(claims.sub).toBe('user_1');
    expect(Number(claims.exp) - Number(claims.iat)).toBe(60);
  });

  it('lets tokens live for 30 days where nothing else is asked', async () => {
    await create({ user_id: 'user_1', expires_in_seconds: null });
    expect(fakes.clerk.tokens[0]?.expiresAt).toEqual(new Date(time + 30 * 24 * 3600 * 1000));
  });

  it.each([
    [401, 'clerk_key_invalid', 'pk_test_x'],
    [401, 'clerk_key_invalid', 'other'],
  ])('answers %i %s to the key %s', async (status, code, key) => {
    const answer = await create({ user_id: 'user_1' }, { authorization: `Bearer ${key}` });
    expect(answer).toMatchObject({ status, body: { errors: [{ code }] } });
  });

  it.each([
    [400, 'request_body_invalid', undefined, '{"user'],
    [400, 'request_body_invalid', undefined, '[]'],
    [400, 'request_body_invalid', undefined, ''],
    [422, 'form_param_missing', 'user_id', {}],
    [422, 'form_param_missing', 'user_id', { user_id: '' }],
    [422, 'form_param_type_invalid', 'user_id', { user_id: 7 }],
    [422, 'form_param_type_invalid', 'expires_in_seconds', { user_id: 'user_1', expires_in_seconds: '60' }],
    [422, 'form_param_type_invalid', 'expires_in_seconds', { user_id: 'user_1', expires_in_seconds: 1.5 }],
    [422, 'form_param_value_invalid', 'expires_in_seconds', { user_id: 'user_1', expires_in_seconds: 0 }],
    [422, 'form_param_type_invalid', 'org_id', { user_id: 'user_1', org_id: 7 }],
    [422, 'form_param_unknown', 'expiresIn', { user_id: 'user_1', expiresIn: 60 }],
  ])('answers %i %s for %s to %j', async (status, code, parameter, body) => {
    const answer = await create(body);
    expect(answer).toMatchObject({ status, body: { errors: [{ code }] } });
    const { errors } = answer.body as { errors: { meta?: { param_name: string } }[] };
    expect(errors[0]?.meta?.param_name).toBe(parameter);
  });

  it('wants JSON declared as such, and a version that could be one', async () => {
    expect((await create({ user_id: 'user_1' }, { 'content-type': 'text/plain' })).status).toBe(400);
    expect(await create({ user_id: 'user_1' }, { 'clerk-api-version': 'latest' })).toMatchObject({
      status: 400,
      body: { errors: [{ code: 'api_version_invalid' }] },
    });
    expect((await create({ user_id: 'user_1' }, { 'clerk-api-version': '2025-04-10' })).status).toBe(200);
  });

  it('knows organizations and their members', async () => {
    const inOrganization = (organization: string, user = 'user_1') => create({ user_id: user, org_id: organization });
    expect((await inOrganization('org_any')).status).toBe(200);
    fakes.clerk.addOrganization('org_1', ['user_1']);
    expect((await inOrganization('org_1')).status).toBe(200);
    for (const refused of [await inOrganization('org_2'), await inOrganization('org_1', 'user_2')]) {
      expect(refused).toMatchObject({ status: 403, body: { errors: [{ code: 'not_a_member_in_organization' }] } });
    }
  });

  const revoke = (id: string) => ask(`${url}/${id}/revoke`, { headers: raw.clerk.headers });

  it('lets a token be used once', async () => {
    await create({ user_id: 'user_1' });
    const [issued] = fakes.clerk.tokens;
    expect(issued?.status).toBe('pending');
    expect(fakes.clerk.consume(issued!.token)).toMatchObject({ userId: 'user_1', status: 'accepted' });
    expect(() => fakes.clerk.consume(issued!.token)).toThrow('accepted');
    expect(await revoke(issued!.id)).toMatchObject({
      status: 400,
      body: { errors: [{ code: 'sign_in_token_cannot_be_revoked_code' }] },
    });
    expect(() => fakes.clerk.consume('unknown')).toThrow('did not issue');
  });

  it('revokes a token that is pending, and shows it no more', async () => {
    await create({ user_id: 'user_1' });
    const [issued] = fakes.clerk.tokens;
    time += 1000;
    expect(await revoke(issued!.id)).toMatchObject({
      status: 200,
      body: { id: issued!.id, status: 'revoked', url: null, created_at: time - 1000, updated_at: time },
    });
    expect((await revoke(issued!.id)).status).toBe(400);
    expect(() => fakes.clerk.consume(issued!.token)).toThrow('revoked');
    expect((await revoke('sit_unknown')).status).toBe(404);
  });

  it('takes no expired token', async () => {
    await create({ user_id: 'user_1', expires_in_seconds: 60 });
    const { token } = fakes.clerk.tokens[0]!;
    time += 60_000;
    expect(() => fakes.clerk.consume(token)).toThrow('expired');
  });
});
