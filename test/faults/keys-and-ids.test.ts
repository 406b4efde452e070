import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClerk, createIssuer } from '../../src/index.js';
import { failureOf } from '../support/failures.js';
import { issueOperations, judgedOperations, keys, optionsOf } from '../support/operations.js';
import { judged, subjects } from '../support/subjects/index.js';
import { everythingPrintedBy, everythingShownBy } from '../support/shown.js';
import { type FaultServer, startFaultServer } from './fault-server.js';
import { answerWell } from './network-faults.js';

let server: FaultServer;
let good: { status: number; body: unknown };

beforeAll(async () => {
  server = await startFaultServer((exchange) => {
    answerWell(exchange, good);
  });
});

afterAll(() => server.stop());

const secret = 'hunter2-made-up';

describe.each(judgedOperations)('$name, with a key that is', ({ provider, prepare, success, key }) => {
  it.each([
    ['empty', ''],
    ['blank', '  \t'],
    ['followed by a line break', `${key}${secret}\n`],
    ['broken by one', `${key}\r\nx-injected: ${secret}`],
    ['broken by a NUL', `${key}\0${secret}`],
    ['not ASCII', `${key}${secret}ü`],
    ['a number', 7],
    ['null', null],
    ['an object', { secret }],
  ])('%s: it is refused, unsent and unshown', async (_, bad) => {
    good = success;
    const before = server.exchanges.length;
    const asGiven = async () => prepare({ ...optionsOf(provider, bad), baseUrl: server.url }).call();
    const fromFunction = prepare({ ...optionsOf(provider, () => bad), baseUrl: server.url }).call();
    for (const call of [Promise.resolve().then(asGiven), fromFunction]) {
      const error = await failureOf(call);
      expect(error).toMatchObject({ name: 'ConfigurationError' });
      expect(error.code).toMatch(/^(missing|invalid)_api_key$/);
      expect(everythingShownBy(error)).not.toContain(secret);
      expect(everythingShownBy(error)).not.toContain(key);
    }
    expect(server.exchanges).toHaveLength(before);
  });

  it.each([
    ['a rejected promise', () => Promise.reject(new Error(`vault: ${secret.length.toString()} letters`))],
    [
      'an exception',
      () => {
        throw new TypeError('vault sealed');
      },
    ],
  ])('%s of a function: it is reported, and nothing is sent', async (_, ask) => {
    const before = server.exchanges.length;
    const error = await failureOf(prepare({ ...optionsOf(provider, ask), baseUrl: server.url, retry: 0 }).call());
    expect(error).toMatchObject({ name: 'CredentialError', code: 'api_key_unavailable' });
    expect(error.cause).toMatchObject({ message: expect.stringContaining('vault') as string });
    expect(server.exchanges).toHaveLength(before);
  });

  it('very long: it is sent as it is', async () => {
    good = success;
    const long = key + 'x'.repeat(4_000);
    const result = await prepare({ ...optionsOf(provider, long), baseUrl: server.url }).call();
    expect(server.exchanges.at(-1)?.head).toContain(long);
    expect(everythingPrintedBy(result)).not.toContain(long);
  });

  it('echoed by a 401: it is redacted', async () => {
    good = { status: 401, body: { detail: key, error: key, errors: [{ message: key, code: key }], key: `"${key}"` } };
    const error = await failureOf(prepare({ baseUrl: server.url }).call());
    expect(error).toMatchObject({ code: 'unauthorized' });
    expect(everythingShownBy(error)).not.toContain(key);
  });
});

/** Ids that cannot be one segment of a path. */
const refusedIds = ['', '.', '..', '../admin', 'a/../b', 'a\\..\\b', '\ud800', 'a\udc00b', null, undefined, 42, {}, []];
/** Ids that look dangerous, and are one segment once they are encoded. */
const oddIds = [
  'a/b',
  'a?x=1',
  'a#b',
  '%2e%2e',
  '%2F',
  'a b',
  'a\r\nx-injected: 1',
  '\0',
  'é😀',
  '...',
  'a&b=c',
  'x'.repeat(20_000),
  '__proto__',
  'constructor',
  '"quoted"',
];

describe.each(judged)('%s, with a user id that is', (provider) => {
  const { success } = issueOperations[provider];
  const issuer = () => createIssuer(provider, { ...optionsOf(provider), baseUrl: server.url });

  it.each(refusedIds.map((id) => [id]))('%j: nothing is sent', async (id) => {
    const before = server.exchanges.length;
    const error = await failureOf(issuer().issueToken(id as string));
    expect(error).toMatchObject({ name: 'InvalidInputError', code: 'invalid_user_id', provider });
    expect(server.exchanges).toHaveLength(before);
  });

  it.each(oddIds.map((id) => [id.slice(0, 20), id]))('%j: it arrives as it is, in one piece', async (_, id) => {
    good = success;
    // The answer is about somebody else: what counts is what was sent.
    await issuer()
      .issueToken(id)
      .catch(() => undefined);
    const { path, body, head } = server.exchanges.at(-1)!;
    expect(head).not.toContain('x-injected');
    expect(path).toMatch(/^[\w.!~*'()%/-]+$/);
    expect(subjects[provider].askedFor(path, body === '' ? undefined : JSON.parse(body))).toEqual([id]);
  });
});

describe('clerk, with a token id that is', () => {
  const clerk = () => createClerk({ apiKey: keys.clerk, baseUrl: server.url });

  it.each(refusedIds.map((id) => [id]))('%j: nothing is sent', async (id) => {
    const before = server.exchanges.length;
    const error = await failureOf(clerk().revokeToken(id as string));
    expect(error).toMatchObject({ name: 'InvalidInputError', code: 'invalid_token_id' });
    expect(server.exchanges).toHaveLength(before);
  });

  it.each(oddIds.map((id) => [id.slice(0, 20), id]))('%j: it arrives as it is, in one piece', async (_, id) => {
    good = subjects.clerk.operations.find(({ name }) => name === 'clerk revokeToken')!.success;
    await clerk()
      .revokeToken(id)
      .catch(() => undefined);
    const segment = /^\/v1\/sign_in_tokens\/([^/?#]+)\/revoke$/.exec(server.exchanges.at(-1)!.path)?.[1];
    expect(decodeURIComponent(segment!)).toBe(id);
  });
});
