import { afterEach, describe, expect, it, vi } from 'vitest';
import { checkId, checkText, hasDotSegment, refuseKeys } from '../src/client/ids.js';
import { createKeyring } from '../src/client/keyring.js';
import type { CallContext } from '../src/client/options.js';
import { checkAllowHttp, checkPlainHttp, isLoopback } from '../src/client/plain-http.js';
import { readVariable, readVariables } from '../src/client/variables.js';
import type { Operation } from '../src/errors.js';
import { thrownBy } from './support/failures.js';

const contextOf = (operation: Operation, keys: readonly string[] = []): CallContext => ({
  provider: 'clerk',
  label: 'Clerk',
  operation,
  keyring: createKeyring(keys, ['sk_test_']),
});
const context = contextOf('issueToken', ['sk_test_a-key-that-nobody-has']);

describe('rule 1: whether a host is this machine', () => {
  it.each([
    ['localhost', true],
    ['app.localhost', true],
    ['a.b.localhost', true],
    ['127.0.0.1', true],
    ['127.12.34.255', true],
    ['0.0.0.0', true],
    ['[::]', true],
    ['[::1]', true],
    ['.localhost', false],
    ['localhost.example', false],
    ['notlocalhost', false],
    ['app.localhost.example', false],
    ['127.0.0.1.example', false],
    ['a127.0.0.1', false],
    ['128.0.0.1', false],
    ['127.0.0', false],
    ['127.x.0.1', false],
    ['127.0.x.1', false],
    ['127.0.0.x', false],
    ['10.0.0.0', false],
    ['10.0.0.0.0', false],
    ['0x0x0x0', false],
    ['0.0.0.0.example', false],
    ['[::2]', false],
    ['[::11]', false],
    ['[1::1]', false],
  ])('%s: %j', (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });
});

describe('rule 1: plain http goes to a private network, if it is allowed', () => {
  const check = (hostname: string, allowHttp: unknown, isFromVariable = false, variables?: Record<string, string>) => {
    const url = `http://${hostname}`;
    const options = isFromVariable ? { allowHttp } : { allowHttp, baseUrl: url };
    checkPlainHttp({ context, variables }, new URL(url), '`baseUrl`', options);
  };

  it.each([
    ...['fakes', 'fakes.', 'clerk.local', 'clerk.local.', 'a.b.internal', 'clerk.test', '10.0.0.1', '192.168.0.1'],
    ...['169.254.0.1', '172.16.0.1', '172.19.0.1', '172.20.0.1', '172.29.0.1', '172.30.0.1', '172.31.0.1', 'fakes-2'],
    ...['[fc00::1]', '[fd12:3456::1]', '[fdff::]', '[fe80::1]', '[fe9f::1]', '[fea0::1]', '[febf::1]'],
  ])('to %s', (host) => {
    expect(() => {
      check(host, true);
    }).not.toThrow();
    expect(() => {
      check(host, undefined);
    }).toThrow('If nobody else can read this network');
  });

  it.each([
    ...['fakes.example', 'local.example', 'internal.example', 'a.test.example', 'mylocal.locals', 'a.notlocal'],
    ...['10.example', '100.0.0.1', '110.0.0.1', '192.169.0.1', '192.16.0.1', '169.253.0.1', '172.15.0.1', '172.32.0.1'],
    ...['172.160.0.1', '172.2.0.1', '172.3.0.1', '1.172.16.0', '1.10.0.1', '1.192.168.1', '1.169.254.1', '9.9.9.9'],
    ...['[2001:db8::1]', '[fec0::1]', '[fe70::1]', '[fe8::1]', '[fb00::1]', '[fc0::1]', '[ffff::1]', '[1:fc00::1]'],
    ...['[1::fe80:1]', 'fakes.example.'],
  ])('never to %s', (host) => {
    expect(() => {
      check(host, true);
    }).toThrow(
      'and with `allowHttp` for hosts that are not public: a name without a dot, one that ends in .local, .internal or ' +
        '.test, or a private address.',
    );
  });

  it('and says what to do', async () => {
    const messageOf = async (...args: Parameters<typeof check>) =>
      (
        await thrownBy(() => {
          check(...args);
        })
      ).message;
    expect(await messageOf('fakes', undefined)).toBe(
      'Clerk: `baseUrl` must be https, or http on this machine. If nobody else can read this network, allow http ' +
        'with `allowHttp: true`.',
    );
    expect(await messageOf('fakes', false, true)).toContain('allow http with TOKENWRIGHT_ALLOW_HTTP=1.');
    expect(await messageOf('fakes', undefined, false, {})).toContain('allow http with TOKENWRIGHT_ALLOW_HTTP=1.');
    expect(await messageOf('provider.example', undefined)).toBe(
      'Clerk: `baseUrl` must be https: plain http would send the key unencrypted, and is allowed for loopback ' +
        'addresses only.',
    );
  });

  it.each([
    ['1', true],
    [' 1\n', true],
    ['true', false],
    ['0', false],
    ['11', false],
    ['', false],
  ])('by TOKENWRIGHT_ALLOW_HTTP=%j: %j', (value, isAllowed) => {
    const run = () => {
      check('fakes', undefined, false, { TOKENWRIGHT_ALLOW_HTTP: value });
    };
    if (isAllowed) expect(run).not.toThrow();
    else expect(run).toThrow('must be https');
  });

  it.each([[undefined], [true], [false]])('`allowHttp` may be %j', (value) => {
    expect(() => {
      checkAllowHttp(context, value);
    }).not.toThrow();
  });

  it.each([['true'], [1], [null], [{}]])('`allowHttp` may not be %j', (value) => {
    expect(() => {
      checkAllowHttp(context, value);
    }).toThrow('Clerk: `allowHttp` must be true or false.');
  });
});

