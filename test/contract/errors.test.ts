import { describe, expect, it } from 'vitest';
import {
  ApiError,
  type ApiErrorCode,
  AuthenticationError,
  createClerk,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  ServerError,
  TokenNotPendingError,
  TokenwrightError,
  ValidationError,
} from '../../src/index.js';
import { failureOf } from '../support/failures.js';
import { fixture } from '../support/fixtures.js';
import { issueOperations, judgedOperations, keys } from '../support/operations.js';
import { judged, subjects } from '../support/subjects/index.js';
import { answers, startServer } from '../support/server.js';

type Row = readonly [status: number, code: ApiErrorCode, type: typeof ApiError, retryable: boolean];

const table: readonly Row[] = [
  [400, 'bad_request', ApiError, false],
  [401, 'unauthorized', AuthenticationError, false],
  [402, 'unexpected_status', ApiError, false],
  [403, 'forbidden', PermissionDeniedError, false],
  [404, 'not_found', NotFoundError, false],
  [405, 'unexpected_status', ApiError, false],
  [408, 'unexpected_status', ApiError, true],
  [409, 'conflict', ApiError, false],
  [413, 'unexpected_status', ApiError, false],
  [418, 'unexpected_status', ApiError, false],
  [422, 'validation_failed', ValidationError, false],
  [429, 'rate_limited', RateLimitError, true],
  [500, 'server_error', ServerError, true],
  [501, 'server_error', ServerError, false],
  [502, 'server_error', ServerError, true],
  [503, 'server_error', ServerError, true],
  [504, 'server_error', ServerError, true],
  [505, 'server_error', ServerError, false],
  [511, 'server_error', ServerError, true],
  [520, 'server_error', ServerError, true],
  [599, 'server_error', ServerError, true],
];

describe.each(judgedOperations)('$name', ({ name, provider, label, prepare, success }) => {
  it.each(table)('turns %i into %s', async (status, code, type, retryable) => {
    const { url, requests } = await startServer(answers({ status, body: {} }));
    const error = await failureOf(prepare({ baseUrl: url, retry: 0 }).call());

    expect(error).toBeInstanceOf(type);
    expect(error).toBeInstanceOf(TokenwrightError);
    expect(error.constructor).toBe(type);
    expect(error).toMatchObject({ code, status, provider, retryable, issues: [] });
    expect(error.message).toContain(`${label} answered ${String(status)}`);
    expect(error.message).toMatch(/\.$/);
    expect(requests).toHaveLength(1);
  });

  it('gives errors a name, also in the first line of their stack, and a stack that reaches the caller', async () => {
    const { url } = await startServer(answers({ status: 404, body: {} }));
    const error = await failureOf(prepare({ baseUrl: url }).call());
    expect(error.name).toBe('NotFoundError');
    expect(error.stack).toMatch(/^NotFoundError: /);
    expect(error.stack).toContain('errors.test.ts');
  });

  it('names the operation', async () => {
    const { url } = await startServer(answers({ status: 404, body: {} }));
    const error = await failureOf(prepare({ baseUrl: url }).call());
    expect(error.operation).toBe(name === 'sfox batch' ? 'issueTokens' : name.split(' ')[1]);
  });

  it.each([
    ['missing', { status: success.status, body: {} }],
    ['empty', { status: success.status }],
    ['null', { status: success.status, body: null }],
    ['HTML', { status: success.status, body: '<html></html>' }],
    ['a list', { status: success.status, body: [] }],
  ])('calls a success whose content is %s an invalid response, and does not ask again', async (_, answer) => {
    const { url, requests } = await startServer(answers(answer));
    const error = await failureOf(prepare({ baseUrl: url }).call());
    expect(error).toMatchObject({ name: 'InvalidResponseError', code: 'invalid_response', status: success.status });
    expect(error.retryable).toBe(false);
    expect(requests).toHaveLength(1);
  });
});

