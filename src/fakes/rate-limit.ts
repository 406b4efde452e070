import type { FakeRateLimit, FakeWorld } from './contract.js';

/** Counts requests against a limit, in windows; says how many seconds are left to wait for what exceeds it. */
export function createRateCounter(world: FakeWorld, pauseInSeconds: number | undefined) {
  let limit: FakeRateLimit | undefined;
  let windowEnd = 0;
  let pausedUntil = 0;
  let counted = 0;
  return {
    limit(rateLimit?: FakeRateLimit): void {
      limit = rateLimit;
      windowEnd = pausedUntil = counted = 0;
    },
    count(): number | undefined {
      if (limit === undefined) return undefined;
      const now = world.now();
      if (now >= pausedUntil) {
        if (now >= windowEnd) {
          windowEnd = now + limit.seconds * 1000;
          counted = 0;
        }
        counted += 1;
        if (counted <= limit.requests) return undefined;
        pausedUntil = pauseInSeconds === undefined ? windowEnd : now + pauseInSeconds * 1000;
      }
      return Math.ceil((pausedUntil - now) / 1000);
    },
  };
}
