import fc from 'fast-check';
import fastify from 'fastify';
import { describe, expect, it, vi } from 'vitest';
import { redact } from '../../examples/observability/logging.js';
import { createClerk, createIssuer, createJunction, createSfox, isTokenwrightError } from '../../src/index.js';
import { createFakeProviders } from '../../src/testing/index.js';
import { failureOf, thrownBy } from '../support/failures.js';
import { issueOperations, judgedOperations, keys } from '../support/operations.js';
import { everythingShownBy } from '../support/shown.js';
import { judged, subjects } from '../support/subjects/index.js';

const baseUrl = 'https://x.invalid';
const hex = '0123456789abcdef';
const jwt = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJtYWRlLXVwIn0.bWFkZS11cC1zaWduYXR1cmU';
const opaque = 'Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZmdoaWprbG1ub3A';

const answer =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  () =>
    Promise.resolve(new Response(JSON.stringify(body), { status, headers }));

const keyCharacters = fc.constantFrom(
  ...Array.from('abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789-_.+/=$^*(){}[]|\\'),
);
const rests = fc
  .string({ unit: keyCharacters, minLength: 12, maxLength: 60 })
  // What begins with a sign may be a variable that was not replaced, which is refused.
  .filter((rest) => !'[redacted]'.includes(rest) && /^[a-zA-Z0-9]/.test(rest));
const casings = fc.constantFrom<(text: string) => string>(
  (text) => text,
  (text) => text.toLowerCase(),
  (text) => text.toUpperCase(),
);

