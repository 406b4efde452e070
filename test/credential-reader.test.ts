import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCredentialReader } from '../src/client/credential-reader.js';
import type { CredentialSource } from '../src/client/credentials.js';
import { createKeyring } from '../src/client/keyring.js';
import type { CallContext } from '../src/client/options.js';
import type { CredentialRequest } from '../src/issuer.js';
import { sfoxProfile } from '../src/providers/sfox/adapter.js';
import { failureOf } from './support/failures.js';

type Ask = (request: CredentialRequest) => unknown;

const context: CallContext = { provider: 'sfox', label: 'sFOX', operation: 'issueToken' };
const hungAfterMilliseconds = 1_000;

const fixed = (name: string, value: string): CredentialSource => ({
  name,
  credential: { variables: [], header: `x-${name}` },
  source: `the option \`${name}\``,
  value,
});
const asked = (name: string, ask: Ask): CredentialSource => ({
  name,
  credential: { variables: [], header: `x-${name}`, scheme: 'Bearer' },
  source: `the function \`${name}\``,
  ask,
});

function createReader(...sources: CredentialSource[]) {
  const keyring = createKeyring([], []);
  const reader = createCredentialReader({ profile: sfoxProfile, target: {}, sources, keyring, hungAfterMilliseconds });
  return { ...reader, keyring };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('credentials with fixed values', () => {
  it('are there at once, and there are no others', async () => {
    const { read, renew } = createReader(fixed('client', 'client-1'), fixed('team', 'team-1'));
    const credentials = read(context);
    expect(credentials).toEqual({ headers: { 'x-client': 'client-1', 'x-team': 'team-1' } });
    expect(read(context)).toBe(credentials);
    await expect(Promise.resolve(renew(context, await credentials))).resolves.toBeUndefined();
    expect(renew(context, await credentials)).toBeInstanceOf(Promise);
  });
});

describe('credentials from a function', () => {
  it('join those with a fixed value; none of them shows', async () => {
    const ask = vi.fn<Ask>(() => 'made-up-secret');
    const { read, keyring } = createReader(fixed('client', 'client-of-somebody'), asked('secret', ask));
    const { headers } = await read(context);
    expect(headers).toEqual({ 'x-client': 'client-of-somebody', 'x-secret': 'Bearer made-up-secret' });
    expect(ask.mock.calls).toEqual([[{ rejected: false }]]);
    expect(keyring.redact('client-of-somebody made-up-secret')).toBe('[redacted] [redacted]');
  });

  it('are new if one of two is', async () => {
    const { read, renew } = createReader(
      asked('id', () => 'made-up-id'),
      asked('secret', ({ rejected }) => (rejected ? 'made-up-new' : 'made-up-old')),
    );
    const refused = await read(context);
    const renewed = await renew(context, refused);
    expect(renewed?.headers).toEqual({ 'x-id': 'Bearer made-up-id', 'x-secret': 'Bearer made-up-new' });
  });

  it('fail with the names of the functions', async () => {
    const sealed = () => {
      throw new Error('sealed');
    };
    const messageOf = async (...sources: CredentialSource[]) => {
      const error = await failureOf(Promise.resolve(createReader(...sources).read(context)));
      expect(error).toMatchObject({ code: 'api_key_unavailable', retryable: true, cause: { message: 'sealed' } });
      return error.message;
    };
    expect(await messageOf(fixed('client', 'client-1'), asked('secret', sealed))).toBe(
      'sFOX: the function `secret` failed; see `cause`. Try again later, or fix the function.',
    );
    expect(
      await messageOf(
        asked('id', sealed),
        asked('secret', () => 'made-up'),
      ),
    ).toContain('the function `id` or `secret` failed');
  });

  it('are asked for anew while a call of the function hangs; what it returns late counts no more', async () => {
    const answers: ((key: string) => void)[] = [];
    const ask = vi.fn<Ask>(() => new Promise<string>((resolve) => answers.push(resolve)));
    const { read, renew } = createReader(asked('secret', ask));
    const headerOf = async (pending: ReturnType<typeof read>) => (await pending).headers['x-secret'];

    const first = read(context);
    vi.advanceTimersByTime(hungAfterMilliseconds - 1);
    const joined = read(context);
    expect(ask).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1);
    const second = read(context);
    expect(ask).toHaveBeenCalledTimes(2);
    answers[1]?.('made-up-second');
    expect(await headerOf(second)).toBe('Bearer made-up-second');

    // A third call is pending when the first ends at last.
    const third = read(context);
    answers[0]?.('made-up-first');
    expect(await headerOf(first)).toBe('Bearer made-up-first');
    expect(await headerOf(joined)).toBe('Bearer made-up-first');
    const alsoThird = read(context);
    expect(ask).toHaveBeenCalledTimes(3);
    answers[2]?.('made-up-second');
    expect(await headerOf(third)).toBe('Bearer made-up-second');
    expect(await headerOf(alsoThird)).toBe('Bearer made-up-second');

    // Refused, the latest is asked for again, and not the late one taken.
    ask.mockImplementation(() => 'made-up-fourth');
    const renewed = await renew(context, await second);
    expect(renewed?.headers['x-secret']).toBe('Bearer made-up-fourth');
    expect(ask.mock.calls.at(-1)).toEqual([{ rejected: true }]);
  });

  it('are not asked for again by a second refusal of the same values', async () => {
    const ask = vi.fn<Ask>(({ rejected }) => (rejected ? 'made-up-new' : 'made-up-old'));
    const { read, renew } = createReader(asked('secret', ask));
    const [one, two] = [await read(context), await read(context)];
    const [first, second] = [await renew(context, one), await renew(context, two)];
    expect(first?.headers).toEqual({ 'x-secret': 'Bearer made-up-new' });
    expect(second).toEqual(first);
    expect(ask).toHaveBeenCalledTimes(3);
  });
});
