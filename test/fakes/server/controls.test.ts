import { describe, expect, it } from 'vitest';
import { createTokenEndpoint } from '../../../src/endpoint/index.js';
import { createIssuer, createSfox } from '../../../src/index.js';
import { providerIds } from '../../../src/providers/create-issuer.js';
import { failureOf } from '../../support/failures.js';
import { issueOperations, keys, optionsOf } from '../../support/operations.js';
import { judged, subjects } from '../../support/subjects/index.js';
import { startFakeServer } from '../../../src/testing/server/index.js';
import type { PageState } from '../../../src/testing/server/events.js';
import { json } from '../ask.js';
import { useFakeServer } from './ask.js';

const now = Date.parse('2026-11-22T10:00:00.000Z');
const { server, control } = useFakeServer({ now: () => now });

describe('the server as a whole', () => {
  it('says that it runs', async () => {
    expect(await control('GET health')).toMatchObject({ status: 200, body: { status: 'ok' } });
    for (const path of ['health', ''])
      expect((await fetch(`${server().url}/_fakes/${path}`, { method: 'HEAD' })).status).toBe(200);
    expect((await control('POST events')).status).toBe(404);
  });

  it('has a clock to set', async () => {
    expect(await control('PUT clock', { now: '2030-01-01T00:00:00Z' })).toMatchObject({
      status: 200,
      body: { now: '2030-01-01T00:00:00.000Z' },
    });
    expect((await control('POST clock/advance', { milliseconds: 60_000 })).body).toEqual({
      now: '2030-01-01T00:01:00.000Z',
    });
    expect((await control('PUT clock', { now: 0 })).body).toEqual({ now: '1970-01-01T00:00:00.000Z' });
    expect((await control('POST reset')).status).toBe(204);
    expect(server().fakes.clock.now()).toBe(now);
  });
});

it('an endpoint for apps reads the lifetime of a token by the clock of the fakes', async () => {
  await control('PUT clock', { now: '2030-01-01T00:00:00Z' });
  const issuer = createSfox({ apiKey: keys.sfox, baseUrl: server().baseUrls.sfox });
  const endpoint = createTokenEndpoint({ issuer, authorize: () => 'user-1' });
  const answer = await endpoint(new Request('https://app.example/token', { method: 'POST' }));
  expect(await answer.json()).toMatchObject({ expiresAt: '2030-01-02T00:00:00.000Z', expiresInSeconds: 86_400 });
});