describe.each(judgedOperations)('$name', ({ provider, key, prepare }) => {
  const { errorAround, keyOption } = subjects[provider];
  const prefix = /^[sp]k_[a-z]+_/.exec(key)?.[0] ?? '';

  it('shows no key, nor its part after the prefix, in any case, anywhere in any error body', async () => {
    const places = fc.constantFrom<(echo: string) => unknown>(
      (echo) => errorAround(echo),
      (echo) => errorAround(`The key "${echo}" is unknown; see ${echo}!`),
      (echo) => ({ ...errorAround('x'), [echo]: { [`a ${echo}`]: [[{ [echo]: echo }]] } }),
      (echo) => [echo, { detail: echo, error: echo, errors: echo }],
      (echo) => echo,
    );
    const statuses = fc.constantFrom(302, 400, 401, 403, 404, 409, 413, 422, 429, 500, 503);
    await fc.assert(
      fc.asyncProperty(rests, casings, places, statuses, fc.boolean(), async (rest, casing, place, status, isWhole) => {
        const apiKey = prefix + rest;
        const echo = casing(isWhole ? apiKey : rest);
        const headers = { 'x-request-id': encodeURI(echo) === echo ? echo : 'x', 'cf-ray': 'x' };
        const fetch = answer(status, place(echo), headers);
        const error = await failureOf(prepare({ [keyOption]: apiKey, baseUrl, fetch, retry: 0 }).call());
        const shown = everythingShownBy(error).toLowerCase();
        expect(shown).not.toContain(rest.toLowerCase());
        expect(shown).not.toContain(JSON.stringify(rest.toLowerCase()).slice(1, -1));
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['a JWT', jwt],
    ['a JWT that breaks off', jwt.slice(0, 30)],
    ['a key of Clerk', 'sk_live_short'],
    ['a key of Junction', 'pk_us_short1'],
    ['long opaque text', opaque],
    ['long hexadecimal digits', hex.repeat(3)],
    ['a long number', '1'.repeat(48)],
  ])('shows no token of the form of %s', async (_, token) => {
    for (const text of [token, `The token ${token} was issued already.`, `"${token}"`, `x=${token}&y`]) {
      // The id of a request may be long.
      const fetch = answer(422, { ...errorAround(text), clerk_trace_id: 'made-up-trace' });
      const error = await failureOf(prepare({ baseUrl, fetch, retry: 0 }).call());
      expect(everythingShownBy(error)).not.toContain(token);
    }
  });

  it('shows no token that an error body names, in a sentence beside it', async () => {
    const token = 'made-up-short-token';
    const body = { ...errorAround(`The token ${token} was issued already`), sign_in_token: token };
    const error = await failureOf(prepare({ baseUrl, fetch: answer(409, body), retry: 0 }).call());
    expect(everythingShownBy(error)).not.toContain(token);
  });

  it('leaves ids alone', async () => {
    const id = '6F3C0D4E-8A51-4C1B-9B7E-2F1D7A90C3AA';
    const text = `No user was found with id ${id} at /v2/user/${id}/sign_in_token.`;
    const fetch = answer(404, errorAround(text), { 'x-request-id': hex.repeat(4), 'cf-ray': hex.repeat(4) });
    const error = await failureOf(prepare({ baseUrl, fetch, retry: 0 }).call());
    expect(error.message).toContain(text);
    // Where the id of a request is in the body, it is what stands there.
    expect([hex.repeat(4), text, undefined]).toContain((error as { requestId?: string }).requestId);
  });

  it('is bounded, whatever the provider says', async () => {
    const text = 'word '.repeat(100_000);
    const bodies = [
      errorAround(text),
      { detail: Array.from({ length: 5_000 }, () => ({ loc: [text.slice(0, 50)], msg: 'no', type: 'x' })) },
      {
        errors: Array.from({ length: 5_000 }, () => ({ message: 'no', code: 'x', meta: { [text.slice(0, 50)]: 'x' } })),
      },
      {
        detail: Object.fromEntries(
          Array.from({ length: 5_000 }, (_, index) => [`name ${String(index)}`, text.slice(0, 50)]),
        ),
      },
    ];
    for (const body of bodies) {
      const fetch = answer(422, body, { 'x-request-id': 'x'.repeat(5_000) });
      const error = await failureOf(prepare({ baseUrl, fetch, retry: 0 }).call());
      expect(error).toMatchObject({ code: 'validation_failed' });
      expect(JSON.stringify(error).length).toBeLessThan(60_000);
      const { issues } = error as { readonly issues?: readonly unknown[] };
      expect(issues!.length).toBeLessThanOrEqual(50);
    }
    const cause = new TypeError(text, { cause: new Error(text) });
    const error = await failureOf(prepare({ baseUrl, fetch: () => Promise.reject(cause), retry: 0 }).call());
    expect(everythingShownBy(error).length).toBeLessThan(60_000);
  });
});

describe.each(judged)('%s', (provider) => {
  const { options, target, errorAround, keyOption, hasBatches } = subjects[provider];
  const { id } = issueOperations[provider];
  const key = keys[provider];
  const rest = key.replace(/^[sp]k_[a-z]+_/, '');

  it('redacts the key of before a rotation, and that of three rotations before no more', async () => {
    const rotation = Array.from({ length: 5 }, (_, index) => `${key}-number-${String(index)}`);
    let echo = '';
    let asked = 0;
    const issuer = createIssuer(provider, {
      ...options,
      ...target,
      [keyOption]: () => rotation[asked++] ?? '',
      retry: 0,
      fetch: () => answer(422, errorAround(`Unknown: ${echo}`))(),
    });
    for (const [index, each] of rotation.entries()) {
      echo = rotation[index - 2] ?? each;
      expect(everythingShownBy(await failureOf(issuer.issueToken(id)))).not.toContain(echo);
    }
  });

  it('redacts it in what a function for it throws', async () => {
    const apiKey = ({ rejected }: { rejected: boolean }) => {
      if (!rejected) return key;
      throw new Error(`vault: version of ${rest} is gone`, { cause: `was ${key}` });
    };
    const fakes = createFakeProviders();
    fakes[provider].acceptKey(`${key}-of-another-team`);
    const { fetch } = fakes;
    const issuer = createIssuer(provider, { ...options, ...target, [keyOption]: apiKey, retry: 0, fetch });
    const error = await failureOf(issuer.issueToken(id));
    expect(error).toMatchObject({
      code: 'api_key_unavailable',
      cause: { message: 'vault: version of [redacted] is gone' },
    });
    expect(everythingShownBy(error)).not.toContain(rest);
  });

  it.each<[string, (name: string) => unknown]>([
    ['of a client', (name) => createIssuer(provider, { ...options, ...target, [name]: 1 })],
    ['of a call', (name) => createIssuer(provider, { ...options, ...target }).issueToken(id, { [name]: 1 })],
    ['of retries', (name) => createIssuer(provider, { ...options, ...target, retry: { [name]: 1 } })],
    ['of a bulk call', (name) => createIssuer(provider, { ...options, ...target }).issueTokens([id], { [name]: 1 })],
  ])('redacts it as the name of an unknown option %s', async (_, call) => {
    const error = await failureOf(Promise.resolve().then(() => call(key)));
    expect(error).toMatchObject({ code: 'invalid_option' });
    expect(everythingShownBy(error)).not.toContain(rest);
    expect((await failureOf(Promise.resolve().then(() => call('apikey')))).message).toContain('`apikey`');
  });

  it('redacts it in the host to which a redirect was followed', async () => {
    const fetch = () =>
      Promise.resolve(Object.defineProperty(new Response('{}'), 'url', { value: `https://${rest}.invalid/x` }));
    const error = await failureOf(createIssuer(provider, { ...options, ...target, fetch }).issueToken(id));
    expect(error).toMatchObject({ code: 'unexpected_status' });
    expect(error.message).toContain('https://[redacted].invalid');
    expect(everythingShownBy(error).toLowerCase()).not.toContain(rest.toLowerCase());
  });

  it('redacts the token of an answer that cannot be used', async () => {
    const { success, secrets } = issueOperations[provider];
    const whole = JSON.stringify(success.body);
    const wrong = whole.replace(/"(user_id|partner_user_id|expires)":"[^"]*"/, '"$1":"another"');
    const text = wrong.replace(/"request_id":"[^"]*"/, `"request_id":"${secrets[0]!}"`);
    const fetch = () => {
      const response = new Response(text, { status: success.status });
      // In whatever header the provider has its request id.
      vi.spyOn(response.headers, 'get').mockReturnValue(secrets[0]!);
      return Promise.resolve(response);
    };
    const result = await createIssuer(provider, { ...options, ...target, fetch })
      .issueToken(id)
      .catch((error: unknown) => error);
    // Where an answer may name its user in another way, it is used.
    if (wrong !== whole && !hasBatches) expect(isTokenwrightError(result)).toBe(true);
    expect(String((result as { requestId?: unknown }).requestId)).toBe('[redacted]');
  });

  describe('an id that is a key', () => {
    const held = [key, `x${key.toUpperCase()}x`, `user_${rest.slice(0, 16)}`];
    const others = key === rest ? [] : [`${key.slice(0, key.length - rest.length)}another-made-up-key-1`];

    it.each([...held, ...others])('%s: refused, unsent and unshown', async (bad) => {
      const fetch = () => Promise.reject(new Error('Nothing is to be sent.'));
      const issuer = createIssuer(provider, { ...options, ...target, fetch });
      const error = await failureOf(issuer.issueToken(bad));
      expect(error).toMatchObject({
        code: 'invalid_user_id',
        message: expect.stringContaining('Nothing was sent') as string,
      });
      expect(everythingShownBy(error)).not.toContain(bad);
      const [outcome] = await issuer.issueTokens([bad]);
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'invalid_user_id' } });
    });

    it('is refused if a function returned the key, and alone', async () => {
      const sent: string[] = [];
      const { success } = issueOperations[provider];
      const fetch = (url: string, init: RequestInit) => {
        sent.push(url + JSON.stringify(init.body ?? ''));
        return answer(success.status, success.body)();
      };
      const bulk = createIssuer(provider, { ...options, ...target, [keyOption]: () => key, fetch });
      const outcomes = await bulk.issueTokens([id, key, 'user-1'], { retry: 0 });
      expect(outcomes.map((each) => each.status === 'rejected' && each.reason.code === 'invalid_user_id')).toEqual([
        false,
        true,
        false,
      ]);
      expect(sent.join()).not.toContain(key);
    });

    it('is none if it is like one', async () => {
      const fetch = answer(404, {});
      const issuer = createIssuer(provider, { ...options, ...target, fetch });
      for (const good of ['sk_test_short', rest.slice(0, 15), 'pk_other_made-up-and-quite-long-enough', 'user_sk'])
        expect(await failureOf(issuer.issueToken(good))).toMatchObject({ code: 'not_found' });
    });
  });
});

