import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as errors from '../src/errors.js';
import { apiErrorCodes, scopes } from '../src/errors/codes.js';
import {
  errorFromJSON,
  type IssuedToken,
  type IssueOutcome,
  isTokenwrightError,
  outcomeFromJSON,
  outcomeToJSON,
  type ProviderId,
} from '../src/index.js';
import { createBulkSubject, userIdOf } from './support/bulk.js';
import { everythingPrintedBy } from './support/shown.js';
import { useVirtualTime } from './support/virtual-time.js';
import { judged } from './support/subjects/index.js';

useVirtualTime();

const throughJSON = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

async function outcomesOf(provider: ProviderId): Promise<IssueOutcome<IssuedToken>[]> {
  const { issuer, fake } = createBulkSubject(provider);
  fake.addUser(userIdOf(provider, 1));
  return issuer.issueTokens([userIdOf(provider, 1), userIdOf(provider, 2), '']);
}

describe.each(judged)('%s: outcomes', (provider) => {
  it('come back from JSON as they were, without what is secret, unless it is asked for', async () => {
    const outcomes = await outcomesOf(provider);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    for (const outcome of outcomes) {
      const bare = throughJSON(outcomeToJSON(outcome));
      const whole = outcomeFromJSON(throughJSON(outcomeToJSON(outcome, { includeToken: true })))!;
      const { index, userId, status } = outcome;
      expect(outcomeFromJSON(bare)).toMatchObject({ index, userId, status });
      expect(whole).toMatchObject({ index, userId, status });
      if (outcome.status === 'fulfilled' && whole.status === 'fulfilled') {
        const { token } = outcome.value;
        expect(JSON.stringify(bare)).not.toContain(token);
        expect({ ...whole.value }).toEqual({ ...outcome.value });
        expect(everythingPrintedBy(whole)).not.toContain(token);
        expect(whole.value.requestId).toBe(outcome.value.requestId);
        expect(whole.value.issuedAt).toEqual(outcome.value.issuedAt);
        expect(Object.keys(whole.value)).toEqual(expect.not.arrayContaining(['requestId', 'issuedAt']));
        expect('raw' in whole.value).toBe(false);
      } else if (outcome.status === 'rejected' && whole.status === 'rejected') {
        expect(whole.reason.constructor).toBe(outcome.reason.constructor);
        const { details, ...kept } = throughJSON(outcome.reason) as { details?: unknown };
        expect(throughJSON(whole.reason)).toEqual(kept);
        expect(JSON.stringify(bare)).not.toMatch(/"(stack|cause|details)"/);
        if (details !== undefined) expect(whole.reason).toHaveProperty('details', undefined);
      } else expect.unreachable();
    }
  });
});

const text = fc.string({ unit: 'binary' });
const issue = fc.record({
  path: fc.array(fc.oneof(text, fc.integer())),
  code: fc.option(text, { nil: undefined }),
  message: text,
});
const plainError = fc.record({
  name: text,
  message: text,
  code: fc.constantFrom(...(Object.keys(scopes) as errors.ErrorCode[])),
  provider: fc.option(text, { nil: undefined }),
  operation: fc.constantFrom('createClient', 'issueToken', 'issueTokens', 'revokeToken', 'createUser', 'resolveUser'),
  retryable: fc.boolean(),
  scope: fc.constantFrom('user', 'account', 'service'),
  status: fc.integer({ min: 0, max: 599 }),
  requestId: fc.option(text, { nil: undefined }),
  retryAfter: fc.option(fc.nat(), { nil: undefined }),
  timeout: fc.nat(),
  issues: fc.array(issue, { maxLength: 50 }),
});

