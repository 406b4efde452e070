import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createClerk } from '../../src/index.js';
import { failureOf } from '../support/failures.js';
import { issueOperations, keys } from '../support/operations.js';
import { useVirtualTime } from '../support/virtual-time.js';

useVirtualTime();

beforeEach(() => {
  // The shortest backoffs: 250 ms, 500 ms, 1 s.
  vi.spyOn(Math, 'random').mockReturnValue(0);
});

/** What settles never, and does not listen to an abort either. */
const never = () => new Promise<never>(() => undefined);
const wait = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
const answer = (status: number, headers = {}) => Promise.resolve(new Response('{}', { status, headers }));

const baseUrl = 'https://provider.invalid';
const { prepare } = issueOperations.clerk;

/** How many milliseconds an action takes. In virtual time, that is what it waits for and not what it computes. */
async function timeOf(action: Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action;
  return performance.now() - start;
}

describe('rule 3: one deadline', () => {
  it('over attempts and the waits between them', async () => {
    const fetch = vi.fn(never);
    const call = failureOf(prepare({ baseUrl, fetch }).call({ timeout: 3_400, attemptTimeout: 500, retry: 1_000 }));
    expect(await timeOf(call)).toBe(3_400);
    expect(await call).toMatchObject({ code: 'timeout', timeout: 3_400 });
    expect(fetch).toHaveBeenCalledTimes(4);
  });

  it('is not waited for if a redirect has a body: it is let go of', async () => {
    const cancel = vi.fn();
    const fetch = () => Promise.resolve(new Response(new ReadableStream({ cancel }), { status: 302 }));
    const call = failureOf(prepare({ baseUrl, fetch }).call());
    expect(await timeOf(call)).toBe(0);
    expect(await call).toMatchObject({ code: 'unexpected_status', status: 302 });
    expect(cancel).toHaveBeenCalledTimes(1);
  });

  it.each([
    // The whole call names the method that was called, an attempt the request.
    [{ timeout: 500, attemptTimeout: 500 }, 'issueTokens', 'timeout'],
    [{ timeout: 600, attemptTimeout: 500, retry: 0 }, 'issueToken', 'attemptTimeout'],
  ])('in bulk %j: %s', async (options, operation, limit) => {
    const { issueTokens } = createClerk({ apiKey: keys.clerk, baseUrl, fetch: never });
    const [outcome] = await issueTokens(['user_1'], options);
    const expected = { code: 'timeout', operation, timeout: 500, message: expect.stringContaining(limit) as string };
    expect(outcome).toMatchObject({ status: 'rejected', reason: expected });
  });

  it('over a `fetch` that never settles and does not listen', async () => {
    const call = failureOf(prepare({ baseUrl, fetch: never }).call({ timeout: 100 }));
    expect(await timeOf(call)).toBe(100);
    expect(await call).toMatchObject({ code: 'timeout' });
  });

  it('over a body that never ends and does not listen, which is let go of', async () => {
    const cancel = vi.fn();
    const fetch = () => Promise.resolve(new Response(new ReadableStream({ cancel })));
    const call = failureOf(prepare({ baseUrl, fetch }).call({ timeout: 100 }));
    expect(await timeOf(call)).toBe(100);
    expect(await call).toMatchObject({ code: 'timeout', timeout: 100, retryable: true });
    expect(cancel).toHaveBeenCalledTimes(1);
  });

  it.each<[string, unknown]>([
    ['returns nothing', () => undefined],
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
    ['is missing', undefined],
  ])('over a body with a reader of its own, whose `cancel` %s', async (_, cancel) => {
    const body = { locked: false, getReader: () => ({ read: never, cancel }) };
    const fetch = () => Promise.resolve({ status: 200, headers: new Headers(), body } as unknown as Response);
    const call = failureOf(prepare({ baseUrl, fetch }).call({ timeout: 100 }));
    expect(await timeOf(call)).toBe(100);
    expect(await call).toMatchObject({ code: 'timeout' });
    const controller = new AbortController();
    setTimeout(() => {
      controller.abort('enough');
    }, 50);
    await expect(prepare({ baseUrl, fetch }).call({ signal: controller.signal })).rejects.toBe('enough');
  });

  it('also if an answer comes too late: it is let go of', async () => {
    const cancel = vi.fn();
    const fetch = async () => {
      await wait(100);
      return new Response(new ReadableStream({ cancel }));
    };
    const call = failureOf(prepare({ baseUrl, fetch }).call({ timeout: 30 }));
    expect(await timeOf(call)).toBe(30);
    expect(cancel).not.toHaveBeenCalled();
    await wait(100);
    expect(cancel).toHaveBeenCalledTimes(1);
  });

  it.each([
    [{ timeout: 100 }, 100, /within `timeout`, 100 ms/],
    [{ attemptTimeout: 100, retry: 0 }, 100, /within `attemptTimeout`, 100 ms/],
    // The shortest waits there are, between three attempts.
    [{ attemptTimeout: 100 }, 100 + 250 + 100 + 500 + 100, /within `attemptTimeout`, 100 ms/],
  ])(
    'over a key function that never settles: %j, and says that it was the function',
    async (options, time, problem) => {
      const fetch = vi.fn(never);
      const call = failureOf(prepare({ baseUrl, apiKey: never, fetch }).call(options));
      expect(await timeOf(call)).toBe(time);
      const error = await call;
      expect(error).toMatchObject({ name: 'CredentialError', code: 'api_key_unavailable', retryable: true });
      expect((error.cause as Error).message).toMatch(problem);
      expect(fetch).not.toHaveBeenCalled();
    },
  );

  it('and counts what is left of it, before it waits', async () => {
    const fetch = vi.fn(async () => {
      await wait(300);
      return answer(503, { 'retry-after': '9' });
    });
    const call = failureOf(prepare({ baseUrl, fetch }).call({ timeout: 9_200 }));
    expect(await timeOf(call)).toBe(300);
    expect(await call).toMatchObject({ code: 'server_error', retryAfter: 9 });
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it('tells what went wrong before the time ran out', async () => {
    const fetch = vi.fn<() => Promise<Response>>(never).mockImplementationOnce(() => answer(503));
    const call = failureOf(prepare({ baseUrl, fetch }).call({ timeout: 2_500 }));
    expect(await timeOf(call)).toBe(2_500);
    expect(await call).toMatchObject({ code: 'timeout', cause: { code: 'server_error', status: 503 } });
  });

  it('lets a client choose it, and a call overrule it', async () => {
    const { call } = prepare({ baseUrl, fetch: never, timeout: 100 });
    expect(await timeOf(failureOf(call()))).toBe(100);
    expect(await timeOf(failureOf(call({ timeout: 50 })))).toBe(50);
  });
});

it('rule 3: each attempt has a time of its own, and says so where none is left', async () => {
  const fetch = vi.fn(never);
  const call = failureOf(prepare({ baseUrl, fetch, attemptTimeout: 500, retry: 1 }).call());
  expect(await timeOf(call)).toBe(500 + 250 + 500);
  expect(await call).toMatchObject({ code: 'timeout', timeout: 500 });
  expect(fetch).toHaveBeenCalledTimes(2);
});

it('rule 4: repeats what may pass after growing waits', async () => {
  const fetch = vi.fn(() => answer(503));
  expect(await timeOf(failureOf(prepare({ baseUrl, fetch }).call()))).toBe(250 + 500);
  expect(fetch).toHaveBeenCalledTimes(3);
});

it.each([
  ['a key function', { apiKey: never, fetch: never }],
  ['a `fetch`', { fetch: never }],
])('rule 3: is aborted at once, with the reason untouched, while %s does not settle', async (_, options) => {
  const controller = new AbortController();
  const reason = { why: 'the user went away' };
  setTimeout(() => {
    controller.abort(reason);
  }, 50);
  const call = prepare({ baseUrl, ...options }).call({ signal: controller.signal });
  expect(await timeOf(expect(call).rejects.toBe(reason))).toBe(50);
});

it('rule 3: is aborted at once, also if `fetch` itself aborts it and does not settle', async () => {
  const controller = new AbortController();
  const fetch = () => {
    controller.abort('enough');
    return never();
  };
  const call = prepare({ baseUrl, fetch }).call({ signal: controller.signal });
  expect(await timeOf(expect(call).rejects.toBe('enough'))).toBe(0);
});