describe.each(judged)('%s in its own words', (provider) => {
  const { errors, operations: all } = subjects[provider];
  const [{ prepare }] = all;
  /** One for each status, and not the variants of it. */
  const named = Object.entries(errors).filter(([name]) => /^error\.\d+$/.test(name));

  it.each(named.filter(([, { status }]) => status < 500))(
    'keeps code, message and body of its %s',
    async (_, answer) => {
      const { url } = await startServer(answers(answer));
      const error = await failureOf(prepare({ baseUrl: url, retry: 0 }).call());

      expect(error).toMatchObject({ status: answer.status, details: answer.body });
      if (!(error instanceof ApiError)) throw error;
      expect(error.providerMessage).toBeTruthy();
      expect(error.message).toContain(error.providerMessage);
      expect(error.issues.map(({ message }) => message)).toEqual([error.providerMessage]);
    },
  );

  it.each(named.filter(([, { status }]) => status >= 500))('takes its %s as it comes', async (_, answer) => {
    const { url } = await startServer(answers(answer));
    const error = await failureOf(prepare({ baseUrl: url, retry: 0 }).call());
    expect(error).toMatchObject({ name: 'ServerError', status: answer.status });
  });

  it.each(all)('$name has a body for each failure that is documented', ({ statuses }) => {
    expect(statuses.length).toBeGreaterThan(0);
    expect(named.map(([, { status }]) => status)).toEqual(expect.arrayContaining([...statuses]));
  });
});

async function failureFor(provider: keyof typeof issueOperations, name: string) {
  const { url } = await startServer(answers(fixture(`${provider}/${name}`)));
  return failureOf(issueOperations[provider].prepare({ baseUrl: url, retry: 0 }).call());
}

describe('404 and 422, exactly', () => {
  it('Junction: the user is unknown', async () => {
    expect(await failureFor('junction', 'error.404')).toMatchObject({
      name: 'NotFoundError',
      code: 'not_found',
      status: 404,
      providerCode: undefined,
      providerMessage: 'User not found',
      issues: [{ path: [], code: undefined, message: 'User not found' }],
      details: { detail: 'User not found' },
    });
  });

  it("Junction: Pydantic's list, and the id that was meant", async () => {
    const error = await failureFor('junction', 'error.422');
    const message = 'Input should be a valid UUID, invalid character: found `n` at 1';
    expect(error).toMatchObject({
      name: 'ValidationError',
      code: 'validation_failed',
      status: 422,
      providerCode: 'uuid_parsing',
      providerMessage: message,
      issues: [{ path: ['path', 'user_id'], code: 'uuid_parsing', message }],
    });
    expect(error.message).toContain('Pass the user id of Junction');
    expect(error.message).toContain('`client_user_id`');
  });

  it.each([
    ['string', { code: undefined, message: 'The user is being deleted.' }],
    ['object', { code: 'INVALID_USER', message: 'The user cannot sign in.' }],
  ])('Junction: a `detail` that is a %s', async (form, issue) => {
    expect(await failureFor('junction', `error.422.${form}`)).toMatchObject({
      code: 'validation_failed',
      providerCode: issue.code,
      providerMessage: issue.message,
      issues: [{ path: [], ...issue }],
    });
  });

  it('Junction: no `detail`', async () => {
    expect(await failureFor('junction', 'error.422.absent')).toMatchObject({
      code: 'validation_failed',
      providerMessage: undefined,
      issues: [],
      details: {},
    });
  });

  it.each([
    [404, 'NotFoundError', 'not_found', 'account not found'],
    [422, 'ValidationError', 'validation_failed', 'user is not active'],
  ])('sFOX: %i', async (status, name, code, message) => {
    expect(await failureFor('sfox', `error.${String(status)}`)).toMatchObject({
      name,
      code,
      status,
      providerCode: undefined,
      providerMessage: message,
      issues: [{ path: [], code: undefined, message }],
      details: { error: message },
    });
  });

  it.each([
    [404, 'NotFoundError', 'not_found', 'resource_not_found', [], 'No user was found with the given id.'],
    [
      422,
      'ValidationError',
      'validation_failed',
      'form_param_value_invalid',
      ['expires_in_seconds'],
      'expires_in_seconds must be at least 1.',
    ],
  ])('Clerk: %i', async (status, name, code, providerCode, path, message) => {
    expect(await failureFor('clerk', `error.${String(status)}`)).toMatchObject({
      name,
      code,
      status,
      providerCode,
      providerMessage: message,
      requestId: 'made-up-trace',
      issues: [{ path, code: providerCode, message }],
    });
  });
});