describe.each(judged)('the controls of %s', (provider) => {
  const { id, success } = issueOperations[provider];
  const { fake, userId } = subjects[provider];
  const connect = () =>
    createIssuer(provider, { ...optionsOf(provider), baseUrl: server().baseUrls[provider], retry: 0 });
  const codeOf = async () => {
    const error = await failureOf(connect().issueToken(id));
    return (error as { code?: string }).code;
  };
  const other = userId(0);

  it('add users', async () => {
    expect((await control(`POST ${provider}/users`, { userId: other })).status).toBe(204);
    expect(await codeOf()).toBe('not_found');
    await control(`POST ${provider}/users`, { userId: id });
    await connect().issueToken(id);
    await control('POST reset');
    await connect().issueToken(id);
  });

  it('accept keys', async () => {
    const { environment } = fake;
    expect((await control(`POST ${provider}/keys`, { key: 'made-up-other', environment })).status).toBe(204);
    expect(await codeOf()).toBe('unauthorized');
    await control(`POST ${provider}/keys`, { key: keys[provider] });
    await connect().issueToken(id);
  });

  it('let the body of an answer stall, not its status, even if the body is empty', async () => {
    await control(`POST ${provider}/fail-next`, { status: 503, fault: 'stall_body', body: '' });
    const controller = new AbortController();
    const { signal } = controller;
    const { status } = await fetch(`${server().baseUrls[provider]}/v2`, { signal });
    expect(status).toBe(503);
    controller.abort();
  });

  it('let requests fail', async () => {
    expect((await control(`POST ${provider}/fail-next`, { status: 503, times: 2 })).status).toBe(204);
    expect([await codeOf(), await codeOf()]).toEqual(['server_error', 'server_error']);
    await connect().issueToken(id);
    await control(`POST ${provider}/fail-next`, { fault: 'drop_connection' });
    expect(await codeOf()).toBe('connection_failed');
    expect(((await control(`GET ${provider}/calls`)).body as unknown[]).at(-1)).toMatchObject({ status: null });
    await control(`POST ${provider}/fail-next`, { status: 429, retryAfter: 7, delay: 1 });
    expect(await failureOf(connect().issueToken(id))).toMatchObject({ code: 'rate_limited', retryAfter: 7 });

    expect((await control(`PUT ${provider}/failure`, { status: 500 })).status).toBe(204);
    expect([await codeOf(), await codeOf()]).toEqual(['server_error', 'server_error']);
    expect((await control(`DELETE ${provider}/failure`)).status).toBe(204);
    await connect().issueToken(id);
  });

  it('limit the rate', async () => {
    const limit = { requests: 1, perSeconds: 10, penaltySeconds: 3 };
    expect((await control(`PUT ${provider}/limit`, limit)).status).toBe(204);
    await connect().issueToken(id);
    expect(await codeOf()).toBe('rate_limited');
    expect((await control(`DELETE ${provider}/limit`)).status).toBe(204);
    await connect().issueToken(id);
  });

  it('show calls and tokens, and use a token up', async () => {
    const { token } = await connect().issueToken(id);
    const [call, ...others] = (await control(`GET ${provider}/calls`)).body as Record<string, unknown>[];
    expect(others).toEqual([]);
    expect(call).toMatchObject({
      method: 'POST',
      status: success.status,
      receivedAt: '2026-11-22T10:00:00.000Z',
    });
    expect(JSON.stringify(call)).not.toContain(keys[provider]);
    expect((await control(`GET ${provider}/tokens`)).body).toMatchObject([{ token, userId: id, usedAt: null }]);

    const used = await control(`POST ${provider}/consume`, { token });
    expect(used).toMatchObject({ status: 200, body: { token, userId: id, usedAt: '2026-11-22T10:00:00.000Z' } });
    expect((await control(`GET ${provider}/tokens`)).body).toMatchObject([
      { token, usedAt: '2026-11-22T10:00:00.000Z' },
    ]);
    const again = await control(`POST ${provider}/consume`, { token });
    expect(again.status).toBe(fake.isUsedOnce ? 400 : 200);
    expect((await control(`POST ${provider}/consume`, { token: 'made-up' })).body).toEqual({
      error: expect.stringContaining('did not issue this token') as unknown,
    });
  });

  it.each([
    ['POST users', {}, '`userId` must be a non-empty string'],
    ['POST users', { userId: 7 }, '`userId` must be a non-empty string'],
    ['POST users', { userid: 'a' }, "Unknown field 'userid'"],
    ['POST users', { userId: 'a', environment: 'mars' }, 'The environment must be one of'],
    ['POST keys', { key: '' }, '`key` must be a non-empty string'],
    ['POST keys', { key: 'made-up', environment: 7 }, 'The environment must be one of'],
    ['POST fail-next', {}, 'Say how to fail'],
    ['POST fail-next', { status: '503' }, '`status` must be a whole number from 200 to 599'],
    ['POST fail-next', { statsu: 503 }, "unknown field 'statsu'"],
    ['POST fail-next', { status: 503, times: 0 }, '`times`'],
    ['POST fail-next', { fault: 'explode' }, '`fault` must be one of'],
    ['PUT failure', {}, 'Say how to fail'],
    ['PUT failure', { delay: '5' }, '`delay`'],
    ['PUT limit', { requests: 1 }, '`perSeconds`'],
    ['PUT limit', { requests: 1, perSeconds: 1, penalty: 1 }, "unknown field 'penalty'"],
    ['POST consume', { token: 7 }, '`token` must be a non-empty string'],
    ['POST users', '{"userId"', 'not JSON'],
    ['POST users', '["a"]', 'must be an object'],
    ['POST users', 'null', 'must be an object'],
  ])('refuse %s %j and go on', async (name, body, words) => {
    const [method = '', path = ''] = name.split(' ');
    expect(await control(`${method} ${provider}/${path}`, body)).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining(words) as unknown },
    });
    await connect().issueToken(id);
  });
});

