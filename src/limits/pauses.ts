type Priority = 'single' | 'bulk';

/**
 * How an attempt ended: with an ordinary answer, a 429 (`refused`), a 503 (`unavailable`), another failure of the provider
 * (`failed`), without an answer, or before it was sent.
 */
export type TurnResult = 'answered' | 'refused' | 'unavailable' | 'failed' | 'unanswered' | 'unsent';

/** An attempt in flight. */
interface PacedAttempt {
  /** The number of pauses before it began. */
  readonly countBefore: number;
}

const firstShare = 0.95;
/** The first guess of how long refusals go on. */
const firstPause = 500;
const leastPause = 20;
/** After so long without a request, the learned length of pauses is forgotten. */
const memory = 60_000;

/**
 * Adapts to a limit that is not known, or that others use as well, from refusals (429 and 503): a pause after a refusal, then
 * slow start. Times are in milliseconds.
 */
export function createPauses() {
  /** The number of pauses so far: an attempt that began before the last one says nothing about the rate after it. */
  let count = 0;
  const lengths = createGuess();
  // Slow start: one request after a refusal, then one more with each answer.
  let allowed = Infinity;
  /** The bulk attempts in flight that began since the last pause, and the end of the lease of each. */
  const underWay = new Map<PacedAttempt, number>();
  let bulkUntil = 0;
  let singleUntil = 0;

  /** @param isRate - Whether it was a 429, which pauses single calls as well. */
  function refuse({ countBefore }: PacedAttempt, retryAfterSeconds: number | undefined, isRate: boolean): number {
    const now = performance.now();
    lengths.forgetOld(now, bulkUntil);
    // Requests that were in flight together are refused together: that is one pause.
    const isNew = countBefore === count;
    if (isNew) {
      count += 1;
      allowed = 1;
      underWay.clear();
      lengths.refuse(now);
    }
    let pause = isNew ? lengths.next(now) : bulkUntil - now;
    // `Retry-After` counts, but if the provider repeats a short one, the pause grows with the time that it has refused.
    if (retryAfterSeconds !== undefined)
      pause = Math.max(retryAfterSeconds * 1000, lengths.waited(now) / 10, leastPause);
    // Jitter: processes that were refused together should not come back together.
    else if (isNew) pause *= 1 + Math.random() / 20;
    bulkUntil = Math.max(bulkUntil, now + pause);
    if (isRate) singleUntil = Math.max(singleUntil, now + pause);
    // Not below 0: an attempt may have been under way for longer than the pause.
    return Math.max(0, bulkUntil - now);
  }

  function succeed({ countBefore }: PacedAttempt): void {
    lengths.noteWork();
    if (countBefore !== count) return;
    lengths.succeed(bulkUntil);
    allowed += 1;
  }

  return {
    /** The end of the pause for requests of that priority. */
    until: (priority: Priority) => (priority === 'single' ? singleUntil : bulkUntil),
    /** Whether another bulk request may be in flight. */
    hasRoom(): boolean {
      if (underWay.size >= allowed)
        for (const [attempt, until] of underWay) if (until <= performance.now()) underWay.delete(attempt);
      return underWay.size < Math.floor(allowed);
    },
    /** Called when an attempt begins. After `leaseMilliseconds` without an end, it counts as ended. */
    begin(priority: Priority, leaseMilliseconds: number): PacedAttempt {
      const attempt = { countBefore: count };
      if (priority === 'bulk') underWay.set(attempt, performance.now() + leaseMilliseconds);
      return attempt;
    },
    /** Called when an attempt has ended. Returns the length of the pause; 0 unless it was refused. */
    end(attempt: PacedAttempt, result: TurnResult, retryAfterSeconds: number | undefined): number {
      underWay.delete(attempt);
      if (result === 'answered') succeed(attempt);
      if (result !== 'refused' && result !== 'unavailable') return 0;
      return refuse(attempt, retryAfterSeconds, result === 'refused');
    },
    /** Pauses bulk calls without a refused attempt, because the user's limiter failed. */
    interrupt: () => void refuse({ countBefore: count }, undefined, false),
  };
}

/** Estimates how long a provider without `Retry-After` keeps refusing, from how long it did before. */
function createGuess() {
  let refusals = 0;
  let since = 0;
  /** The duration of the last series of refusals. */
  let lastSeries = firstPause;
  /** The share of `lastSeries` after which to try again in the next series. It shrinks while the first try succeeds. */
  let share = firstShare;
  let lastWork = 0;
  return {
    waited: (now: number) => now - since,
    noteWork() {
      lastWork = performance.now();
    },
    forgetOld(now: number, bulkUntil: number) {
      if (now - Math.max(lastWork, bulkUntil) > memory) {
        refusals = 0;
        lastSeries = firstPause;
      }
      lastWork = now;
    },
    refuse(now: number) {
      refusals += 1;
      if (refusals === 1) since = now;
    },
    succeed(bulkUntil: number) {
      if (refusals > 0) {
        lastSeries = Math.max(leastPause, bulkUntil - since);
        share = refusals === 1 ? Math.max(0.5, 0.8 * share) : firstShare;
      }
      refusals = 0;
    },
    /** The next pause: a share of the last series, then the rest of it, then a quarter of the time waited so far. */
    next(now: number): number {
      const waited = now - since;
      if (refusals === 1) return Math.max(leastPause, share * lastSeries);
      return waited < lastSeries ? lastSeries - waited : Math.max(leastPause, waited / 4);
    },
  };
}
