import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { judgedIssueOperations } from '../support/operations.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

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
    const before = await heapAfter(() => work(2_000));
    const after = await heapAfter(() => work(10_000));
    process.off('warning', note);

    expect(count).toBe(12_000);
    expect(after - before).toBeLessThan(1_500_000);
    expect(timers()).toBeLessThanOrEqual(timersBefore);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(warnings).toEqual([]);
  },
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
