import { describe, expect, it, vi } from 'vitest';
import type { RateLimitAnswer, RateLimitResult } from '../../src/index.js';
import { Window } from '../../src/limits/window.js';
import { useVirtualTime } from '../support/virtual-time.js';

useVirtualTime();

const wait = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
const take = (window: Window, priority: 'single' | 'bulk') =>
  window.take({ provider: 'sfox', priority, leaseMilliseconds: 60_000 });
const end = (answer: RateLimitAnswer, result: RateLimitResult, retryAfterSeconds?: number) => {
  expect(answer.granted).toBe(true);
  if (answer.granted) answer.end(result, retryAfterSeconds);
};
const retryOf = (answer: RateLimitAnswer) => (answer.granted ? 0 : answer.retryInMilliseconds);

/** How many of a hundred requests of a bulk call get a place. */
const bulkPlaces = (window: Window) =>
  Array.from({ length: 100 }, () => take(window, 'bulk')).filter(({ granted }) => granted).length;

describe('what bulk leaves to single calls', () => {
  it('nothing, as long as there are none', () => {
    expect(bulkPlaces(new Window({ requests: 100, perSeconds: 1 }))).toBe(100);
  });

  it('after a window, as many places as they took in it, and a few more', async () => {
    const window = new Window({ requests: 100, perSeconds: 1 });
    for (let call = 0; call < 3; call += 1) take(window, 'single');
    end(take(window, 'single'), 'answered');
    await wait(3_000);
    // Three are under way, three more are expected, and two are spare. The place of the fourth is free again.
    expect(bulkPlaces(window)).toBe(95);
  });

  it.each([
    ['one so far', 0],
    ['another after half a window', 1_010],
  ])('before that, by their pace since the first of them: %s', async (_, after) => {
    const window = new Window({ requests: 100, perSeconds: 2 });
    await wait(5_000);
    take(window, 'single');
    if (after > 0) {
      await wait(after);
      take(window, 'single');
    }
    // At most four in a window, since they count as watched for half a second at least; and two are spare.
    expect(bulkPlaces(window)).toBe(100 - 4 - 2);
  });

  it('nothing again, one window after the last of them', async () => {
    const window = new Window({ requests: 100, perSeconds: 1 });
    end(take(window, 'single'), 'answered');
    await wait(1_000);
    expect(bulkPlaces(window)).toBe(100);
  });

  it('all but one', () => {
    const window = new Window({ requests: 3, perSeconds: 60 });
    take(window, 'single');
    expect(bulkPlaces(window)).toBe(1);
  });
});

it('who finds no place is told when the one is free that it needs, and gets it then', async () => {
  const window = new Window({ requests: 3, perSeconds: 60 });
  const [first, second] = [take(window, 'bulk'), take(window, 'bulk')];
  take(window, 'single');
  // Nobody knows when these end: it asks again after a window.
  expect(retryOf(take(window, 'bulk'))).toBe(60_000);
  end(first, 'answered');
  await wait(2_000);
  end(second, 'answered');
  expect(retryOf(take(window, 'single'))).toBe(58_000);
  // The first of them is left to single calls.
  expect(retryOf(take(window, 'bulk'))).toBe(60_000);
  await wait(58_000);
  expect(take(window, 'single')).toMatchObject({ granted: true });
});

it('a place whose end is never told is free one window after its lease', async () => {
  const window = new Window({ requests: 1, perSeconds: 10 });
  take(window, 'bulk');
  await wait(60_000);
  expect(retryOf(take(window, 'bulk'))).toBe(10_000);
  await wait(10_000);
  expect(take(window, 'bulk')).toMatchObject({ granted: true });
});

it('also if nobody asked at the end of the lease, and others end meanwhile', async () => {
  const window = new Window({ requests: 2, perSeconds: 10 });
  take(window, 'bulk');
  await wait(30_000);
  const second = take(window, 'bulk');
  await wait(35_000);
  end(second, 'answered');
  await wait(5_000);
  expect(bulkPlaces(window)).toBe(1);
});