describe('environment variables', () => {
  const variable = 'TOKENWRIGHT_TEST_VARIABLE';

  afterEach(() => {
    vi.unstubAllGlobals();
    vi.unstubAllEnvs();
  });

  it('are those that were passed, else those of the process', () => {
    vi.stubEnv(variable, 'of the process');
    expect(readVariable(undefined, variable)).toBe('of the process');
    expect(readVariable({ [variable]: 'passed' }, variable)).toBe('passed');
    expect(readVariable({}, variable)).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['there is no process', undefined],
    ['the process has none', {}],
    [
      'they may not be read',
      {
        get env(): never {
          throw new Error('NotCapable');
        },
      },
    ],
    ['only a prototype has it', { env: Object.create({ [variable]: 'polluted' }) }],
  ])('count as not set if %s', (_, process) => {
    vi.stubGlobal('process', process);
    const value = readVariable(undefined, variable);
    vi.unstubAllGlobals();
    expect(value).toBeUndefined();
  });

  it.each([
    [{ ONE: 'a', TWO: 'b' }, ['TWO'], { value: 'b', source: 'TWO' }],
    [{ ONE: 'a', TWO: 'a' }, ['ONE', 'TWO'], { value: 'a', source: 'ONE' }],
    [{ TWO: 'b' }, ['ONE', 'TWO'], { value: 'b', source: 'TWO' }],
    [{ ONE: '', TWO: 'b' }, ['ONE', 'TWO'], { value: 'b', source: 'TWO' }],
    [{ ONE: ' \n', TWO: 'b' }, ['ONE', 'TWO'], { value: 'b', source: 'TWO' }],
    [{ ONE: 'a\n' }, ['ONE'], { value: 'a\n', source: 'ONE' }],
    [{ ONE: '  ' }, ['ONE'], undefined],
    [{}, ['ONE', 'TWO'], undefined],
    [{ ONE: 'a' }, [], undefined],
  ])('of %j, %j gives %j', (variables, names, expected) => {
    expect(readVariables({ context, variables }, names)).toEqual(expected);
  });

  it('that mean the same must agree', async () => {
    const variables = { ONE: 'a', TWO: 'a', THREE: 'b' };
    const error = await thrownBy(() => readVariables({ context, variables }, ['ONE', 'TWO', 'THREE']));
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'environment_mismatch' });
    expect(error.message).toBe(
      'Clerk: the environment variables ONE and THREE differ. Unset one, or pass the value as an option.',
    );
  });
});

describe('ids', () => {
  const check = (id: unknown) => () => {
    checkId(context, 'userId', id);
  };

  it.each([
    ['.', true],
    ['..', true],
    ['../a', true],
    ['a/..', true],
    ['a/../b', true],
    ['a\\..\\b', true],
    ['a/./b', true],
    ['./', true],
    ['...', false],
    ['.a', false],
    ['a.', false],
    ['a..b', false],
    ['a/..b', false],
    ['a../b', false],
    ['a/b.c/d', false],
    ['', false],
  ])('%j has a dot segment: %j', (id, expected) => {
    expect(hasDotSegment(id)).toBe(expected);
  });

  it.each([
    [undefined, 'must be a string'],
    [7, 'must be a string'],
    [['a'], 'must be a string'],
    ['', 'must not be empty'],
    ['a\ud800', 'must be well-formed Unicode, without lone surrogates'],
    ['a/../b', 'must not be or contain a dot segment (`.` or `..`)'],
    ['of a-key-that-nobody-has', 'is or contains an API key, which must not be part of a URL. Pass only the id'],
  ])('%j is refused, for it %s', async (id, problem) => {
    const error = await thrownBy(check(id));
    expect(error).toMatchObject({
      name: 'InvalidInputError',
      code: 'invalid_user_id',
      provider: 'clerk',
      operation: 'issueToken',
      message: `Clerk: \`userId\` ${problem}. Nothing was sent.`,
    });
  });

  it.each(['user_1', 'a/b', '...', ' ', '\u{1f511}'])('%j may be sent', (id) => {
    expect(check(id)).not.toThrow();
  });

  it('a text may have dots that an id may not', () => {
    expect(() => {
      checkText(context, 'externalId', '..');
    }).not.toThrow();
  });

  it('are checked against no keys if there are none', () => {
    const bare: CallContext = { provider: 'clerk', label: 'Clerk', operation: 'issueToken' };
    expect(() => {
      checkId(bare, 'userId', 'sk_test_a-key-that-nobody-has');
      refuseKeys(bare, ['sk_test_a-key-that-nobody-has']);
    }).not.toThrow();
  });

  it.each<[Operation, string, string]>([
    ['issueToken', 'invalid_user_id', 'userId'],
    ['issueTokens', 'invalid_user_id', 'userId'],
    ['revokeToken', 'invalid_token_id', 'tokenId'],
  ])('that hold a key are refused again when a function has returned it: %s', async (operation, code, name) => {
    const late = contextOf(operation);
    late.keyring?.remember(['a-key-of-a-function']);
    const refuse = (ids: string[]) => () => {
      refuseKeys(late, ids);
    };
    expect(refuse(['user_1', 'user_2'])).not.toThrow();
    expect(refuse([])).not.toThrow();
    const error = await thrownBy(refuse(['user_1', 'with a-key-of-a-function in it']));
    expect(error).toMatchObject({ name: 'InvalidInputError', code, operation });
    expect(error.message).toBe(
      `Clerk: \`${name}\` is or contains an API key, which must not be part of a URL. Pass only the id. Nothing was sent.`,
    );
  });
});
