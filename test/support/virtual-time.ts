import { afterEach, beforeAll, beforeEach, vi } from 'vitest';

/**
 * Time is virtual in all tests of a file. It stands still while something is at work, and jumps to the next timer if all
 * that is left to do is to wait: a pause of a minute costs nothing, and a busy machine makes nobody late.
 */
export function useVirtualTime(): void {
  let stop: () => Promise<void>;

  // Loaded when a call is first repeated, which takes as long as the machine likes.
  beforeAll(() => import('../../src/http/ky.js'));

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
    // Without it, the fakes let others run first by a timer.
    vi.stubGlobal('MessageChannel', undefined);
    const isSigning = watchSigning();
    const end = new AbortController();
    const passing = (async () => {
      while (!end.signal.aborted) {
        await new Promise((resolve) => setImmediate(resolve));
        if (!isSigning()) await vi.advanceTimersToNextTimerAsync();
      }
    })();
    stop = () => {
      end.abort();
      return passing;
    };
  });

  afterEach(async () => {
    await stop();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });
}

/** Tells whether the fakes are signing: on another thread, which takes as long as the machine likes. */
function watchSigning(): () => boolean {
  let underWay = 0;
  for (const name of ['generateKey', 'sign'] as const) {
    const original = crypto.subtle[name].bind(crypto.subtle) as (...args: unknown[]) => Promise<unknown>;
    const watched = async (...args: unknown[]) => {
      underWay += 1;
      try {
        return await original(...args);
      } finally {
        underWay -= 1;
      }
    };
    vi.spyOn(crypto.subtle, name).mockImplementation(watched as never);
  }
  return () => underWay > 0;
}
