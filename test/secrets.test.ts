import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createKeyring } from '../src/client/keyring.js';
import { bound, createRedactor, redactForms } from '../src/secrets.js';
import { copyCause } from '../src/secrets/cause.js';
import { concealSecrets } from '../src/secrets/conceal.js';
import { findSecrets, redactJson } from '../src/secrets/json.js';

const uuid = '6f3c0d4e-8a51-4c1b-9b7e-2f1d7a90c3aa';
const opaque = `${'made-up'.repeat(6)}1`;

describe('rule 2: known values', () => {
  it.each([
    [['secret-1'], 'it is SECRET-1.', 'it is [redacted].'],
    [['secret1'], 'it is secret1', 'it is secret1'],
    [['one-secret', 'two-secret'], 'one-secret, two-secret, one-secret', '[redacted], [redacted], [redacted]'],
    // The longest first, or its end would stay.
    [['secret-1', 'secret-1-and-more'], 'secret-1-and-more', '[redacted]'],
    [['secret-1-and-more', 'secret-1'], 'secret-1-and-more secret-1', '[redacted] [redacted]'],
    [['a.b*c?d+e'], 'a.b*c?d+e but not aXbbc', '[redacted] but not aXbbc'],
    [['sk_test_12345678'], '12345678', '[redacted]'],
    [['sk_test_1234567'], '1234567', '1234567'],
    [[], 'nothing', 'nothing'],
  ])('of %j are redacted in %j', (secrets, text, expected) => {
    expect(createRedactor(secrets)(text)).toBe(expected);
  });
});

describe('rule 2: text with the form of a secret', () => {
  it.each([
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl.', '[redacted]'],
    ['(eyJhbGciOiJIUzI1NiJ9)', '([redacted])'],
    ['eyJshort', 'eyJshort'],
    ['sk_live_a pk_test_b SK_EU_c sk_us_d', '[redacted] [redacted] [redacted] [redacted]'],
    ['sk_live_a::b c', '[redacted] c'],
    ['risk_test_x', 'risk_test_x'],
    [`see ${opaque}, please`, 'see [redacted], please'],
    // Letters alone may be a name, digits alone a number.
    ['abcdefghij'.repeat(4), 'abcdefghij'.repeat(4)],
    ['1234567890'.repeat(4), '1234567890'.repeat(4)],
    [`${'abcdefghi'.repeat(4)}123`, `${'abcdefghi'.repeat(4)}123`],
    ['0123456789'.repeat(5), '[redacted]'],
    ['0123456789ABCDEFGHIJ'.repeat(2), '[redacted]'],
    ['deadbeef'.repeat(6), '[redacted]'],
    ['deadbeef'.repeat(5), 'deadbeef'.repeat(5)],
    [uuid, uuid],
    [`/user/${uuid}/sign_in_token`, `/user/${uuid}/sign_in_token`],
    // Beside more of the same, it is no UUID.
    [`${uuid}-${uuid}`, '[redacted]'],
  ])('%j becomes %j', (text, expected) => {
    expect(redactForms(text)).toBe(expected);
  });

  it.each([
    [
      'eyJhbGciOiJIUzI1NiJ9',
      'user eyJhbGciOiJIUzI1NiJ9 and eyJmYWtlIjoidG9rZW4ifQ',
      'user eyJhbGciOiJIUzI1NiJ9 and [redacted]',
    ],
    [opaque, `/${opaque}/x`, `/${opaque}/x`],
    [opaque, `${opaque}2`, '[redacted]'],
    ['', `a ${opaque}`, 'a [redacted]'],
    ['', 'a sk_live_b::c d', 'a [redacted] d'],
  ])('keeps the id %j in %j', (id, text, expected) => {
    expect(redactForms(text, [id, ''])).toBe(expected);
  });
});

it('a text is cut behind its limit', () => {
  expect([bound('12345', 5), bound('123456', 5), bound('x'.repeat(1_000)).length]).toEqual(['12345', '12345…', 1_000]);
  expect(bound('x'.repeat(1_001))).toBe(`${'x'.repeat(1_000)}…`);
});

