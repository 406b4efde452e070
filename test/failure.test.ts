import { describe, expect, it } from 'vitest';
import { describeGateway, type FailedAnswer, shorten, timeoutError, toApiError } from '../src/http/failure.js';
import type { Attempt } from '../src/http/request.js';
import { connectionError } from '../src/http/unreachable.js';
import type { ProviderContext } from '../src/client/options.js';

const context: ProviderContext = { provider: 'clerk', label: 'Clerk', operation: 'issueToken' };

describe('rule 5: what an answer without success becomes', () => {
  const answer = (status: number, facts: Partial<FailedAnswer> = {}): FailedAnswer => ({
    status,
    requestId: undefined,
    retryAfter: undefined,
    isRepeated: false,
    ...facts,
  });
  const issues = [{ path: ['user_id'], code: undefined, message: 'no' }];

  it.each<[string, Parameters<typeof toApiError>[1], Parameters<typeof toApiError>[2]]>([
    ['400. It does not say what is wrong. Check the id and the options of the call.', answer(400), {}],
    ['400. See `issues` for what is wrong with the request.', answer(400), { issues }],
    ['422. It does not say what is wrong. Check the id and the options of the call.', answer(422), { issues: [] }],
    ['422 ("no"). See `issues` for what is wrong with the request.', answer(422), { issues, providerMessage: 'no' }],
    ['404. Check the id, and the base URL if you set one.', answer(404), {}],
    ['404. Check the id: it is unknown in the environment of this key.', answer(404), { issues }],
    ['429. Reduce the request rate.', answer(429), {}],
    ['429. Wait 0 seconds before the next request.', answer(429, { retryAfter: 0 }), {}],
    ['429. Wait 7 seconds before the next request.', answer(429, { retryAfter: 7 }), {}],
    ['503. The failure is on the side of the provider: try again later.', answer(503, { retryAfter: 7 }), {}],
    ['409. Do that.', answer(409), { hint: 'Do that.' }],
    ['409. The user exists already: `users.ensure` finds it.', answer(409), { code: 'user_exists' }],
    [
      '400. Check that the API key is complete, not revoked, and for this environment.',
      answer(400),
      { code: 'unauthorized' },
    ],
  ])('%s', (message, failed, description) => {
    expect(toApiError(context, failed, description).message).toBe(`Clerk answered ${message}`);
  });

  it.each<[number, Partial<FailedAnswer>, object]>([
    [400, {}, { code: 'bad_request', retryable: false, scope: 'user' }],
    [401, {}, { code: 'unauthorized', retryable: false, scope: 'account' }],
    [408, {}, { code: 'unexpected_status', retryable: true, scope: 'service' }],
    [418, {}, { code: 'unexpected_status', retryable: false, scope: 'account' }],
    [501, {}, { code: 'server_error', retryable: false }],
    [501, { isRepeated: true }, { code: 'server_error', retryable: true }],
    [503, {}, { code: 'server_error', retryable: true, scope: 'service' }],
    [429, { retryAfter: 3, requestId: 'made-up' }, { code: 'rate_limited', retryAfter: 3, requestId: 'made-up' }],
  ])('%j, %j: %j', (status, facts, expected) => {
    const error = toApiError(context, answer(status, facts), {});
    expect(error).toMatchObject({ status, provider: 'clerk', operation: 'issueToken', ...expected });
  });

  it('what the body says goes before what the status means', () => {
    const description = { code: 'user_exists', scope: 'account', providerCode: 'taken', details: { a: 1 } } as const;
    expect(toApiError(context, answer(500), description)).toMatchObject({ status: 500, ...description });
  });

  it('a long message of the provider is cut', () => {
    const { message } = toApiError(context, answer(409), { providerMessage: `a \n\t b${'c'.repeat(400)}` });
    expect(message).toContain(`("a b${'c'.repeat(297)}…").`);
  });
});

describe('rule 5: a 404 of a gateway', () => {
  it.each<[string, unknown]>([
    ['<html>', undefined],
    ['<!doctype html>', undefined],
    ['  \n<HTML>', undefined],
    ['<?xml?>', undefined],
    ['', { detail: 'Not Found' }],
  ])('%j, %j is about the path', (text, body) => {
    expect(describeGateway('Clerk', text, body)).toEqual({
      scope: 'account',
      hint: 'That is not about the id: the server does not know this path. Check the base URL, and any proxy before Clerk.',
    });
  });

  it.each<[string, unknown]>([
    ['', undefined],
    ['not <html>', undefined],
    ['< b', undefined],
    ['<html>', { detail: 'no' }],
    ['', { detail: 'Not found' }],
    ['', { error: 'Not Found' }],
    ['', { detail: 'Not Found', id: 1 }],
    ['', ['Not Found']],
    ['', null],
    ['', 'Not Found'],
    ['', {}],
  ])('%j, %j is about the id', (text, body) => {
    expect(describeGateway('Clerk', text, body)).toBeUndefined();
  });
});

