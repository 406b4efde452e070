import { describe, expect, it, vi } from 'vitest';
import type { CallOptions } from '../../src/index.js';
import { failureOf } from '../support/failures.js';
import {
  issueOperations,
  judgedIssueOperations,
  judgedOperations,
  optionsOf,
  secretsOf,
} from '../support/operations.js';
import { answers, type CannedAnswer, startServer } from '../support/server.js';
import { subjects } from '../support/subjects/index.js';
import { everythingPrintedBy, everythingShownBy } from '../support/shown.js';

const statuses = [302, 400, 401, 403, 404, 409, 418, 422, 429, 500, 503];

describe.each(judgedOperations)('$name', ({ provider, key: mainKey, secrets, success, prepare }) => {
  const credentials = secretsOf(provider);
  /** What is echoed: all of them at once. */
  const key = credentials.join(' ');

  function expectNoSecretIn(value: unknown): void {
    const shown = everythingShownBy(value);
    for (const secret of [...credentials, ...secrets]) expect(shown).not.toContain(secret);
  }

  /** An error body in the provider's own form that says nothing but this. */
  function ownError(text: string): unknown {
    const [example] = Object.values(subjects[provider].errors);
    return JSON.parse(JSON.stringify(example?.body), (_, value: unknown) => (typeof value === 'string' ? text : value));
  }

  /** The error after an answer, checked. */
  async function failureAfter(answer: CannedAnswer, options?: CallOptions) {
    const { url } = await startServer(answers(answer));
    const error = await failureOf(prepare({ baseUrl: url, retry: 0 }).call(options));
    expectNoSecretIn(error);
    return error;
  }

  it('shows no key of a client', () => {
    expectNoSecretIn(prepare({ baseUrl: 'https://x.invalid' }).client);
  });

  it.each(statuses)('shows none in the error of a %i that echoes key and token', async (status) => {
    const { headers } = issueOperations.clerk.request;
    const body = {
      detail: `The key ${key} is not known`,
      error: `Unknown key: Bearer ${key}`,
      errors: [
        { message: `no ${key}`, long_message: `no ${key}`, code: `no_${key}`, meta: { param_name: key, [key]: 1 } },
      ],
      clerk_trace_id: key,
      token: secrets[0],
      data: { token: secrets[0] },
      sign_in_token: secrets[0],
      headers,
    };
    for (const each of [body, ownError(`The key ${key} is not known`)]) {
      const error = await failureAfter({ status, body: each, headers: { 'x-request-id': key, 'cf-ray': key } });
      expect(error).toMatchObject({ status });
    }
  });

  it('leaves words alone that are like a key too short to be one', async () => {
    const body = ownError('the user has no key');
    const { url } = await startServer(answers({ status: 422, body }));
    const error = await failureOf(prepare({ ...optionsOf(provider, 'key'), baseUrl: url, retry: 0 }).call());
    expect(error.message).toContain('the user has no key');
  });

  it('shows none where the echo is nested, escaped, or a name', async () => {
    const escaped = JSON.stringify({ detail: [{ loc: ['body', key], msg: key, ctx: { [key]: [{ deep: key }] } }] });
    const body = escaped.replace('made', '\\u006dade');
    expect(body).not.toBe(escaped);
    await failureAfter({ status: 422, body });
  });

  it('shows none where an error names a token', async () => {
    const detail = [{ loc: [], msg: 'x', input: { sign_in_token: secrets[0], access_token: secrets[0] } }];
    const names = [
      'token',
      'tokens',
      'Authorization',
      'url',
      'ticket',
      'jwt',
      'secret',
      'password',
      'api_key',
      'cookie',
    ];
    const meta = Object.fromEntries(
      names.map((name) => [name, name === 'tokens' ? [{ value: secrets[0] }] : secrets[0]]),
    );
    const error = { message: 'x', code: 'x', meta };
    await failureAfter({ status: 422, body: { detail, errors: [error] } });
  });

  it('shows none in the error of a success that cannot be used', async () => {
    const text = JSON.stringify(success.body);
    for (const body of [text.slice(0, -1), `${text}x`, [success.body], { wrong: success.body }]) {
      const { url } = await startServer(answers({ status: success.status, body }));
      expectNoSecretIn(await failureOf(prepare({ baseUrl: url }).call()));
    }
  });

  it('shows none in the error of a network that fails, whatever its own error holds', async () => {
    const fetch = (url: string, init: RequestInit) =>
      Promise.reject(
        Object.assign(new TypeError(`fetch failed for ${key}`), {
          code: key,
          request: { url, headers: init.headers },
          cause: Object.assign(new Error(`socket of ${key}`), { headers: init.headers, code: 'ECONNRESET' }),
        }),
      );
    const error = await failureOf(prepare({ baseUrl: 'https://x.invalid', fetch, retry: 0 }).call());
    expect(error).toMatchObject({ code: 'connection_failed', cause: { cause: { code: 'ECONNRESET' } } });
    expectNoSecretIn(error);
  });

  it('shows none in a timeout and what came before it', async () => {
    const refusal = Response.json({ detail: key, error: key }, { status: 503, headers: { 'retry-after': '0' } });
    const fetch = vi.fn<() => Promise<Response>>(() => new Promise(() => undefined)).mockResolvedValueOnce(refusal);
    const error = await failureOf(
      prepare({ baseUrl: 'https://x.invalid', fetch }).call({ attemptTimeout: 200, retry: 1 }),
    );
    expect(error).toMatchObject({ code: 'timeout', cause: { code: 'server_error' } });
    expectNoSecretIn(error);
  });

  it('shows neither token nor link of a result that is printed', async () => {
    const { url } = await startServer(answers(success));
    const result = await prepare({ baseUrl: url }).call();
    const printed = everythingPrintedBy(result);
    for (const secret of [...credentials, ...secrets]) expect(printed).not.toContain(secret);
  });

  it('puts the key nowhere but into its header', async () => {
    const { url, requests } = await startServer(answers(success));
    await prepare({ baseUrl: url }).call();
    const { headers, ...rest } = requests[0]!;
    for (const credential of [mainKey, ...credentials]) {
      expect(JSON.stringify(rest)).not.toContain(credential);
      expect(Object.values(headers).filter((value) => String(value).includes(credential))).toHaveLength(1);
    }
  });
});

it.each(judgedIssueOperations)('$provider: JSON of a token has its secrets', async ({ success, secrets, prepare }) => {
  const { url } = await startServer(answers(success));
  const token = await prepare({ baseUrl: url }).call();
  for (const secret of secrets) expect(JSON.stringify(token)).toContain(secret);
  expect({ ...(token as object) }).toMatchObject({ token: secrets[0] });
  expect(structuredClone({ ...(token as object) })).toMatchObject({ token: secrets[0] });
});
