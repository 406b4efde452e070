import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { findForeignProblem } from '../../../src/testing/server/guard.js';
import { serveFakes } from '../../../src/testing/server/serve.js';
import { createFakeProviders } from '../../../src/testing/index.js';
import { startFakeServer } from '../../../src/testing/server/index.js';
import { keys } from '../../support/operations.js';
import { rawRequest, useFakeServer } from './ask.js';

const lines: string[] = [];
const { server, control } = useFakeServer({ onRequest: (line) => lines.push(line) });
const closes: (() => unknown)[] = [];
afterAll(() => Promise.all(closes.map((close) => close())));

const users = () => `${server().url}/_fakes/clerk/users`;
const addUser = (headers: Record<string, string>) =>
  rawRequest(users(), { method: 'POST', headers, body: '{"userId":"user_1"}' });

describe('the controls', () => {
  it.each(['localhost', '127.0.0.1', '172.17.0.1', '[::1]', '[fe80::1]', 'fakes', 'LOCALHOST', 'my_fakes-1'])(
    'answer to the host %s',
    async (host) => {
      expect((await addUser({ host: `${host}:4010` })).status).toBe(204);
      expect((await addUser({ host })).status).toBe(204);
    },
  );

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.nip.io', '127.0.0.1.', 'api.clerk.com'])(
    'refuse the host %j, which a page may have pointed here',
    async (host) => {
      for (const path of ['health', 'clerk/tokens', 'events', '']) {
        const { status, text: words } = await rawRequest(`${server().url}/_fakes/${path}`, { headers: { host } });
        expect(status).toBe(403);
        expect(words).toContain('--host');
      }
      expect((await addUser({ host })).status).toBe(403);
    },
  );

  it('refuse a body that is not UTF-8, in which two ids could become the same', async () => {
    const refused = await rawRequest(users(), {
      method: 'POST',
      body: Buffer.from('{"userId":"m\xfcller"}', 'latin1'),
    });
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('The body is not JSON.');
  });

  it('answer to the name that they were told to listen on, and to who names no host', () => {
    expect(findForeignProblem({ host: 'Fakes.Example:4010' }, 'fakes.EXAMPLE')).toBeUndefined();
    expect(findForeignProblem({ host: 'other.example:4010' }, 'fakes.example')).toContain('--host');
    expect(findForeignProblem({}, '127.0.0.1')).toBeUndefined();
  });

  it('answer in JSON that nobody keeps, marked as that of a fake', async () => {
    const read = await rawRequest(`${server().url}/_fakes/health`);
    const own = { 'x-tokenwright-fake': '1', 'cache-control': 'no-store' };
    expect(read.headers).toMatchObject({ 'content-type': 'application/json', ...own });
    expect(read.text).toBe('{"status":"ok"}\n');
    const changed = await addUser({});
    expect(changed).toMatchObject({ status: 204, text: '', headers: own });
  });

  it('answer to the address that they were told to listen on', async () => {
    const own = await startFakeServer({ host: '127.0.0.2' });
    closes.push(own.close);
    expect(own.url).toContain('//127.0.0.2:');
    expect((await fetch(`${own.url}/_fakes/health`)).status).toBe(200);
  });

  it.each([
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
    [{ origin: 'http://localhost:1' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
  ])('refuse a page of another site: %j', async (headers) => {
    expect((await addUser(headers as Record<string, string>)).status).toBe(403);
    const read = await rawRequest(`${server().url}/_fakes/clerk/tokens`, {
      headers: headers,
    });
    expect(read.status).toBe(403);
    expect(server().fakes.clerk.calls).toEqual([]);
    // Nobody was named, so that everybody is still known.
    expect((await issue('anybody')).status).toBe(200);
  });

  it('take their own page, and a link to it from elsewhere', async () => {
    const { host } = new URL(server().url);
    expect((await addUser({ origin: `http://${host}`, 'sec-fetch-site': 'same-origin' })).status).toBe(204);
    expect((await addUser({ 'sec-fetch-site': 'none' })).status).toBe(204);
    const visit = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    const rebound = await rawRequest(`${server().url}/_fakes/`, { headers: { ...visit, host: 'evil.example' } });
    expect(rebound.status).toBe(403);
    const page = await rawRequest(`${server().url}/_fakes/`, { headers: visit });
    expect(page.status).toBe(200);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    for (const rule of ["connect-src 'self'", "base-uri 'none'", "form-action 'none'"])
      expect(page.headers['content-security-policy']).toContain(rule);
    expect(page.headers).toMatchObject({
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'x-tokenwright-fake': '1',
    });
    expect(page.text).not.toMatch(/https?:/);
    expect((await rawRequest(`${server().url}/_fakes`)).text).toBe(page.text);
    expect((await rawRequest(`${server().url}/_fakesx`)).status).toBe(404);
    expect((await rawRequest(`${server().url}/_fakes/clerk/tokens`, { headers: visit })).status).toBe(403);
  });
});

const issue = (userId: string, more: Record<string, string> = {}) =>
  rawRequest(`${server().baseUrls.clerk}/v1/sign_in_tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${keys.clerk}`, 'content-type': 'application/json', ...more },
    body: JSON.stringify({ user_id: userId }),
  });