it.each(['timeout', 'attemptTimeout'] as const)('rule 3: a timeout names `%s` and what to do', (option) => {
  const cause = new Error('before');
  expect(timeoutError(context, option, 5, cause)).toMatchObject({
    name: 'TimeoutError',
    code: 'timeout',
    message: `Clerk took longer than \`${option}\` allows, 5 ms. Try again, or allow more time.`,
    provider: 'clerk',
    operation: 'issueToken',
    retryable: true,
    timeout: 5,
    cause,
  });
});

it.each([
  [' a\r\n\u0000 b ', 'a b'],
  ['a\u200bb', 'a b'],
  ['c'.repeat(300), 'c'.repeat(300)],
  ['c'.repeat(301), `${'c'.repeat(300)}…`],
])('rule 2: %j is made one line', (text, expected) => {
  expect(shorten(text)).toBe(expected);
});

describe('rule 4: whether a failed connection may pass', () => {
  const attempt = { context, url: 'https://provider.example:8443/v1/users' } as Attempt;
  const failure = (message: string, code?: string, cause?: Error) => {
    const error = Object.assign(new Error(message, { cause }), code === undefined ? {} : { code });
    return connectionError(attempt, error);
  };
  const certificate =
    'Its certificate is not trusted here. Check the base URL and the clock of this machine. For a private certificate ' +
    'authority, or the one of a proxy, set NODE_EXTRA_CA_CERTS.';
  const noHttps = 'The server does not speak https on that port. Check the base URL, and any proxy in between.';
  const port = 'Every `fetch` blocks that port. Choose another for the base URL.';
  const permission =
    'This process is not allowed to connect. Allow it (`--allow-net` in Deno and Node.js), or check the firewall.';
  const signal =
    'The `fetch` of this test environment does not accept its AbortSignal. Use an environment in which they match, such ' +
    'as jest-fixed-jsdom, or pass a `fetch`.';
  const begins = (reason: string) =>
    `Clerk could not be reached at https://provider.example:8443, or its answer broke off (${reason}). `;

  it.each<[string, string]>([
    ...[
      'CERT_HAS_EXPIRED',
      'CRL_NOT_YET_VALID',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'HOSTNAME_MISMATCH',
      'INVALID_CA',
      'INVALID_PURPOSE',
      'PATH_LENGTH_EXCEEDED',
    ].map((code): [string, string] => [code, certificate]),
    ...['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'ERR_SSL_UNKNOWN_PROTOCOL'].map(
      (code): [string, string] => [code, noHttps],
    ),
    ...['EACCES', 'EPERM', 'ERR_ACCESS_DENIED'].map((code): [string, string] => [code, permission]),
  ])('%s does not', (code, hint) => {
    const error = failure('no', code);
    expect(error).toMatchObject({ code: 'connection_failed', retryable: false, scope: 'account' });
    expect(error.message).toBe(begins(code) + hint);
  });

  it.each<[string, string]>([
    ['invalid peer certificate: UnknownIssuer', certificate],
    ['The Certificate is not valid', certificate],
    ['ssl: wrong version number', noHttps],
    ['bad port', port],
    ['Requires net access to "a:1"', permission],
    ['Expected signal ("AbortSignal {}") to be an instance of AbortSignal', signal],
  ])('%s does not, by any cause of it', (words, hint) => {
    expect(failure(words).message).toBe(begins(words) + hint);
    const inner = failure('fetch failed', undefined, new Error('', { cause: new Error(words) }));
    expect(inner).toMatchObject({ retryable: false, scope: 'account', message: begins(words) + hint });
  });

  it.each<[string | undefined, string]>([
    ['ECONNREFUSED', 'no'],
    ['ENOTFOUND', 'no'],
    ['XCERT_HAS_EXPIRED', 'no'],
    ['NOT_INVALID_CA', 'no'],
    ['ERR_SSL_WRONG_VERSION_NUMBER_2', 'no'],
    ['XERR_SSL_UNKNOWN_PROTOCOL', 'no'],
    ['EACCESS', 'no'],
    ['XEPERM', 'no'],
    [undefined, 'certificates'],
    [undefined, 'a bad port'],
    [undefined, 'bad port 7'],
    [undefined, 'an AbortSignal without a word before it'],
  ])('%s, %s may', (code, words) => {
    const error = failure(words, code);
    expect(error).toMatchObject({ code: 'connection_failed', retryable: true, scope: 'service' });
    expect(error.message).toBe(`${begins(code ?? words)}Try again later, or check the base URL if you set one.`);
  });

  it('the reason is the code, else the innermost message, else the name', () => {
    expect(failure('outer', undefined, new Error('inner')).message).toContain('(inner)');
    expect(failure('outer', undefined, new Error('')).message).toContain('(outer)');
    expect(failure('', undefined).message).toContain('(Error)');
    expect(failure('a\nb').message).toContain('(a b)');
  });
});
