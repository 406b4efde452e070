import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import {
  createClerk,
  createIssuer,
  createSfox,
  type IssuedToken,
  type IssueOutcome,
  outcomeFromJSON,
} from '../../src/index.js';
import { createTokenEndpoint } from '../../src/endpoint/index.js';
import { Window } from '../../src/limits/window.js';
import { createFakeProviders } from '../../src/testing/index.js';
import { failureOf } from '../support/failures.js';
import { collectGarbage } from '../support/garbage.js';
import { judgedIssueOperations, optionsOf } from '../support/operations.js';
import { judged, subjects } from '../support/subjects/index.js';

const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

async function heapAfter(action: () => Promise<void>): Promise<number> {
  await action();
  // Twice, with a turn of the event loop between: what a finalizer lets go of goes with the second.
  for (let round = 0; round < 2; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    collectGarbage();
  }
  return process.memoryUsage().heapUsed;
}

/** By how many bytes the heap grows if something is done so many times, after it was done a few times already. */
async function growthOf(work: (times: number) => Promise<void>, first: number, times: number): Promise<number> {
  const before = await heapAfter(() => work(first));
  return (await heapAfter(() => work(times))) - before;
}

it.each(judgedIssueOperations)(
  'rule 3: $name: 10,000 calls on one signal leave nothing behind',
  async ({ prepare, success }) => {
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on('warning', note);
    const { signal } = new AbortController();
    let count = 0;
    const failures = [
      () => Promise.reject(new TypeError('fetch failed')),
      () => Promise.resolve(new Response('{}', { status: 404 })),
      () => Promise.resolve(new Response('<html>')),
    ];
    const fetch = () => {
      count += 1;
      return count % 4 === 0
        ? Promise.resolve(Response.json(success.body, { status: success.status }))
        : failures[count % 4]!();
    };
    const { call } = prepare({ baseUrl: 'https://provider.invalid', fetch, retry: 0 });
    const work = async (calls: number) => {
      for (let made = 0; made < calls; made += 100) {
        await Promise.allSettled(Array.from({ length: 100 }, () => call({ signal })));
      }
    };

    const timersBefore = timers();
    const growth = await growthOf(work, 2_000, 10_000);
    process.off('warning', note);

    expect(count).toBe(12_000);
    expect(growth).toBeLessThan(1_500_000);
    expect(timers()).toBeLessThanOrEqual(timersBefore);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(warnings).toEqual([]);
  },
  // So many calls take what the machine likes.
  300_000,
);

const outcomes: readonly (readonly [string, (success: { body: unknown; status: number }) => Promise<Response>])[] = [
  ['token', ({ body, status }) => Promise.resolve(Response.json(body, { status }))],
  ['error of a status', () => Promise.resolve(Response.json({ error: 'made-up' }, { status: 422 }))],
  ['error of a wrong answer', () => Promise.resolve(Response.json([]))],
];

describe.each(judgedIssueOperations)('$name', ({ prepare, success }) => {
  it.each(outcomes)('a %s that is kept does not keep the answer or the signal of its call', async (_name, answer) => {
    const made: WeakRef<object>[] = [];
    const fetch = async (_url: string, { signal }: RequestInit) => {
      const response = await answer({ body: success.body, status: success.status });
      made.push(new WeakRef(response), new WeakRef(signal!));
      return response;
    };
    const { call } = prepare({ baseUrl: 'https://provider.invalid', fetch, retry: 0 });
    const [kept] = await Promise.allSettled([call()]);
    expect(made.map((ref) => ref.deref() !== undefined)).toEqual([true, true]);
    await heapAfter(() => Promise.resolve());
    expect(made.map((ref) => ref.deref())).toEqual([undefined, undefined]);
    expect(kept).toMatchObject({ status: expect.stringMatching(/^(fulfilled|rejected)$/) as string });
  });
});

/** What is kept of an action, and what of the objects that it made is still there after a garbage collection. */
async function keptOf<T>(action: (note: <O extends object>(made: O) => O) => Promise<T>): Promise<[T, unknown[]]> {
  const made: WeakRef<object>[] = [];
  const kept = await action((object) => {
    made.push(new WeakRef(object));
    return object;
  });
  await heapAfter(() => Promise.resolve());
  expect(made.length).toBeGreaterThan(0);
  return [kept, made.flatMap((ref) => ref.deref() ?? [])];
}

describe.each(judged)('%s in bulk', (provider) => {
  const { userId, target } = subjects[provider];

  it.each([
    ['is refused', 422, (): readonly string[] => [userId(1), userId(2)]],
    ['cannot be sent', 200, (): readonly string[] => ['', userId(2)]],
  ])('an error that is kept, of a user who %s, keeps neither the ids nor the answers', async (_, status, makeIds) => {
    const [outcome, left] = await keptOf(async (note) => {
      const fetch = () => Promise.resolve(note(Response.json({ made: 'up' }, { status })));
      const issuer = createIssuer(provider, { ...optionsOf(provider), ...target, fetch, retry: 0 });
      const [first] = await issuer.issueTokens(note(makeIds()));
      return first;
    });
    expect(outcome).toMatchObject({ status: 'rejected' });
    expect(left).toEqual([]);
  });

  it('a timeout that is kept does not keep the answer before it', async () => {
    const [error, left] = await keptOf((note) => {
      const answers = [() => Promise.resolve(note(Response.json({ made: 'up' }, { status: 500 })))];
      const fetch = () => answers.shift()?.() ?? new Promise<Response>(() => undefined);
      const issuer = createIssuer(provider, {
        ...optionsOf(provider),
        ...target,
        fetch,
        attemptTimeout: 200,
        retry: 1,
      });
      return failureOf(issuer.issueToken(userId(1)));
    });
    expect(error).toMatchObject({ code: 'timeout', cause: { code: 'server_error' } });
    expect(left).toEqual([]);
  });
});

