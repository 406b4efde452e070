import { describe, expect, expectTypeOf, it } from 'vitest';
import * as z from 'zod/mini';
import { configure } from '../../src/client/connection.js';
import { createTokenEndpoint } from '../../src/endpoint/index.js';
import { createApi } from '../../src/http/call.js';
import {
  type AnyTokenwrightError,
  createIssuer,
  type IssuedToken,
  type IssueOutcome,
  type ProviderId,
} from '../../src/index.js';
import { createFakeProviders } from '../../src/testing/index.js';
import { startFakeServer } from '../../src/testing/server/index.js';
import { createCli, environment } from '../support/cli.js';
import { failureOf, thrownBy } from '../support/failures.js';
import { answers, startServer } from '../support/server.js';
import { everythingShownBy } from '../support/shown.js';
import { useVirtualTime } from '../support/virtual-time.js';
import { dialect, fourthProfile } from './adapter.js';
import type { FourthOptions, FourthToken } from './types.js';
import { fourthSubject } from './subject.js';
import type { FourthErrorBody } from './wire.js';

const { key, target, errors } = fourthSubject;
const options = fourthSubject.options as {
  readonly clientId: string;
  readonly secret: string;
  readonly clientName: string;
  readonly products: readonly string[];
};
const { clientId, clientName } = options;

/** A client over fakes of its own that know another secret, and so refuse it with 400. */
function createRefused() {
  const fakes = createFakeProviders();
  fakes.fourth.acceptKey('made-up-other-secret');
  return { fakes, issuer: createIssuer('fourth', { ...options, ...target, fetch: fakes.fetch }) };
}

it('is derived into every type', () => {
  expectTypeOf<ProviderId>().toEqualTypeOf<'junction' | 'sfox' | 'clerk' | 'fourth'>();
  expectTypeOf<Extract<IssuedToken, { provider: 'fourth' }>>().toEqualTypeOf<FourthToken>();
  type OwnError = Extract<AnyTokenwrightError, { provider: 'fourth'; status: number; details: unknown }>;
  expectTypeOf<OwnError['details']>().toEqualTypeOf<FourthErrorBody | undefined>();
  // @ts-expect-error Fourth has no such option.
  expect(() => createIssuer('fourth', { ...options, ...target, apiKey: key })).toThrow('unknown option `apiKey`');
});

it('says in a header of its own how long to wait, in milliseconds; `Retry-After` goes before it', async () => {
  const fakes = createFakeProviders();
  const issuer = createIssuer('fourth', { ...options, ...target, fetch: fakes.fetch });
  const waitAfter = async (headers: Record<string, string>) => {
    fakes.fourth.failNext({ status: 429, headers });
    return (await failureOf(issuer.issueToken('user-1', { retry: 0 }))) as { retryAfter?: number };
  };
  expect(await waitAfter({ 'fourth-wait-ms': '1500' })).toMatchObject({ code: 'rate_limited', retryAfter: 1.5 });
  expect(await waitAfter({ 'fourth-wait-ms': '1500', 'retry-after': '7' })).toMatchObject({ retryAfter: 7 });
  expect((await waitAfter({ 'fourth-wait-ms': 'soon' })).retryAfter).toBeUndefined();
});

it('deletes with DELETE, and reads an answer without content as undefined', async () => {
  const { url, requests } = await startServer((response) => response.writeHead(204).end());
  const api = createApi(configure<FourthOptions>(fourthProfile, { ...options, baseUrl: url }), dialect);
  const schema = z.custom<undefined>((body) => body === undefined);
  const revoke = api.call({ operation: 'revokeToken', options: {} }, ({ send }) =>
    send({
      operation: 'revokeToken',
      method: 'DELETE',
      path: 'access/tokens/1',
      schema,
      lostAnswerHint: '',
      read: () => 'revoked',
    }),
  );
  expect(await revoke).toBe('revoked');
  expect(await failureOf(createIssuer('fourth', { ...options, baseUrl: url }).issueToken('user-1'))).toMatchObject({
    code: 'invalid_response',
    message: expect.stringContaining('the body is missing or has the wrong form. A token may have') as string,
  });
  expect(requests.slice(0, 1)).toMatchObject([{ method: 'DELETE', path: '/access/tokens/1', body: '' }]);
});

