import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import * as errors from '../src/errors.js';
import { scopes } from '../src/errors/codes.js';
import { isTokenwrightError } from '../src/index.js';

const base = { message: 'Do this.', provider: 'clerk', operation: 'issueToken' } as const;

/** A query makes the loader evaluate a module once more, as it would a second copy in node_modules. */
const copyOf = (path: string) => `${path}?copy`;

describe('isTokenwrightError()', () => {
  it('knows its own, also those of another copy of the package', async () => {
    const copy = (await import(copyOf('../src/errors.js'))) as typeof errors;
    const foreign = new copy.ConnectionError({ ...base, code: 'connection_failed' });
    expect(Object.getPrototypeOf(foreign)).not.toBe(errors.ConnectionError.prototype);
    expect(isTokenwrightError(foreign)).toBe(true);
    expect(isTokenwrightError(new errors.ConnectionError({ ...base, code: 'connection_failed' }))).toBe(true);
  });

  it('knows nothing else', () => {
    const lookalike = { code: 'not_found', provider: 'clerk', name: 'NotFoundError' };
    for (const value of [new Error('x'), lookalike, undefined, null, 'text', 7, () => undefined]) {
      expect(isTokenwrightError(value)).toBe(false);
    }
    expect(isTokenwrightError(runInContext('new Error("x")', createContext()))).toBe(false);
  });
});

describe('instanceof', () => {
  const { TokenwrightError, ApiError } = errors;
  type ErrorClass = typeof errors.NotFoundError;
  const classes = Object.values(errors).filter(
    (each): each is ErrorClass =>
      typeof each === 'function' && each.prototype instanceof Error && (each as unknown) !== TokenwrightError,
  );
  const isBelow = (each: ErrorClass, parent: { readonly prototype: object }) =>
    Object.prototype.isPrototypeOf.call(parent.prototype, each.prototype);
  const codesOf = (each: object) => (each as { readonly codes: readonly errors.ErrorCode[] }).codes;
  const namesOf = (all: readonly ErrorClass[]) => all.map(({ name }) => name).sort();

  it('knows the errors of another copy, by class and code', async () => {
    const copy = (await import(copyOf('../src/errors.js'))) as typeof errors;
    expect(classes.length).toBeGreaterThan(10);
    for (const own of classes) {
      const Copied = copy[own.name as 'NotFoundError'];
      // What an ApiError without a class of its own has for its code.
      for (const code of own.name === 'ApiError' ? Object.keys(plain) : codesOf(own)) {
        const foreign = new Copied({ ...base, code: code as 'not_found', status: 404 });
        expect(Object.getPrototypeOf(foreign)).not.toBe(own.prototype);
        expect(foreign).toBeInstanceOf(TokenwrightError);
        const known = classes.filter((each) => foreign instanceof each);
        expect(namesOf(known), code).toEqual(namesOf(classes.filter((each) => each === own || isBelow(own, each))));
      }
    }
  });

  it('knows every code by one class, and those of an ApiError by it, too', () => {
    const below = classes.filter((each) => isBelow(each, ApiError)).flatMap(codesOf);
    expect([...codesOf(ApiError)].sort()).toEqual([...Object.keys(plain), ...below].sort());
    const beside = classes.filter((each) => !isBelow(each, ApiError)).flatMap(codesOf);
    expect(beside.sort()).toEqual(Object.keys(scopes).sort());
  });
  // The compiler asks for each.
  const plain: Record<errors.PlainApiErrorCode, true> = {
    bad_request: true,
    conflict: true,
    user_exists: true,
    user_limit_reached: true,
    unexpected_status: true,
  };

  it('knows nothing else', () => {
    const lookalike = { code: 'not_found', name: 'NotFoundError' };
    for (const value of [new Error('x'), lookalike, undefined, null, 'text', 7]) {
      for (const each of [TokenwrightError, ...classes]) expect(value instanceof each).toBe(false);
    }
  });

  it('tells classes of your own as any class', () => {
    class MyError extends errors.NotFoundError {}
    const plainOne = new errors.NotFoundError({ ...base, code: 'not_found', status: 404 });
    const mine = new MyError({ ...base, code: 'not_found', status: 404 });
    expect([plainOne instanceof MyError, mine instanceof MyError]).toEqual([false, true]);
    expect(mine).toBeInstanceOf(errors.NotFoundError);
  });
});

it("each class has its own name, which is no field of its own and can be changed as any error's", () => {
  const classes = Object.entries(errors).filter(([name]) => name.endsWith('Error') && name !== 'TokenwrightError');
  expect(classes.length).toBeGreaterThan(10);
  for (const [name, make] of classes) {
    if (typeof make !== 'function' || !String(make).startsWith('class')) continue;
    const error = new (make as new (fields: object) => Error)({ ...base, code: 'made_up', status: 400, issues: [] });
    expect(error.name).toBe(name);
    expect(Object.keys(error)).not.toContain('name');
    expect(error.stack).toMatch(new RegExp(`^${name}: Do this\\.`));
    error.name = 'Renamed';
    expect(String(error)).toBe('Renamed: Do this.');
    Object.defineProperty(error, 'name', { value: 'again' });
  }
});

it('an error lists its name, message and fields when printed as JSON, and no more', () => {
  const error = new errors.TimeoutError({ ...base, code: 'timeout', timeout: 5, retryable: true });
  expect(JSON.parse(JSON.stringify(error))).toEqual({
    name: 'TimeoutError',
    message: 'Do this.',
    code: 'timeout',
    provider: 'clerk',
    operation: 'issueToken',
    retryable: true,
    scope: 'service',
    timeout: 5,
  });
});

it('the errors import nothing but each other', () => {
  for (const file of ['errors.ts', 'errors/codes.ts', 'errors/fields.ts', 'errors/known.ts', 'errors/stack.ts']) {
    const text = readFileSync(new URL(`../src/${file}`, import.meta.url), 'utf8');
    const imported = [...text.matchAll(/\bfrom '(.*)'/g)].map((match) => match[1]);
    for (const place of imported)
      expect(['./errors/codes.js', './errors/fields.js', './errors/stack.js', './codes.js', '../errors.js']).toContain(
        place,
      );
  }
});

it('a cause that is its own cause ends, and one that throws when asked is passed over', async () => {
  const { copyCause } = await import('../src/secrets/cause.js');
  const circular = new Error('round');
  circular.cause = circular;
  let depth = 0;
  for (let each: unknown = copyCause(circular, String); each instanceof Error; each = each.cause) depth += 1;
  expect(depth).toBe(5);
  const hostile = {
    get message(): string {
      throw new Error('made-up-secret');
    },
  };
  expect(copyCause(hostile, String)).toMatchObject({ name: 'Error', message: '' });
});