describe('bodies that are almost as they should be', () => {
  it.each([
    [{ detail: { error_type: null, error_message: 'Gone' } }, [{ path: [], code: undefined, message: 'Gone' }]],
    [{ detail: [{ msg: 'Wrong', type: 'x' }] }, [{ path: [], code: 'x', message: 'Wrong' }]],
    [{ detail: ['a', 7, null, { msg: 'b', loc: null }] }, [{ message: 'a' }, { message: 'b', path: [] }]],
    [{ detail: [{ msg: 'c', loc: ['body', 0] }] }, [{ message: 'c', path: ['body', 0] }]],
    [{ detail: 7 }, []],
  ])('Junction: %j', async (body, issues) => {
    const { url } = await startServer(answers({ status: 422, body }));
    const error = await failureOf(issueOperations.junction.prepare({ baseUrl: url }).call());
    expect(error).toMatchObject({ code: 'validation_failed', issues });
    expect('issues' in error && error.issues).toHaveLength(issues.length);
  });

  it('Clerk: nulls', async () => {
    const code = 'sign_in_token_cannot_be_revoked_code';
    const body = { errors: [{ code, message: 'no', long_message: null, meta: null }], clerk_trace_id: null };
    const { url } = await startServer(answers({ status: 400, body, headers: { 'cf-ray': 'made-up-ray' } }));
    const error = await failureOf(createClerk({ apiKey: keys.clerk, baseUrl: url }).revokeToken('sit_made_up'));
    expect(error).toMatchObject({ code: 'token_not_pending', requestId: 'made-up-ray', providerMessage: 'no' });
  });

  it('Clerk: the id of the body goes before that of the header', async () => {
    const answer = fixture('clerk/error.404');
    const { url } = await startServer(answers({ ...answer, headers: { 'cf-ray': 'made-up-ray' } }));
    const error = await failureOf(issueOperations.clerk.prepare({ baseUrl: url }).call());
    expect(error).toMatchObject({ requestId: 'made-up-trace' });
  });

  it('control characters and length do not reach a message', async () => {
    const detail = `a\u001b[31mb\u0007\u202e\nc ${'long '.repeat(200)}`;
    const { url } = await startServer(answers({ status: 404, body: { detail } }));
    const error = await failureOf(issueOperations.junction.prepare({ baseUrl: url }).call());
    expect(error.message).toContain('a [31mb c long');
    expect(error.message).not.toMatch(/\p{C}/u);
    expect(error.message.length).toBeLessThan(500);
  });
});

it.each([
  [302, 'Redirects are not followed'],
  [400, 'does not say'],
  [401, 'API key'],
  [403, 'permissions'],
  [404, 'base URL'],
  [408, 'try again'],
  [409, '`details`'],
  [418, 'base URL'],
  [429, 'Reduce the request rate'],
  [500, 'try again later'],
])('the message of a bare %i says what to do: %s', async (status, words) => {
  const { url } = await startServer(answers({ status, body: '<html>' }));
  const error = await failureOf(issueOperations.clerk.prepare({ baseUrl: url, retry: 0 }).call());
  expect(error.message).toContain(words);
});