it('also if it was held back by a longer lease: nobody is told to come back in the past', async () => {
  const window = new Window({ requests: 3, perSeconds: 10 });
  const lasting = (leaseMilliseconds: number) => window.take({ provider: 'sfox', priority: 'bulk', leaseMilliseconds });
  const long = lasting(60_000);
  lasting(5_000);
  const other = take(window, 'single');
  await wait(29_000);
  end(other, 'answered');
  await wait(1_000);
  end(long, 'answered');
  await wait(1_000);
  // One place is left to single calls, so that it needs the second one that will be free.
  expect(retryOf(take(window, 'bulk'))).toBe(8_000);
});

it('an end that is told twice counts once', async () => {
  const window = new Window({ requests: 2, perSeconds: 10 });
  const [first] = [take(window, 'bulk'), take(window, 'bulk')];
  end(first, 'answered');
  end(first, 'answered');
  end(first, 'refused', 60);
  await wait(10_000);
  expect(bulkPlaces(window)).toBe(1);
});

it.each(['answered', 'unanswered'] as const)(
  '%s, a request keeps its place for a window, without a penalty',
  (result) => {
    const window = new Window({ requests: 1, perSeconds: 10, penaltySeconds: 40 });
    end(take(window, 'single'), result);
    expect(retryOf(take(window, 'single'))).toBe(10_000);
  },
);

it('a refusal gives the place back, and begins no penalty if none is known', () => {
  const window = new Window({ requests: 1, perSeconds: 10 });
  end(take(window, 'single'), 'refused');
  expect(take(window, 'single')).toMatchObject({ granted: true });
});

it('nobody makes a penalty shorter, and a single call waits for it, too', async () => {
  const window = new Window({ requests: 3, perSeconds: 10, penaltySeconds: 40 });
  const [first, second, third] = [take(window, 'bulk'), take(window, 'bulk'), take(window, 'bulk')];
  end(first, 'refused');
  end(second, 'refused', 2);
  await wait(5_000);
  expect(retryOf(take(window, 'single'))).toBe(35_000);
  end(third, 'refused', 50);
  expect(retryOf(take(window, 'single'))).toBe(50_000);
});

it('what an earlier test left behind is dropped if the clock of a test goes back', async () => {
  const window = new Window({ requests: 3, perSeconds: 10 });
  await wait(1_000);
  end(take(window, 'single'), 'answered');
  window.take({ provider: 'sfox', priority: 'bulk', leaseMilliseconds: 1_000 });
  end(take(window, 'single'), 'refused', 60);
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  expect(performance.now()).toBe(0);
  expect(bulkPlaces(window)).toBe(3);
  expect(retryOf(take(window, 'bulk'))).toBe(10_000);
  await wait(3_000);
  expect(bulkPlaces(window)).toBe(0);
  await wait(10_000);
  expect(bulkPlaces(window)).toBe(0);
});

describe('requests that are sent in any case', () => {
  it('are all counted while they are under way, and a window longer', async () => {
    const window = new Window({ requests: 1, perSeconds: 10 });
    const request = { provider: 'sfox', priority: 'single', leaseMilliseconds: 60_000 } as const;
    const answers = [window.count(request), window.count(request)];
    await wait(20_000);
    expect(retryOf(take(window, 'bulk'))).toBe(10_000);
    for (const answer of answers) end(answer, 'answered');
    expect(retryOf(take(window, 'bulk'))).toBe(10_000);
    await wait(10_000);
    expect(take(window, 'bulk')).toMatchObject({ granted: true });
  });

  it('all give their places back one window after the lease of calls whose end is never told', async () => {
    const window = new Window({ requests: 3, perSeconds: 10 });
    const request = { provider: 'sfox', priority: 'single', leaseMilliseconds: 60_000 } as const;
    for (let call = 0; call < 3; call += 1) window.count(request);
    await wait(60_000);
    end(window.count(request), 'answered');
    await wait(10_000);
    expect(bulkPlaces(window)).toBe(3);
  });
});
