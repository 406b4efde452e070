import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import * as errors from '../src/errors.js';
import { isTokenwrightError } from '../src/index.js';

const base = { message: 'Do this.', provider: 'clerk', operation: 'issueToken' } as const;

/** A query makes the loader evaluate a module once more, as it would a second copy in node_modules. */
const copyOf = (path: string) => `${path}?copy`;

describe('isTokenwrightError()', () => {
  it('knows its own, also those of another copy of the package', async () => {
    const copy = (await import(copyOf('../src/errors.js'))) as typeof errors;
    const foreign = new copy.ConnectionError({ ...base, code: 'connection_failed' });
    expect(foreign).not.toBeInstanceOf(errors.ConnectionError);
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
  for (const file of ['errors.ts', 'errors/codes.ts', 'errors/known.ts']) {
    const text = readFileSync(new URL(`../src/${file}`, import.meta.url), 'utf8');
    const imported = [...text.matchAll(/\bfrom '(.*)'/g)].map((match) => match[1]);
    for (const place of imported) expect(['./errors/codes.js', './codes.js', '../errors.js']).toContain(place);
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