describe('errorFromJSON()', () => {
  it('makes of any error that went through JSON what it was', () => {
    fc.assert(
      fc.property(plainError, (fields) => {
        const error = errorFromJSON(throughJSON(fields))!;
        if (fields.provider === undefined && (apiErrorCodes as readonly string[]).includes(fields.code)) {
          expect(error).toBeUndefined();
          return;
        }
        expect(isTokenwrightError(error)).toBe(true);
        expect(error).toBeInstanceOf(errors.TokenwrightError);
        // By the code: a class takes no code that belongs to another.
        expect(error).toBeInstanceOf(error.constructor);
        const { code, message, provider, operation, retryable, scope } = fields;
        expect(error).toMatchObject({ code, message, provider, operation, retryable, scope });
        if (error instanceof errors.ApiError) {
          const { status, requestId, retryAfter, issues } = fields;
          expect(error).toMatchObject({ status, requestId, retryAfter, issues });
        }
        expect(error.name).toBe(error.constructor.name);
        const again = errorFromJSON(throughJSON(error))!;
        expect(throughJSON(again)).toEqual(throughJSON(error));
        expect(again.constructor).toBe(error.constructor);
      }),
    );
  });

  const good = {
    name: 'ApiError',
    message: 'm',
    code: 'conflict',
    provider: 'clerk',
    operation: 'issueToken',
    retryable: false,
    scope: 'user',
    status: 409,
  };
  const wrong: Readonly<Record<string, readonly unknown[]>> = {
    code: ['toString', '__proto__', 'other', 7, undefined, ['conflict']],
    message: [7, undefined, {}],
    provider: [7, undefined, null],
    operation: ['constructor', 'other', undefined],
    retryable: ['true', undefined],
    scope: ['everybody', undefined],
    status: ['409', undefined, null, Number.NaN],
  };
  it.each(Object.entries(wrong).flatMap(([name, values]) => values.map((value) => [name, value] as const)))(
    'is undefined for a `%s` of %j',
    (name, value) => {
      expect(errorFromJSON(good)).toMatchObject({ code: 'conflict', issues: [] });
      expect(errorFromJSON({ ...good, [name]: value })).toBeUndefined();
    },
  );

  it('heeds nothing that is inherited or has a getter, and takes no more issues than an error has', () => {
    expect(errorFromJSON(Object.create(good))).toBeUndefined();
    expect(errorFromJSON(JSON.parse(`{ "__proto__": ${JSON.stringify(good)} }`))).toBeUndefined();
    const getter = () => expect.unreachable();
    expect(errorFromJSON(Object.defineProperty({ ...good }, 'code', { get: getter }))).toBeUndefined();
    const issues = Array.from({ length: 100_000 }, () => ({ message: 'x', path: Array(1_000).fill('x') }));
    const error = errorFromJSON({ ...good, issues }) as errors.ApiError;
    expect(error.issues).toHaveLength(50);
    expect(error.issues[0]?.path).toHaveLength(50);
    const { details, cause } = errorFromJSON({ ...good, details: { a: 1 }, cause: 'x' }) as errors.ApiError;
    expect([details, cause]).toEqual([undefined, undefined]);
  });

  it('takes an issue without a path or a code, but none without a message', () => {
    const error = errorFromJSON({ ...good, issues: [{ message: 'a' }, { path: ['b'], code: 'c' }] });
    expect(error).toMatchObject({ issues: [{ path: [], code: undefined, message: 'a' }] });
  });
});

describe('whatever it is', () => {
  it('an outcome or an error is made of it or nothing, and no prototype changes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.jsonValue(), fc.constantFrom(undefined, null, 7)), (value) => {
        const before = Reflect.ownKeys(Object.prototype);
        for (const each of [value, { index: 0, userId: 'u', status: 'fulfilled', value }, { reason: value }]) {
          outcomeFromJSON(each);
          errorFromJSON(each);
        }
        expect(Reflect.ownKeys(Object.prototype)).toEqual(before);
      }),
    );
  });

  it('a token keeps plain fields alone, and its own prototype', () => {
    const text = '{ "index": 0, "userId": "u", "status": "fulfilled", "value": { "provider": "p", "userId": "u", ';
    const outcome = outcomeFromJSON(
      JSON.parse(`${text}"raw": "r", "__proto__": { "x": 1 }, "deep": {}, "url": "u7" } }`),
    );
    const { value } = outcome as { value: object };
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(value).toEqual({ provider: 'p', userId: 'u', expiresAt: undefined, url: 'u7' });
    expect(everythingPrintedBy(value)).not.toContain('u7');
    for (const index of [-1, 0.5, '0', undefined]) {
      expect(outcomeFromJSON({ ...(outcome as object), index })).toBeUndefined();
    }
  });
});