describe('rule 2: the secrets of a JSON value', () => {
  it.each([
    [{ token: 'a', other: 'b' }, ['a']],
    [{ data: [{ sign_in_token: 'a' }, { url: 'b' }, { id: 'c' }] }, ['a', 'b']],
    [{ ticket: { parts: ['a', { more: 'b' }] } }, ['a', 'b']],
    [[{ api_key: 'a', 'Api-Key': 'b', Authorization: 'c' }], ['a', 'b', 'c']],
    ['token', []],
    [null, []],
    [{ token: 7, tokens: null }, []],
  ])('of %j are %j', (value, expected) => {
    expect(findSecrets(value).sort()).toEqual(expected);
  });

  const redact = (text: string) => text.replaceAll('4711', '[redacted]');
  const copy = (value: unknown) => redactJson(value, redact, ['message']);

  it.each([
    [
      { message: 'is 4711', 4711: 1, token: { deep: 'x' } },
      { message: 'is [redacted]', '[redacted]': 1, token: '[redacted]' },
    ],
    [
      [4711, 4712, true, null],
      ['[redacted]', 4712, true, null],
    ],
    [{ message: 'm'.repeat(100) }, { message: 'm'.repeat(100) }],
    [{ message: ['m'.repeat(100)] }, { message: ['m'.repeat(100)] }],
    [{ note: 'n'.repeat(41) }, { note: `${'n'.repeat(40)}…` }],
    [{ ['n'.repeat(101)]: 1 }, { [`${'n'.repeat(100)}…`]: 1 }],
  ])('%j is copied as %j', (value, expected) => {
    expect(copy(value)).toEqual(expected);
  });

  it('no more than 50 entries of a list or an object are copied', () => {
    const list = Array.from({ length: 51 }, (_, index) => index);
    expect(copy(list)).toEqual(list.slice(0, 50));
    expect(copy(Object.fromEntries(list.map((each) => [`k${String(each)}`, each])))).toEqual(
      Object.fromEntries(list.slice(0, 50).map((each) => [`k${String(each)}`, each])),
    );
  });

  it.each([
    ['lists', (inner: unknown): unknown => [inner], []],
    ['objects', (inner: unknown): unknown => ({ a: inner }), {}],
  ])('no more than ten levels of %s are copied', (_, wrap, empty) => {
    const nest = (levels: number, inner: unknown): unknown => (levels === 0 ? inner : wrap(nest(levels - 1, inner)));
    expect(copy(nest(10, 'end'))).toEqual(nest(10, 'end'));
    expect(copy(nest(11, 'end'))).toEqual(nest(10, empty));
  });

  it('no more than 16,000 characters are copied', () => {
    const rows = Array.from({ length: 50 }, () => ({ message: 'm'.repeat(993) }));
    // Each row counts with its name: 16 of them are exactly as many characters.
    expect(copy(rows)).toEqual(rows.slice(0, 16));
    expect(copy(['m'.repeat(1_001), { message: rows }])).toHaveLength(2);
  });

  it('no more than 8,000 characters of a text are read, and no more than 72,000 of all', () => {
    let read = 0;
    const count = (text: string) => {
      read += text.length;
      return text.replaceAll('secret', '');
    };
    redactJson('word '.repeat(200_000), count, []);
    expect(read).toBeGreaterThan(7_000);
    expect(read).toBeLessThanOrEqual(8_000);
    const rows = Array.from({ length: 50 }, () => Array.from({ length: 50 }, () => 'secret '.repeat(5_000)));
    read = 0;
    redactJson(rows, count, []);
    expect(read).toBeLessThanOrEqual(72_000);
  });

  it.each(['', 'a', 4711])('no more than 1,600 values are read, however short: %j', (value) => {
    let read = 0;
    const count = (text: string) => {
      read += 1;
      return text;
    };
    const list = (inner: unknown) => Array.from({ length: 50 }, () => inner);
    redactJson(list(list(list(value))), count, []);
    expect(read).toBe(1_600);
  });

  it.each(['secret-4711', 'a secret', 'secret'])('a long text is cut beside %j, not in it', (secret) => {
    // All but the words and what is left of the secret is redacted.
    const text = `${'word '.repeat(180)}${'4711 '.repeat(1_418)}${secret}${'.'.repeat(20)}`;
    expect(text.indexOf(secret)).toBe(7_990);
    const redactAll = (part: string) => part.replaceAll(secret, '').replaceAll('4711 ', '');
    expect(redactJson(text, redactAll, [])).toBe('…');
  });

  it('of a long text, the beginning is shown', () => {
    expect(redactJson('word '.repeat(2_000), redact, [])).toBe(`${'word '.repeat(200)}…`);
    expect(redactJson('x'.repeat(8_001), redact, [])).toBe('…');
  });
});

describe('rule 2: the cause of an error', () => {
  const redact = (text: string) => text.replaceAll('secret', '[redacted]');

  it('has the name, the message and the code of the original, redacted, and nothing else', () => {
    const original = Object.assign(new TypeError('a secret'), { code: 'E_SECRET_secret', request: 'secret' });
    const cause = copyCause(original, redact);
    expect(cause).toMatchObject({ name: 'TypeError', message: 'a [redacted]', code: 'E_SECRET_[redacted]' });
    expect(cause.stack).toBe('TypeError: a [redacted]');
    expect(Object.keys(cause)).toEqual(['code']);
    expect(inspect(cause, { showHidden: true })).not.toContain('secret');
  });

  it.each([
    ['secret text', 'Error', '[redacted] text'],
    [undefined, 'Error', ''],
    [null, 'Error', ''],
    [7, 'Error', ''],
    [{ name: '', message: 7 }, 'Error', ''],
  ])('of %o is an error, too', (thrown, name, message) => {
    const cause = copyCause(thrown, redact);
    expect(cause).toBeInstanceOf(Error);
    expect([cause.name, cause.message, 'cause' in cause, 'code' in cause]).toEqual([name, message, false, false]);
  });

  it('is an error even if the original cannot be read', () => {
    const thrown = {
      get message(): string {
        throw new Error('secret');
      },
    };
    expect(copyCause(thrown, redact)).toMatchObject({ name: 'Error', message: '' });
  });

  it('can be renamed, as any error', () => {
    const cause = copyCause(new Error('x'), redact);
    cause.name = 'Mine';
    expect(cause.name).toBe('Mine');
    expect(Reflect.deleteProperty(cause, 'name')).toBe(true);
  });

  it('has the innermost code, and no more than five levels', () => {
    const nest = (levels: number): Error =>
      Object.assign(new Error(String(levels)), levels === 1 ? {} : { cause: nest(levels - 1) }, {
        code: `E${String(levels)}`,
      });
    expect(copyCause(nest(3), redact).code).toBe('E1');
    const messages: string[] = [];
    let next: unknown = copyCause(nest(7), redact);
    for (; next instanceof Error; next = next.cause) messages.push(next.message);
    expect(messages).toEqual(['7', '6', '5', '4', '3']);
  });
});

