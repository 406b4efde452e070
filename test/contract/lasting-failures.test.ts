import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createClerk } from '../../src/index.js';
import { createBulkSubject, userIdOf } from '../support/bulk.js';
import { post, prepareEndpoint } from '../support/endpoint.js';
import { failureOf } from '../support/failures.js';
import { judgedIssueOperations, judgedOperations, keys } from '../support/operations.js';

const tls = (name: string) => readFileSync(new URL(`../fixtures/tls/${name}.pem`, import.meta.url), 'utf8');

let handshakes = 0;
let requests = 0;
const server = createServer({ key: tls('key'), cert: tls('certificate') }, (_, response) => {
  requests += 1;
  response.end('{}');
});
let untrusted: string;

beforeAll(async () => {
  server.on('connection', () => (handshakes += 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  untrusted = `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

/** An error as a `fetch` throws it. */
function thrown(
  message: string,
  cause?: { readonly code?: string; readonly message?: string; readonly name?: string },
) {
  const { message: inner = '', ...more } = cause ?? {};
  return new TypeError(message, cause && { cause: Object.assign(new Error(inner), more) });
}

describe('a certificate that nobody vouches for', () => {
  it.each(judgedOperations)('$name: one handshake, no key, and what to do', async ({ prepare, label }) => {
    const before = handshakes;
    const error = await failureOf(prepare({ baseUrl: untrusted }).call());
    expect(error).toMatchObject({ code: 'connection_failed', retryable: false, scope: 'account' });
    expect(error.message).toContain(`${label} could not be reached at ${untrusted}`);
    expect(error.message).toContain('(DEPTH_ZERO_SELF_SIGNED_CERT)');
    expect(error.message).toContain('NODE_EXTRA_CA_CERTS');
    expect(error.message).not.toContain('again');
    expect([handshakes - before, requests]).toEqual([1, 0]);
  });

  it.each(judgedIssueOperations)('$provider: stops a bulk call', async ({ provider }) => {
    const failing = vi.fn(() => Promise.reject(thrown('fetch failed', { code: 'CERT_HAS_EXPIRED' })));
    const { issuer } = createBulkSubject(provider, { fetch: failing });
    const ids = Array.from({ length: 40 }, (_, index) => userIdOf(provider, index));
    const outcomes = await issuer.issueTokens(ids, { concurrency: 2 });
    expect(outcomes).toHaveLength(40);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { code: 'connection_failed' } });
    expect(failing.mock.calls.length).toBeLessThan(3);
  });

  it('the endpoint says that it is misconfigured, and not to come again', async () => {
    const fetch = () => Promise.reject(thrown('fetch failed', { code: 'CERT_HAS_EXPIRED' }));
    const { endpoint } = prepareEndpoint({ issuer: createClerk({ apiKey: keys.clerk, fetch }) });
    const answer = await endpoint(post());
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([502, null]);
    expect(await answer.json()).toMatchObject({ code: 'misconfigured' });
  });
});

describe('what does not pass by asking again is not repeated, and says what to do', () => {
  const clerk = (error: unknown) => {
    const fetch = vi.fn(() => Promise.reject(error as Error));
    return { fetch, call: () => createClerk({ apiKey: keys.clerk, fetch, timeout: 50 }).issueToken('user_1') };
  };

  it.each([
    ['Node.js, expired', thrown('fetch failed', { code: 'CERT_HAS_EXPIRED' }), 'NODE_EXTRA_CA_CERTS'],
    ['Node.js, another name', thrown('fetch failed', { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }), 'certificate'],
    ['Node.js, an authority', thrown('fetch failed', { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }), 'certificate'],
    ['Node.js, self-signed', thrown('fetch failed', { code: 'SELF_SIGNED_CERT_IN_CHAIN' }), 'certificate'],
    ['Deno', thrown('client error: invalid peer certificate: UnknownIssuer'), 'certificate'],
    ['workerd', thrown("TLS peer's certificate is not trusted; reason = self signed"), 'certificate'],
    ['no TLS', thrown('fetch failed', { code: 'ERR_SSL_WRONG_VERSION_NUMBER' }), 'does not speak https'],
    ['no TLS, Node.js 22', thrown('fetch failed', { code: 'ERR_SSL_PACKET_LENGTH_TOO_LONG' }), 'does not speak https'],
    ['a port that is blocked', thrown('fetch failed', { message: 'bad port' }), 'Choose another'],
    ['the permissions of Node.js', thrown('fetch failed', { code: 'ERR_ACCESS_DENIED' }), '--allow-net'],
    ['a firewall', thrown('fetch failed', { code: 'EACCES' }), 'firewall'],
    [
      'the permissions of Deno',
      Object.assign(new Error('Requires net access to "api.clerk.com:443", run again with the --allow-net flag'), {
        name: 'NotCapable',
      }),
      '--allow-net',
    ],
    [
      'a signal of another kind',
      new TypeError('RequestInit: Expected signal ("AbortSignal {}") to be an instance of AbortSignal.'),
      'test environment',
    ],
  ])('%s', async (_, error, advice) => {
    const { fetch, call } = clerk(error);
    const failure = await failureOf(call());
    expect(failure).toMatchObject({ code: 'connection_failed', retryable: false, scope: 'account' });
    expect(failure.message).toContain(advice);
    expect(failure.message).not.toContain('Try again later');
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_SOCKET', 'EPIPE'])(
    'but %s may pass',
    async (code) => {
      const failure = await failureOf(clerk(thrown('fetch failed', { code })).call());
      expect(failure).toMatchObject({ code: 'connection_failed', retryable: true, scope: 'service' });
      expect(failure.message).toContain(`(${code}). Try again later`);
    },
  );

  it('the port is really refused by `fetch`', async () => {
    const failure = await failureOf(
      createClerk({ apiKey: keys.clerk, baseUrl: 'http://127.0.0.1:6000' }).issueToken('a'),
    );
    expect(failure).toMatchObject({ retryable: false });
    expect(failure.message).toContain('(bad port)');
  });
});

describe('the explanation is the innermost that says something', () => {
  it.each([
    ['a cause', thrown('fetch failed', { message: 'other side closed' }), 'other side closed'],
    ['a cause with a code', thrown('fetch failed', { message: 'x', code: 'ECONNRESET' }), 'ECONNRESET'],
    ['a cause of a cause', new Error('failed', { cause: thrown('fetch failed', { message: 'no route' }) }), 'no route'],
    ['a cause that says nothing', thrown('fetch failed', { message: '' }), 'fetch failed'],
    ['no cause', new Error('fetch failed'), 'fetch failed'],
    ['nothing at all', Object.assign(new Error(''), { name: 'StrangeError' }), 'StrangeError'],
  ])('%s', async (_, error, reason) => {
    const fetch = () => Promise.reject(error);
    const failure = await failureOf(createClerk({ apiKey: keys.clerk, fetch, retry: 0 }).issueToken('user_1'));
    expect(failure.message).toContain(`(${reason})`);
  });
});

describe('a runtime without `fetch`', () => {
  it.each(judgedOperations)('$name says so at once', async ({ prepare }) => {
    vi.stubGlobal('fetch', undefined);
    const error = await failureOf(prepare({ baseUrl: 'https://x.invalid' }).call());
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'invalid_option', retryable: false });
    expect(error.message).toContain('this runtime has no `fetch`. Pass one as the option `fetch`.');
  });

  it('is no hindrance to who passes one', async () => {
    vi.stubGlobal('fetch', undefined);
    const { issuer } = createBulkSubject('clerk');
    await expect(issuer.issueToken('user_1')).resolves.toMatchObject({ userId: 'user_1' });
  });
});

it('a runtime without TextDecoder says so, is not asked again, and keeps the status of a failure', async () => {
  vi.stubGlobal('TextDecoder', undefined);
  const cancel = vi.fn();
  const call = (status: number) => {
    const body = new ReadableStream({ cancel });
    const fetch = () => Promise.resolve({ status, headers: new Headers(), body } as Response);
    return failureOf(createClerk({ apiKey: keys.clerk, fetch }).issueToken('user_1'));
  };
  const unread = await call(200);
  expect(unread).toMatchObject({ code: 'invalid_response', retryable: false });
  expect(unread.message).toMatch(/has no TextDecoder .*\. Load a polyfill of `TextDecoder`\.$/);
  expect(await call(404)).toMatchObject({ code: 'not_found', status: 404 });
  expect(cancel).toHaveBeenCalledTimes(2);
});