describe('a key that is refused with 400', () => {
  it('is an AuthenticationError, whose request id is from the body', async () => {
    const error = await failureOf(createRefused().issuer.issueToken('user-1'));
    expect(error).toMatchObject({
      name: 'AuthenticationError',
      code: 'unauthorized',
      scope: 'account',
      status: 400,
      retryable: false,
      providerCode: 'INVALID_CREDENTIALS',
      requestId: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
    });
    expect(error.message).toContain('Check that the API key is complete');
  });

  it('stops bulk', async () => {
    const { fakes, issuer } = createRefused();
    const outcomes: IssueOutcome[] = await issuer.issueTokens(
      Array.from({ length: 50 }, (_, index) => `user-${String(index)}`),
      { concurrency: 1 },
    );
    expect(outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason.code)).toEqual(
      outcomes.map(() => 'unauthorized'),
    );
    expect(outcomes).toHaveLength(50);
    expect(fakes.fourth.calls).toHaveLength(1);
  });

  it('is nobody else’s business at the endpoint', async () => {
    const endpoint = createTokenEndpoint({ issuer: createRefused().issuer, authorize: () => 'user-1' });
    const response = await endpoint(new Request('https://my-app.example/token', { method: 'POST' }));
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ code: 'misconfigured' });
  });

  it('is a fault of the set-up on the command line', async () => {
    const cli = createCli();
    cli.fakes.fourth.acceptKey('made-up-other-secret');
    expect(await cli.run('issue fourth user-1')).toMatchObject({ exitCode: 3, stdout: '' });
  });
});

it('the user of a token follows from the request, and its request id from the body', async () => {
  const fakes = createFakeProviders();
  const issuer = createIssuer('fourth', { ...options, ...target, fetch: fakes.fetch });
  const token = await issuer.issueToken('user-1', { products: ['auth'] });
  expect(token).toMatchObject({ provider: 'fourth', userId: 'user-1' });
  expect(token.requestId).toMatch(/^[0-9a-f]{16}$/);
  expect(fakes.fourth.calls[0]?.body).toMatchObject({ client_name: clientName, products: ['auth'] });
});

it('its paths have no version, and nothing is cut off a base URL that ends in one', async () => {
  const { url, requests } = await startServer(answers(fourthSubject.operations[0].success));
  await createIssuer('fourth', { ...options, baseUrl: `${url}/v1` }).issueToken('user-1');
  expect(requests.map(({ path }) => path)).toEqual(['/v1/access/tokens']);
});

describe('both credentials are secrets', () => {
  it('in an error that echoes them', async () => {
    const body = { ...(errors['error.400']?.body as object), error_message: `no ${clientId} with ${key}` };
    const { url } = await startServer(answers({ status: 400, body }));
    const error = await failureOf(createIssuer('fourth', { ...options, baseUrl: url }).issueToken('user-1'));
    expect(error.message).toContain('no [redacted] with [redacted]');
  });

  it('in the log of the fake, also of one that is served', async () => {
    const lines: string[] = [];
    const server = await startFakeServer({ onRequest: (line) => lines.push(line) });
    const baseUrl = `${server.baseUrls.fourth}/${clientId}/${key}`;
    await failureOf(createIssuer('fourth', { ...options, baseUrl }).issueToken('user-1'));
    expect(server.fakes.fourth.calls).toHaveLength(1);
    const log = everythingShownBy(server.fakes.fourth.calls);
    await server.close();
    for (const text of [log, lines.join()]) {
      expect(text).toContain('[redacted]/[redacted]');
      expect(text).not.toContain(clientId);
      expect(text).not.toContain(key);
    }
  });

  it('each is asked for by itself, if functions return them', async () => {
    const { url, requests } = await startServer(answers(fourthSubject.operations[0].success));
    const given = { ...options, clientId: () => 'made-up-id-2', secret: () => Promise.resolve('made-up-secret-2') };
    await createIssuer('fourth', { ...given, baseUrl: url }).issueToken('user-1');
    expect(requests[0]?.headers).toMatchObject({
      'fourth-client-id': 'made-up-id-2',
      'fourth-secret': 'made-up-secret-2',
    });
  });
});

