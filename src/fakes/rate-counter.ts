import type { CheckedRateLimit } from './check.js';

/**
 * Counts a request against a limit, in windows that begin with their first request. Returns the seconds left to wait if it
 * exceeds the limit.
 */
export type RateCounter = (limit: CheckedRateLimit, now: number) => number | undefined;

export function createRateCounter(): RateCounter {
  let windowEnd = -Infinity;
  let pausedUntil = -Infinity;
  let counted = 0;
  let countedAt = -Infinity;
  return ({ requests, perSeconds, penaltySeconds }, now) => {
    // After the clock was set back, a window or a penalty could last for years.
    if (now < countedAt) windowEnd = pausedUntil = -Infinity;
    countedAt = now;
    if (now >= pausedUntil) {
      if (now >= windowEnd) {
        windowEnd = now + perSeconds * 1000;
        counted = 0;
      }
      counted += 1;
      if (counted <= requests) return undefined;
      pausedUntil = penaltySeconds === undefined ? windowEnd : now + penaltySeconds * 1000;
    }
    return Math.ceil((pausedUntil - now) / 1000);
  };
}