describe('Clerk', () => {
  it('says that a token is not pending any more', async () => {
    const { url, requests } = await startServer(answers(fixture('clerk/error.400.not-pending')));
    const error = await failureOf(createClerk({ apiKey: keys.clerk, baseUrl: url }).revokeToken('sit_made_up'));
    expect(error).toBeInstanceOf(TokenNotPendingError);
    expect(error).toMatchObject({ code: 'token_not_pending', status: 400, operation: 'revokeToken', retryable: false });
    expect(requests).toHaveLength(1);
  });

  it.each([500, 401, 400])(
    'takes its word "not pending" for what it is only in a 400 of a revocation: %i',
    async (status) => {
      const { body } = fixture('clerk/error.400.not-pending');
      const { url } = await startServer(answers({ status, body }));
      const options = { baseUrl: url, retry: 0 };
      const code = { 500: 'server_error', 401: 'unauthorized', 400: 'bad_request' }[status];
      expect(await failureOf(issueOperations.clerk.prepare(options).call())).toMatchObject({ code, status });
      const revoking = createClerk({ apiKey: keys.clerk, ...options }).revokeToken('sit_made_up');
      const expected = status === 400 ? 'token_not_pending' : code;
      expect(await failureOf(revoking)).toMatchObject({ code: expected, status });
    },
  );

  it('takes no other 400 of a revocation for one of a token that is not pending', async () => {
    const body = { errors: [{ code: 'form_param_invalid', message: 'no' }] };
    const { url } = await startServer(answers({ status: 400, body }));
    const error = await failureOf(createClerk({ apiKey: keys.clerk, baseUrl: url }).revokeToken('sit_made_up'));
    expect(error).toMatchObject({ code: 'bad_request', providerCode: 'form_param_invalid' });
  });

  it('takes the id of a request from the header where the body has none', async () => {
    const headers = { 'cf-ray': 'made-up-ray' };
    const { url } = await startServer(answers({ status: 404, headers, body: { errors: [] } }));
    const error = await failureOf(issueOperations.clerk.prepare({ baseUrl: url }).call());
    expect(error).toMatchObject({ requestId: 'made-up-ray' });
  });

  it('says how long to wait', async () => {
    expect(await failureFor('clerk', 'error.429')).toMatchObject({ code: 'rate_limited', retryAfter: 7 });
  });
});

it.each(['junction', 'sfox'] as const)('%s: takes the id of a request from x-request-id', async (provider) => {
  const { url } = await startServer(answers({ status: 404, headers: { 'x-request-id': 'made-up-id' }, body: {} }));
  const error = await failureOf(issueOperations[provider].prepare({ baseUrl: url }).call());
  expect(error).toMatchObject({ requestId: 'made-up-id' });
});

describe('an id is no secret, whatever its form', () => {
  const userId = `user_${'2abcdefghi'.repeat(4)}`;
  const traceId = 'deadbeef'.repeat(6);

  it('of a user or of a request: an error shows it, and nothing of that form beside it', async () => {
    const other = '3abcdefghi'.repeat(4);
    const body = {
      errors: [{ message: `no ${userId} in ${traceId}, but ${other}`, code: 'made_up' }],
      clerk_trace_id: traceId,
    };
    const { url } = await startServer(answers({ status: 422, body }));
    const error = await failureOf(createClerk({ apiKey: keys.clerk, baseUrl: url }).issueToken(userId));
    expect(error).toMatchObject({
      requestId: traceId,
      providerMessage: `no ${userId} in ${traceId}, but [redacted]`,
    });
  });
});

it('names every field of an answer that is missing', async () => {
  const { url } = await startServer(answers({ status: 200, body: { id: 'sit_1', user_id: 'user_1' } }));
  const error = await failureOf(createClerk({ apiKey: keys.clerk, baseUrl: url }).issueToken('user_1'));
  expect(error.message).toContain('but `status`, `created_at`, `updated_at` is missing or has the wrong form.');
});