it('sFOX: a user may be called as the keys of others are', async () => {
  const sfox = createSfox({ apiKey: keys.sfox, environment: 'sandbox', fetch: answer(404, { error: 'no' }) });
  expect(await failureOf(sfox.issueToken('sk_test_made-up-and-quite-long-enough'))).toMatchObject({
    code: 'not_found',
  });
});

it('keys are refused in the place of other ids, too', async () => {
  const fetch = () => Promise.reject(new Error('Nothing is to be sent.'));
  const clerk = createClerk({ apiKey: keys.clerk, fetch });
  const junction = createJunction({ apiKey: keys.junction, fetch });
  expect(await failureOf(clerk.revokeToken(keys.clerk))).toMatchObject({ code: 'invalid_token_id' });
  expect(await failureOf(clerk.issueToken('user_1', { orgId: keys.clerk }))).toMatchObject({ code: 'invalid_option' });
  for (const call of [junction.users.resolve, junction.users.ensure, junction.issueTokenForClient])
    expect(await failureOf(call(keys.junction))).toMatchObject({ code: 'invalid_user_id' });
  expect(await failureOf(junction.users.create({ clientUserId: keys.junction }))).toMatchObject({
    code: 'invalid_user_id',
  });
  const other = await thrownBy(() => createClerk({ apiKey: 'sk_test_', fetch }));
  expect(other.message).toContain('only the prefix sk_test_');
});