it.each([
  ['PUT clock', { now: 'tomorrow' }],
  ['PUT clock', {}],
  ['PUT clock', { now: null }],
  ['PUT clock', { now: 0, zone: 'UTC' }],
  ['POST clock/advance', { milliseconds: -1 }],
  ['POST clock/advance', { seconds: 1 }],
  ['POST reset', { all: true }],
])('refuses %s %j', async (name, body) => {
  const { status, body: answer } = await control(name, body);
  expect(status).toBe(400);
  // The words of an error, without its class.
  expect((answer as { error: string }).error).toMatch(/^(`|Unknown field ')/);
});

it('names the controls to who asks for another, and the methods of one that there is', async () => {
  for (const [name, words] of [
    ['GET nothing', 'POST /_fakes/reset'],
    ['POST clerk', 'POST /_fakes/clerk/users'],
    ['POST clerk/users/user_1', 'POST /_fakes/clerk/users'],
    ['POST plaid/users', 'GET /_fakes/health'],
    ['GET __proto__', 'GET /_fakes/health'],
  ] as const) {
    const { status, headers, body } = await control(name);
    expect(status, name).toBe(404);
    expect(headers.get('x-tokenwright-fake')).toBe('1');
    expect((body as { error: string }).error).toContain(words);
  }
  const wrong = await control('POST clerk/limit', {});
  expect(wrong.status).toBe(405);
  expect(wrong.headers.get('allow')).toBe('PUT, DELETE');
  expect(wrong.body).toEqual({ error: 'This control takes only PUT and DELETE.' });
  const hint = 'and those of a provider, such as POST /_fakes/clerk/users';
  expect(JSON.stringify((await control('GET nothing')).body)).toContain(hint);
  expect(JSON.stringify((await control('GET clerk/nothing')).body)).not.toContain(hint);
});

it('redeems a ticket where its link points, with the name that it was asked by', async () => {
  const { port } = new URL(server().url);
  const clerk = createIssuer('clerk', { apiKey: keys.clerk, baseUrl: `http://localhost:${port}/clerk` });
  const token = await clerk.issueToken('user_1');
  expect(token.url).toBe(`http://localhost:${port}/clerk/v1/tickets/accept?ticket=${token.token}`);
  const body = new URLSearchParams({ strategy: 'ticket', ticket: token.token });
  const response = await fetch(`${server().url}/clerk/v1/client/sign_ins`, { method: 'POST', body });
  expect(await response.json()).toMatchObject({ response: { status: 'complete' } });
  expect((await fetch(token.url!)).status).toBe(400);
  const headers = { authorization: `Bearer ${keys.clerk}`, ...json, 'x-forwarded-prefix': '/elsewhere' };
  const forwarded = await fetch(`${server().baseUrls.clerk}/v1/sign_in_tokens`, {
    method: 'POST',
    headers,
    body: '{"user_id":"user_1"}',
  });
  const { url } = (await forwarded.json()) as { url: string };
  expect(url.startsWith(`${server().url}/clerk/v1/tickets/accept?ticket=`)).toBe(true);
  expect((await control('GET clerk/tokens')).body).toMatchObject([{ status: 'accepted' }, { status: 'pending' }]);
});

it('sends what changes as it changes', async () => {
  const abort = new AbortController();
  const response = await fetch(`${server().url}/_fakes/events`, { signal: abort.signal });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const next = async () => {
    const { value = '' } = await reader.read();
    return JSON.parse(value.replace(/^data: /, '')) as { providers: { id: string; tokenCount: number }[] };
  };
  expect((await next()).providers.map(({ id, tokenCount }) => [id, tokenCount])).toEqual(
    providerIds.map((id) => [id, 0]),
  );
  await createIssuer('clerk', { apiKey: keys.clerk, baseUrl: server().baseUrls.clerk }).issueToken('user_1');
  expect((await next()).providers.find(({ id }) => id === 'clerk')).toMatchObject({
    tokenCount: 1,
    callCount: 1,
    tokens: [{ userId: 'user_1' }],
  });
  abort.abort();
});

describe('who watches', () => {
  async function watch(url: string) {
    const abort = new AbortController();
    const response = await fetch(`${url}/_fakes/events`, { signal: abort.signal });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    async function next(): Promise<PageState['providers'][number] & { readonly clockOffset: number }> {
      while (!rest.includes('\n\n')) rest += (await reader.read()).value ?? '';
      const [event = '', ...others] = rest.split('\n\n');
      rest = others.join('\n\n');
      const { providers, clockOffset } = JSON.parse(event.replace(/^data: /, '')) as PageState;
      return { ...providers.find(({ id }) => id === 'sfox')!, clockOffset };
    }
    async function waitFor(tokenCount: number) {
      for (;;) if ((await next()).tokenCount === tokenCount) return;
    }
    return {
      status: response.status,
      next,
      waitFor,
      close: () => {
        abort.abort();
      },
    };
  }
  const issue = (userId: string) =>
    fetch(`${server().baseUrls.sfox}/v1/enterprise/user-tokens/${userId}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keys.sfox}` },
    });

  it('sees the newest fifty, and the clock of the fakes', async () => {
    for (let count = 0; count <= 50; count += 1) await issue(`user-${String(count)}`);
    const page = await watch(server().url);
    const { tokenCount, tokens, calls, clockOffset } = await page.next();
    expect([tokenCount, tokens.length, calls.length]).toEqual([51, 50, 50]);
    expect([tokens.at(-1)?.['userId'], calls.at(-1)?.['path']]).toEqual([
      'user-50',
      '/v1/enterprise/user-tokens/user-50',
    ]);
    expect(Math.abs(clockOffset - (now - Date.now()))).toBeLessThan(60_000);
    page.close();
  });

  it('goes on when another one leaves, and sees what comes after all had left', async () => {
    const [first, second] = [await watch(server().url), await watch(server().url)];
    await first.waitFor(0);
    first.close();
    for (let count = 1; count <= 3; count += 1) {
      await issue('user-1');
      await second.waitFor(count);
    }
    second.close();
    for (let count = 0; count < 10; count += 1) await control('GET health');
    const third = await watch(server().url);
    await third.waitFor(3);
    await issue('user-1');
    await third.waitFor(4);
    third.close();
  });

  it('has room for 32, and does not keep the server from closing', async () => {
    const own = await startFakeServer();
    const pages = await Promise.all(Array.from({ length: 32 }, () => watch(own.url)));
    expect(pages.map(({ status }) => status)).toEqual(pages.map(() => 200));
    expect((await fetch(`${own.url}/_fakes/events`)).status).toBe(503);
    await own.close();
  });
});
