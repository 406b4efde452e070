import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { createIssuer } from '../../src/index.js';
import { providers } from '../../src/providers/index.js';
import type { FakeFailure } from '../../src/testing/index.js';
import { failureOf } from '../support/failures.js';
import { collectGarbage } from '../support/garbage.js';
import { issueOperations, keys, optionsOf } from '../support/operations.js';
import { judged, subjects } from '../support/subjects/index.js';
import { everythingShownBy } from '../support/shown.js';
import { raw, useFakes } from './ask.js';

const { clock, fakes, ask } = useFakes();

describe.each(judged)('the fake of %s', (provider) => {
  const fake = fakes[provider];
  const { url, headers, body, userId } = raw[provider];
  const subject = subjects[provider];
  const { refusedKey, unknownUser, environment, otherEnvironment, saysRetryAfter, penaltySeconds = 0 } = subject.fake;
  const init: RequestInit = { headers, ...(body === undefined ? {} : { body }) };
  const success = issueOperations[provider].success.status;
  const issuer = () =>
    createIssuer(provider, { ...optionsOf(provider), fetch: fakes.fetch, retry: 0, ...subject.target });
  const expectOwnError = (answer: unknown) => {
    expect(z.safeParse(subject.errorForm, answer)).toMatchObject({ success: true });
  };
  /** The headers with something else in the place of the key. */
  const withKey = (replacement: string) =>
    Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace(keys[provider], replacement)]),
    );

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
      expect([refusedKey, 404]).toContain(status);
      expectOwnError(answer);
    }
    await expect(fakes.fetch('https://elsewhere.invalid/')).rejects.toThrow(
      new TypeError(
        'No fake answers at https://elsewhere.invalid, and nothing was sent. See `origins` for where they answer.',
      ),
    );
    expect(fakes.origins).toEqual(expect.arrayContaining([...fake.origins]));
  });

  it.each([
    ['no key', {}],
    ['an empty key', withKey('')],
    ['another scheme', { authorization: 'Basic made-up' }],
  ])('refuses %s before it looks at anything else', async (_, wrong) => {
    const { status, body: answer } = await ask(`${new URL(url).origin}/nowhere`, { method: 'GET', headers: wrong });
    expect(status).toBe(refusedKey);
    expectOwnError(answer);
  });

  it('accepts only the keys that were named, once one was, and where they belong', async () => {
    fake.acceptKey('made-up-other-key');
    expect((await ask(url, init)).status).toBe(refusedKey);
    expect(await failureOf(issuer().issueToken(userId))).toMatchObject({ code: 'unauthorized', status: refusedKey });
    fake.acceptKey(keys[provider], environment);
    expect((await ask(url, init)).status).toBe(success);
  });

  it('refuses an environment that it does not have, or that the key contradicts', () => {
    expect(() => {
      fake.acceptKey('made-up', 'nowhere');
    }).toThrow(/environment must be one of '/);
    expect(() => {
      fake.addUser('made-up', 'nowhere');
    }).toThrow(/environment must be one of '/);
    if (otherEnvironment === undefined) return;
    expect(() => {
      fake.acceptKey(keys[provider], otherEnvironment);
    }).toThrow(`means '${environment}'`);
  });

  it('refuses other methods and paths', async () => {
    const wrongMethod = await ask(url, { method: 'GET', headers });
    expect(wrongMethod.status).toBe(405);
    expect(wrongMethod.headers.get('allow')).toBe('POST');
    for (const path of ['/', '/v3/user', '/v1', '/v2', '/v1/sign_in_tokens/a/b', '/v1/enterprise/user-tokens/a/b']) {
      const { status, body: answer } = await ask(new URL(path, url).href, init);
      expect(status, path).toBe(404);
      expectOwnError(answer);
    }
  });

  it('knows everybody, or only those who were named', async () => {
    expect((await ask(url, init)).status).toBe(success);
    fake.addUser(subject.userId(0));
    const answer = await ask(url, init);
    expect(answer.status).toBe(unknownUser);
    expectOwnError(answer.body);
    expect(await failureOf(issuer().issueToken(userId))).toMatchObject({ code: 'not_found', status: unknownUser });
    fake.addUser(userId);
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

  const credentialHeaders = Object.values(providers[provider].profile.credentials).map(({ header }) => header);
  it.each([...new Set(['authorization', ...credentialHeaders])])(
    'logs no key that is in %s in a form of its own',
    async (name) => {
      for (const value of [keys[provider], `bearer ${keys[provider]}`, `Basic ${keys[provider]}`])
        await ask(url, { headers: { [name]: value } });
      expect(fake.calls).toHaveLength(3);
      expect(everythingShownBy(fake.calls)).not.toContain(keys[provider]);
    },
  );

  it('logs no key in a path or a body, and none that is short', async () => {
    await ask(`${url}/${keys[provider]}`, { headers, body: JSON.stringify({ id: keys[provider] }) });
    expect(everythingShownBy(fake.calls)).not.toContain(keys[provider]);
    await ask(url, { headers: { authorization: 'Bearer k1' } });
    expect(fake.calls[1]?.headers['authorization']).toBe('[redacted]');
  });

  it('logs no cookie, secret or token of a header, and a body that is no JSON as it is', async () => {
    const secrets = ['made-up-cookie-1', 'made-up-secret-2', 'made-up-token-3'] as const;
    const [cookie, secret, token] = secrets;
    const named = { cookie: `theme=dark;session=${cookie}`, 'x-app-secret': secret, 'x-app-token': token };
    await ask(`${url}?echo=${cookie}`, { headers: { ...headers, ...named }, body: `not JSON, ${secret}` });
    expect(fake.calls[0]?.body).toBe('not JSON, [redacted]');
    for (const each of secrets) expect(everythingShownBy(fake.calls)).not.toContain(each);
  });

  it('gets no request that was aborted before, and may be asked with a Request', async () => {
    fake.failNext({ status: 503 });
    await expect(ask(url, { ...init, signal: AbortSignal.abort('too late') })).rejects.toBe('too late');
    expect(fake.calls).toEqual([]);
    expect((await fakes.fetch(new Request(url, { method: 'POST', ...init }))).status).toBe(503);

    const early = new AbortController();
    const answer = ask(url, { ...init, signal: early.signal });
    early.abort('at once');
    await expect(answer).rejects.toBe('at once');
    expect(fake.tokens).toEqual([]);

    fake.failNext({ fault: 'stall' });
    const controller = new AbortController();
    const stalled = fakes.fetch(new Request(url, { method: 'POST', ...init, signal: controller.signal }));
    controller.abort('enough');
    await expect(stalled).rejects.toBe('enough');
  });

  describe('fails on demand', () => {
    const documented = subjects[provider].operations.flatMap((each) => each.statuses);
    it.each([...new Set([400, 401, 403, 404, 409, 422, 429, 500, 503, ...documented])])(
      'with a %i in its own words',
      async (status) => {
        fake.failNext({ status });
        const answer = await ask(url, init);
        expect(answer.status).toBe(status);
        if (answer.headers.get('content-type') === 'application/json') expectOwnError(answer.body);
        else expect(status).toBe(500);
        expect((await ask(url, init)).status).toBe(success);
        fake.failNext({ status });
        expect(await failureOf(issuer().issueToken(userId))).toMatchObject({ status, provider });
      },
    );

    it('as often as it is told, or until it is told to stop', async () => {
      fake.failNext({ status: 503 }, 2);
      const statuses = [];
      for (let count = 0; count < 3; count += 1) statuses.push((await ask(url, init)).status);
      expect(statuses).toEqual([503, 503, success]);
      fake.failWith({ status: 500 });
      fake.failNext({ status: 502 });
      expect((await ask(url, init)).status).toBe(502);
      for (let count = 0; count < 3; count += 1) expect((await ask(url, init)).status).toBe(500);
      fake.failWith();
      expect((await ask(url, init)).status).toBe(success);
    });

    it.each<FakeFailure>([{ status: 503 }, { fault: 'drop_connection' }])('and issues nothing: %j', async (failure) => {
      fake.failNext(failure);
      await ask(url, init).catch(() => undefined);
      expect(fake.calls).toHaveLength(1);
      expect(fake.tokens).toEqual([]);
    });

    it('with headers and a body of choice', async () => {
      fake.failNext({ status: 429, retryAfter: 7, headers: { 'x-request-id': 'made-up' }, body: { any: 'thing' } });
      const answer = await ask(url, init);
      expect(answer).toMatchObject({ status: 429, body: { any: 'thing' } });
      expect(answer.headers.get('retry-after')).toBe('7');
      expect(answer.headers.get('x-request-id')).toBe('made-up');
      fake.failNext({ body: '<html>' });
      const page = await ask(url, init);
      expect(page).toMatchObject({ status: success, body: '<html>' });
      expect(page.headers.get('content-type')).toBe('text/html');
      fake.failNext({ body: null });
      expect(await ask(url, init)).toMatchObject({ status: success, body: null });
    });

    it('with headers in capitals', async () => {
      fake.failNext({ status: 503, headers: { 'Content-Type': 'text/plain', 'Retry-After': '7' }, retryAfter: 5 });
      const answer = await ask(url, init);
      expect(answer.headers.get('content-type')).toBe('text/plain');
      expect(answer.headers.get('retry-after')).toBe('7');
    });

    it.each([200, 204, 205, 304, 599])('with any status that an answer can have: %i', async (status) => {
      fake.failNext({ status, headers: { 'content-type': 'text/plain' } });
      const answer = await ask(url, init);
      expect(answer.status).toBe(status);
      if ([204, 205, 304].includes(status)) expect(answer.body).toBe('');
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
      fake.failNext({ fault: 'drop_connection' });
      // In the form that `fetch` of Node.js has.
      await expect(ask(url, init)).rejects.toMatchObject({
        name: 'TypeError',
        message: 'fetch failed',
        cause: { code: 'ECONNRESET' },
      });
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
    fake.limitRate({ requests: 2, perSeconds: 10 });
    const statuses = [];
    for (let count = 0; count < 3; count += 1) statuses.push((await ask(url, init)).status);
    expect(statuses).toEqual([success, success, 429]);
    const { headers: answered } = await ask(url, init);
    expect(answered.get('retry-after')).toBe(saysRetryAfter ? '10' : null);

    clock.now += 9_999;
    const last = await ask(url, init);
    expect(last.status).toBe(429);
    if (saysRetryAfter) expect(last.headers.get('retry-after')).toBe('1');
    clock.now += 1;
    // A penalty may be longer than the window.
    expect((await ask(url, init)).status).toBe(penaltySeconds > 10 ? 429 : success);
    clock.now += 50_000;
    expect((await ask(url, init)).status).toBe(success);
    fake.limitRate({ requests: 0, perSeconds: 10 });
    expect((await ask(url, init)).status).toBe(429);
    // A new limit begins anew.
    fake.limitRate({ requests: 1, perSeconds: 10 });
    expect((await ask(url, init)).status).toBe(success);
    fake.limitRate();
    for (let count = 0; count < 5; count += 1) expect((await ask(url, init)).status).toBe(success);
  });

  it('makes one wait for as long as it is told, in the older words too', async () => {
    fake.limitRate({ requests: 1, seconds: 10, penaltySeconds: 3 });
    expect((await ask(url, init)).status).toBe(success);
    expect((await ask(url, init)).status).toBe(429);
    clock.now += 2_999;
    expect((await ask(url, init)).status).toBe(429);
    clock.now += 1;
    // The penalty is over and the window is not.
    expect((await ask(url, init)).status).toBe(429);
    clock.now += 10_000;
    expect((await ask(url, init)).status).toBe(success);
  });

  it('forgets everything', async () => {
    fake.acceptKey('other');
    fake.addUser(subject.userId(0));
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