describe('a batch of sFOX', () => {
  const entry = (id: string) => ({ partner_user_id: id, token: `made-up-${id}`, expires: '2099-01-01T00:00:00Z' });

  async function issue(note: <O extends object>(made: O) => O) {
    const fetch = () => Promise.resolve(note(Response.json({ data: [entry('a'), entry('b')] })));
    const { issueTokens } = createSfox({ apiKey: 'made-up-key', environment: 'sandbox', fetch, rateLimit: false });
    return issueTokens(['a', 'b', 'c']);
  }

  it('lets go of the tokens of others, if one is kept', async () => {
    const [kept, left] = await keptOf(async (note) => {
      const [a, b] = await issue(note);
      note((b as { value: IssuedToken }).value.raw as object);
      return a;
    });
    expect(kept).toMatchObject({ status: 'fulfilled', userId: 'a' });
    expect(left).toEqual([]);
  });

  it('lets go of everything else, if the error of one is kept', async () => {
    const [kept, left] = await keptOf(async (note) => {
      const [a, , c] = await issue(note);
      note((a as { value: IssuedToken }).value.raw as object);
      return c;
    });
    expect(kept).toMatchObject({ status: 'rejected', reason: { code: 'not_issued' } });
    expect(left).toEqual([]);
  });
});

it.each([
  [
    'outcomes from JSON with ever new fields',
    20_000,
    (index: number) => {
      const value = { provider: 'clerk', userId: 'u', [`f${String(index)}_token`]: 'x' };
      const restored: IssueOutcome<never> | object | undefined = outcomeFromJSON({
        index: 0,
        userId: 'u',
        status: 'fulfilled',
        value,
      });
      if (restored === undefined) throw new Error('It was not restored.');
    },
  ],
  [
    'clients of sFOX at ever new hosts',
    3_000,
    (index: number) => void createSfox({ apiKey: 'made-up-key', baseUrl: `https://host-${String(index)}.invalid` }),
  ],
  ['clients of Clerk', 3_000, () => void createClerk({ apiKey: 'sk_test_made-up' })],
])('%s leave nothing behind', async (_, count, act) => {
  let index = 0;
  const run = (times: number) => {
    for (const end = index + times; index < end; index += 1) act(index);
    return Promise.resolve();
  };
  expect(await growthOf(run, 2_000, count)).toBeLessThan(1_500_000);
});

it("what the fakes keep of a user's token does not grow with the request for it", async () => {
  const { fetch } = createFakeProviders({ keep: 100 });
  const url = 'https://api.sandbox.eu.junction.com/v2/user/6f3c0d4e-8a51-4c1b-9b7e-2f1d7a90c3aa/sign_in_token';
  const body = 'x'.repeat(200_000);
  const issue = async (times: number) => {
    for (let made = 0; made < times; made += 1) {
      const response = await fetch(url, { method: 'POST', headers: { 'x-vital-api-key': 'sk_eu_made-up' }, body });
      expect(response.status).toBe(200);
      await response.text();
    }
  };
  expect(await growthOf(issue, 2, 100)).toBeLessThan(3_000_000);
});

it('a Response that `authorize` returns every time leaves nothing behind', async () => {
  const shared = Response.json({ error: 'not you' }, { status: 403 });
  const endpoint = createTokenEndpoint({
    issuer: () => createClerk({ apiKey: 'sk_test_made-up' }),
    authorize: () => shared,
  });
  const ask = async (times: number) => {
    for (let asked = 0; asked < times; asked += 1) {
      const response = await endpoint(new Request('https://app.invalid/token', { method: 'POST' }));
      expect([response.status, await response.json()]).toEqual([403, { error: 'not you' }]);
    }
  };
  expect(await growthOf(ask, 2_000, 12_000)).toBeLessThan(800_000);
});

it.each([
  ['ended', (place: ReturnType<Window['count']>) => place.end('answered')],
  ['dropped', () => undefined],
])('a limit for which single calls do not wait remembers no more of them than it allows: %s', async (_, end) => {
  const window = new Window({ requests: 10, perSeconds: 3_600 });
  const work = (calls: number) => {
    for (let made = 0; made < calls; made += 1) {
      end(window.count({ provider: 'sfox', priority: 'single', leaseMilliseconds: 0 }));
    }
    return Promise.resolve();
  };
  expect(await growthOf(work, 1_000, 100_000)).toBeLessThan(1_000_000);
});