describe('a request', () => {
  it.each(['TRACE', 'CONNECT'])('of the method %s is refused, and the server goes on', async (method) => {
    const socket = connect(Number(new URL(server().url).port), '127.0.0.1');
    socket.end(`${method} /clerk/v1/sign_in_tokens HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    const answer = await text(socket);
    // Node.js itself hangs up on CONNECT.
    const allow = 'allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n';
    expect(answer.includes(allow)).toBe(method === 'TRACE');
    expect(answer.split('\r\n')[0]).toBe(method === 'TRACE' ? 'HTTP/1.1 405 Method Not Allowed' : '');
    expect((await issue('user_1')).status).toBe(200);
  });

  it('carries up to 1 MiB', async () => {
    const id = (length: number) => 'x'.repeat(length - '{"user_id":""}'.length);
    expect((await issue(id(2 ** 20))).status).toBe(200);
    const refused = await issue(id(2 ** 20 + 1));
    expect(refused.status).toBe(413);
    expect(JSON.parse(refused.text)).toEqual({ error: 'The body must not exceed 1 MiB.' });
    expect(server().fakes.clerk.calls).toHaveLength(1);
  });

  it('that says nothing of its length carries no more either', async () => {
    const socket = connect(Number(new URL(server().url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('POST /_fakes/clerk/users HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n');
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    for (let count = 0; count < 17; count += 1) socket.write(chunk);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toContain('413');
    socket.destroy();
  });

  it('of an unknown length with too much may be sent to its end as well', async () => {
    const socket = connect(Number(new URL(server().url).port), '127.0.0.1');
    socket.write('POST /_fakes/clerk/users HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n');
    const chunk = `100000\r\n${'x'.repeat(2 ** 20)}\r\n`;
    socket.write(chunk + chunk);
    const [refused] = (await once(socket, 'data')) as [Buffer];
    expect(refused.toString()).toContain('413');
    socket.write(chunk);
    socket.end('0\r\n\r\nGET /_fakes/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    expect(await text(socket)).toContain('{"status":"ok"}');
  });

  it.each(['GET', 'HEAD'])('of the method %s may have a body', async (method) => {
    const headers = {
      authorization: `Bearer ${keys.clerk}`,
      'content-type': 'application/json',
      'content-length': '2',
    };
    const url = `${server().baseUrls.clerk}/v1/sign_in_tokens`;
    expect((await rawRequest(url, { method, headers, body: '{}' })).status).toBe(405);
  });

  it.each([
    ['LOCALHOST:1', 'http://localhost:1'],
    ['me@evil.example', 'http://fake.invalid'],
    ['no host', 'http://fake.invalid'],
  ])('to the host %j has links to %s', async (host, origin) => {
    const { status, text: answer } = await issue('user_1', { host });
    expect(status).toBe(200);
    expect((JSON.parse(answer) as { url: string }).url).toMatch(new RegExp(`^${origin}/clerk/v1/tickets/accept`));
  });

  it.each(['_fakes/clerk/users', 'sfox/v1/enterprise/user-tokens'])(
    'with too much for /%s may be sent to its end, and the connection goes on',
    async (path) => {
      const socket = connect(Number(new URL(server().url).port), '127.0.0.1');
      const start = (length: number) =>
        `POST /${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${String(length)}\r\n\r\n`;
      const rest = 'x'.repeat(2 ** 20);
      socket.write(start(2 * rest.length) + rest);
      const [refused] = (await once(socket, 'data')) as [Buffer];
      expect(refused.toString()).toContain('413');
      socket.write(rest);
      socket.end('GET /_fakes/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
      expect(await text(socket)).toContain('{"status":"ok"}');
    },
  );

  it('that does not arrive in time is ended', async () => {
    const slow = await serveFakes(createFakeProviders(), { requestTimeout: 300 });
    closes.push(slow.close);
    for (const start of [
      'GET /clerk HTTP/1.1\r\n',
      'POST /_fakes/reset HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n',
    ]) {
      const socket = connect(Number(new URL(slow.url).port), '127.0.0.1');
      socket.write(start);
      expect(await text(socket)).toContain('408 Request Timeout');
    }
    expect((await fetch(`${slow.url}/_fakes/health`)).status).toBe(200);
  });

  it('that fails in the fake is a 500 that says so, and the server goes on', async () => {
    let isBroken = false;
    const now = () => {
      if (isBroken) throw new Error('made-up');
      return 0;
    };
    const own = await startFakeServer({ now });
    closes.push(own.close);
    const ask = () => rawRequest(`${own.baseUrls.clerk}/v1/sign_in_tokens`, { method: 'POST' });
    isBroken = true;
    expect(await ask()).toMatchObject({ status: 500, text: '{"error":"The server failed: Error: made-up"}\n' });
    isBroken = false;
    expect((await ask()).status).toBe(401);
  });

  it('whose answer breaks off is cut off, and the server goes on', async () => {
    const start = (stream: ReadableStreamDefaultController) => {
      stream.enqueue(new Uint8Array(1));
    };
    const pull = () => Promise.reject(new Error('made-up'));
    const fakes = createFakeProviders();
    const fetch = () => Promise.resolve(new Response(new ReadableStream({ start, pull })));
    const own = await serveFakes({ ...fakes, clerk: { ...fakes.clerk, fetch } });
    closes.push(own.close);
    await expect(rawRequest(`${own.baseUrls.clerk}/v1`)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await rawRequest(`${own.url}/_fakes/health`)).status).toBe(200);
  });

  it('whose client goes is ended at the fake', async () => {
    const fakes = createFakeProviders();
    const fetch = vi.fn<typeof fakes.fetch>(() => new Promise(() => undefined));
    const own = await serveFakes({ ...fakes, clerk: { ...fakes.clerk, fetch } });
    closes.push(own.close);
    const socket = connect(Number(new URL(own.url).port), '127.0.0.1');
    socket.write('GET /clerk/v1 HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await vi.waitFor(() => {
      expect(fetch).toHaveBeenCalledOnce();
    }, 10_000);
    const signal = fetch.mock.calls[0]?.[1]?.signal;
    expect(signal?.aborted).toBe(false);
    socket.destroy();
    await vi.waitFor(() => {
      expect(signal?.aborted).toBe(true);
    }, 10_000);
  });

  it('is told in a line, without its key and its query', async () => {
    lines.length = 0;
    await issue('user_1');
    await rawRequest(`${server().baseUrls.clerk}/v1/tickets/accept?ticket=made-up`);
    await rawRequest(`${server().baseUrls.sfox}/v1/enterprise/user-tokens/${keys.sfox}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keys.sfox}` },
    });
    await control('POST clerk/fail-next', { fault: 'drop_connection' });
    await issue('user_1').catch(() => undefined);
    await control('GET health');
    const start = performance.now();
    await control(`GET ${'x'.repeat(300)}`);
    await vi.waitFor(() => {
      expect(lines).toHaveLength(7);
    }, 10_000);
    const [, path, milliseconds] = /^GET (\S+) 404 (\d+) ms$/.exec(lines.pop() ?? '') ?? [];
    expect(path).toHaveLength(200);
    expect(Number(milliseconds)).toBeLessThanOrEqual(performance.now() - start + 1);
    expect(lines.map((line) => line.replace(/\d+ ms$/, 'n ms'))).toEqual([
      'POST /clerk/v1/sign_in_tokens 200 n ms',
      'GET /clerk/v1/tickets/accept?… 400 n ms',
      'POST /sfox/v1/enterprise/user-tokens/[redacted] 201 n ms',
      'POST /_fakes/clerk/fail-next 204 n ms',
      'POST /clerk/v1/sign_in_tokens no answer n ms',
      'GET /_fakes/health 200 n ms',
    ]);
  });
});

it('keeps ten thousand of each, or as many as it is told', async () => {
  const own = await startFakeServer({ keep: 2 });
  closes.push(own.close);
  const headers = { authorization: `Bearer ${keys.sfox}` };
  for (let count = 0; count < 3; count += 1) {
    await rawRequest(`${own.baseUrls.sfox}/v1/enterprise/user-tokens/user-1`, { method: 'POST', headers });
  }
  expect([own.fakes.sfox.calls.length, own.fakes.sfox.tokens.length]).toEqual([2, 2]);
  const { clerk } = server().fakes;
  for (let count = 0; count < 10_000; count += 1) clerk.addUser(`user_${String(count)}`);
  expect(() => {
    clerk.addUser('one more');
  }).toThrow('There are 10000 users already');
});
