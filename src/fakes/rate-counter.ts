import type { CheckedRateLimit } from './check.js';

/** Counts requests against a limit, in windows that begin with their first request. */
export interface RateCounter {
  /** Counts a request. Returns the seconds left to wait if it exceeds the limit. */
  readonly count: (limit: CheckedRateLimit, now: number) => number | undefined;
}

/** @param penaltySeconds - For how long every request is refused after an excess. Default: until the window ends. */
export function createRateCounter(penaltySeconds: number | undefined): RateCounter {
  let windowEnd = -Infinity;
  let pausedUntil = -Infinity;
  let counted = 0;
  let countedAt = -Infinity;
  return {
    count(limit, now) {
      // After the clock was set back, a window or a penalty could last for years.
      if (now < countedAt) windowEnd = pausedUntil = -Infinity;
      countedAt = now;
      if (now >= pausedUntil) {
        if (now >= windowEnd) {
          windowEnd = now + limit.perSeconds * 1000;
          counted = 0;
        }
        counted += 1;
        if (counted <= limit.requests) return undefined;
        const penalty = limit.penaltySeconds ?? penaltySeconds;
        pausedUntil = penalty === undefined ? windowEnd : now + penalty * 1000;
      }
      return Math.ceil((pausedUntil - now) / 1000);
    },
  };
}