it('text under a name that is not documented is cut, what is documented is not', async () => {
  const long = 'a made up sentence of more than forty characters, twice over';
  const body = { detail: [{ loc: [], msg: long, type: 'x', input: long, ctx: { msg: [long] } }] };
  const junction = createJunction({ apiKey: keys.junction, fetch: answer(422, body) });
  const cut = `${long.slice(0, 40)}…`;
  expect(await failureOf(junction.issueToken('x'))).toMatchObject({
    details: { detail: [{ msg: long, input: cut, ctx: { msg: [cut] } }] },
  });
  const meta = { errors: [{ message: long, code: 'x', meta: { param_name: long, other: long } }] };
  const clerk = createClerk({ apiKey: keys.clerk, fetch: answer(422, meta) });
  expect(await failureOf(clerk.issueToken('x'))).toMatchObject({
    details: { errors: [{ message: long, meta: { param_name: long, other: cut } }] },
  });
});

it('pino shows a token that it is given, and not as the documentation sets it up', async () => {
  const { success, secrets } = issueOperations.clerk;
  const clerk = createClerk({ apiKey: keys.clerk, fetch: answer(success.status, success.body) });
  const token = await clerk.issueToken(issueOperations.clerk.id);
  const [outcome] = await clerk.issueTokens([issueOperations.clerk.id]);
  const logged = (entry: object | undefined, paths: string[]) => {
    let lines = '';
    const stream = { write: (line: string) => (lines += line) };
    // Fastify's logger is pino.
    fastify({ logger: { stream, redact: paths } }).log.info(entry);
    return lines;
  };
  for (const entry of [token, { token }, outcome, { outcome }]) {
    for (const secret of secrets) {
      expect(logged(entry, [])).toContain(secret);
      expect(logged(entry, redact)).not.toContain(secret);
    }
  }
});

it('a request id of more than 8,000 characters is none', async () => {
  const body = (length: number) => ({ errors: [], clerk_trace_id: 'x'.repeat(length) });
  const idOf = async (length: number) => {
    const clerk = createClerk({ apiKey: keys.clerk, fetch: answer(422, body(length)) });
    return ((await failureOf(clerk.issueToken('x'))) as { requestId?: string }).requestId;
  };
  expect(await idOf(8_000)).toBe(`${'x'.repeat(200)}…`);
  expect(await idOf(8_001)).toBeUndefined();
});

it('the secrets of an answer are prepared once, not for each of its texts', async () => {
  const tokens = Array.from({ length: 500 }, (_, index) => `made-up-${String(index)}`);
  const errors = Array.from({ length: 50 }, (_, index) => ({ message: `m${String(index)}` }));
  const clerk = createClerk({ apiKey: keys.clerk, fetch: answer(422, { tokens, errors }) });
  const lowered = vi.spyOn(String.prototype, 'toLowerCase');
  const error = await failureOf(clerk.issueToken('x'));
  const count = lowered.mock.calls.length;
  lowered.mockRestore();
  expect(error).toMatchObject({ code: 'validation_failed' });
  expect(count).toBeGreaterThan(500);
  expect(count).toBeLessThan(3_000);
});