it('rule 2: what Node.js prints of a token has its listed fields alone', () => {
  const token = concealSecrets({ userId: 'u', token: 't', url: undefined }, ['token'], { raw: () => 'r' });
  expect(inspect(token, { showHidden: true })).toBe("{ userId: 'u', token: '[redacted]', url: undefined }");
  expect([token.token, (token as { raw?: unknown }).raw]).toEqual(['t', 'r']);
});

describe('rule 2: the keys of a client', () => {
  const fixed = 'fixed-key-0123456789';

  it('are the last three that a function returned, besides the fixed ones', () => {
    const keyring = createKeyring([fixed], []);
    const shown = (key: string) => keyring.redactExact(key) === key;
    for (const key of ['first-key', 'second-key', 'second-key', fixed, 'third-key', 'fourth-key'])
      keyring.remember([key]);
    expect(['first-key', 'second-key', 'third-key', 'fourth-key', fixed].map(shown)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
    // One that comes again is the last one.
    keyring.remember(['second-key']);
    keyring.remember(['fifth-key']);
    expect(['second-key', 'third-key', 'fourth-key', 'fifth-key'].map(shown)).toEqual([false, true, false, false]);
  });

  it('are three of each function, if there are two', () => {
    const keyring = createKeyring([], []);
    for (const number of [1, 2, 3, 4]) keyring.remember([`key-of-a-${String(number)}`, `key-of-b-${String(number)}`]);
    const texts = [1, 2, 3, 4].flatMap((number) => [`key-of-a-${String(number)}`, `key-of-b-${String(number)}`]);
    expect(texts.map((text) => keyring.redactExact(text) === text)).toEqual([
      true,
      true,
      ...Array<boolean>(6).fill(false),
    ]);
  });

  it('are redacted besides other secrets, and by form if asked', () => {
    const keyring = createKeyring([fixed], []);
    expect(createRedactor(['another-secret'])(keyring.redactExact(`${fixed} another-secret ${opaque}`))).toBe(
      `[redacted] [redacted] ${opaque}`,
    );
    expect(keyring.redact(`${fixed} ${opaque}`)).toBe('[redacted] [redacted]');
  });

  it.each([
    ['an id', 'user_1', false],
    ['the key in an id', `user-${fixed.toUpperCase()}`, true],
    ['a part of 16 characters', `x${fixed.slice(2, 18)}`, true],
    ['the last 16 characters', fixed.slice(-16), true],
    ['a part of 15 characters', fixed.slice(2, 17), false],
    ['another key of this provider', `sk_test_${'x'.repeat(20)}`, true],
    ['a short one', `sk_test_${'x'.repeat(19)}`, false],
    ['one with a blank', `sk_test_${'x'.repeat(20)} y`, false],
    ['one behind a blank', `sk_test_ ${'x'.repeat(20)}`, false],
    ['one inside an id', `id-sk_test_${'x'.repeat(20)}`, false],
  ])('%s: held is %s', (_, text, isHeld) => {
    expect(createKeyring([fixed], ['sk_test_']).isKeyIn(text)).toBe(isHeld);
  });

  it('of eight characters are held as a whole, shorter ones are words, and a long one is searched at its beginning', () => {
    const isHeld = (key: string, text: string) => createKeyring([key], []).isKeyIn(text);
    expect([isHeld('eight-ch', 'x-eight-ch-x'), isHeld('seven-c', 'x-seven-c-x')]).toEqual([true, false]);
    const long = Array.from({ length: 60 }, (_, index) => `part-${String(index).padStart(4, '0')}-`).join('');
    expect([isHeld(long, long.slice(484, 500)), isHeld(long, long.slice(485, 501))]).toEqual([true, false]);
    // The part behind a known prefix counts by itself.
    expect(isHeld(`sk_live_${'abcd'.repeat(4)}`, `x${'abcd'.repeat(4)}`)).toBe(true);
    expect(isHeld('sk_live_abcdefgh', 'x_live_abcdefgh_y')).toBe(false);
  });
});
