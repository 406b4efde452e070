import { vi } from 'vitest';

const macrotask = () => new Promise((resolve) => setImmediate(resolve));

/** Runs work on a clock that jumps from timer to timer, and returns what it came to and how many seconds went by. */
export async function inVirtualTime<T>(
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly seconds: number }> {
  vi.useFakeTimers({
    toFake: ['performance', 'Date', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
  });
  try {
    const start = performance.now();
    const state = { isDone: false };
    const running = work().finally(() => (state.isDone = true));
    // Whoever waits for it is below; until then a failure is not unhandled.
    running.catch(() => undefined);
    for (let idle = 0; !state.isDone;) {
      // A body is read in several steps of the event loop.
      for (let step = 0; step < 5; step += 1) await macrotask();
      if (vi.getTimerCount() > 0) vi.advanceTimersToNextTimer();
      else if (++idle > 1_000) throw new Error('Nothing is left to wait for, and the work has not ended.');
    }
    return { value: await running, seconds: (performance.now() - start) / 1000 };
  } finally {
    vi.useRealTimers();
  }
}