describe('an option that no client can do without', () => {
  it.each([
    [{ clientName: undefined }, '`clientName` is missing. Pass `clientName` or set FOURTH_CLIENT_NAME.'],
    [{ products: undefined }, '`products` is missing. Pass `products` or set FOURTH_PRODUCTS.'],
    [{ products: ['A'] }, '`products` must be a list of products in small letters.'],
    [{ secret: undefined }, 'there is no `secret`. Pass `secret` or set FOURTH_SECRET.'],
  ])('%j', async (wrong, words) => {
    const error = await thrownBy(() => createIssuer('fourth', { ...options, ...target, ...wrong }));
    expect(error.message).toBe(`Fourth: ${words}`);
  });

  it('is missed by `check` as by the client', async () => {
    const { exitCode, stdout } = await createCli().run('check fourth', {
      env: { ...environment, FOURTH_PRODUCTS: '' },
    });
    expect(exitCode).toBe(3);
    expect(stdout).toBe(
      'fourth: not ready\n  Fourth: `products` is missing. Pass `products` or set FOURTH_PRODUCTS.\n',
    );
    const wrong = await createCli().run('check fourth', { env: { ...environment, FOURTH_PRODUCTS: 'A,b' } });
    expect(wrong.stdout).toContain('FOURTH_PRODUCTS must be a list of products in small letters.');
  });

  it('is found by `check`, beside the credentials', async () => {
    expect((await createCli().run('check fourth')).stdout).toMatchInlineSnapshot(`
      "fourth: ready
        region       eu
        base URL     https://eu.fourth.example
        clientId     from FOURTH_CLIENT_ID, 24 characters
        secret       from FOURTH_SECRET, 21 characters
      "
    `);
  });

  it('is a flag of `issue`, which wins over the variable', async () => {
    const cli = createCli();
    const { exitCode } = await cli.run('issue fourth user-1 --products auth,identity --client-name Other');
    expect(exitCode).toBe(0);
    expect(cli.fakes.fourth.calls[0]?.body).toMatchObject({ client_name: 'Other', products: ['auth', 'identity'] });
    const wrong = await cli.run('issue fourth user-1 --products A');
    expect(wrong).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--products must be a list') as string,
    });
    const foreign = await cli.run('issue clerk user_1 --products a');
    expect(foreign).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('clerk has no option --products') as string,
    });
  });

  it('stands in the help, with its variable', async () => {
    const { stdout } = await createCli().run('issue --help');
    expect(stdout).toMatch(/--client-name <name> +the name that users are shown \(Fourth\)/);
    expect(stdout).toMatch(
      /Fourth +FOURTH_CLIENT_ID, FOURTH_SECRET, FOURTH_REGION, FOURTH_BASE_URL, FOURTH_CLIENT_NAME, /,
    );
  });
});

describe('its documented limit', () => {
  useVirtualTime();

  it('is kept without a word from the user, until a fake answers', async () => {
    const ids = Array.from({ length: 70 }, (_, index) => `user-${String(index)}`);
    const secondsOf = async (headers: Record<string, string>) => {
      const body = { access_token: 'made-up', expiration: '2099-01-01T00:00:00Z', request_id: 'made-up' };
      const fetch = () => Promise.resolve(Response.json(body, { headers }));
      const baseUrl = 'https://gateway.example';
      const start = performance.now();
      await createIssuer('fourth', { ...options, baseUrl, fetch }).issueTokens(ids);
      return (performance.now() - start) / 1000;
    };
    expect(await secondsOf({})).toBeGreaterThanOrEqual(20);
    expect(await secondsOf({ 'x-tokenwright-fake': '1' })).toBeLessThan(20);
  });
});
