/** What refusals teach about a limit that is not known, or not ours alone. Times are in milliseconds. */
export interface Pauses {
  /** How many refusals there have been since the last success. */
  readonly refusals: number;
  /** Until when nobody of that priority sends anything. */
  until(priority: 'single' | 'bulk'): number;
  /** Whether another bulk request may be under way. */
  hasRoom(): boolean;
  /** An attempt begins. `leaseMilliseconds`: after so long it ends by itself. */
  begin(priority: 'single' | 'bulk', leaseMilliseconds: number): PacedAttempt;
  /** Pauses bulk because of something that no attempt met. */
  interrupt(): void;
}

/** An attempt under way; it ends once. */
export interface PacedAttempt {
  /** It got an answer that was no refusal. */
  succeed(): void;
  /** It was refused. Returns how long everybody waits. Only a 429 is about the rate, and pauses single calls as well. */
  refuse(retryAfterSeconds: number | undefined, isRate: boolean): number;
  /** It ended in a way that says nothing of the pace. */
  leave(): void;
}

const firstShare = 0.95;
/** The first guess of how long refusals go on. */
const firstPause = 500;
const leastPause = 20;
/** After so long without a request, what was learned says nothing any more. */
const memory = 60_000;

export function createPauses(): Pauses {
  /** How many there have been: what was sent before the last one says nothing of the pace after it. */
  let count = 0;
  const lengths = createGuess();
  // Slow start: one request after a refusal, then one more with each answer.
  let allowed = Infinity;
  /** Bulk attempts that began since the last pause, and when each ends by itself. */
  const underWay = new Map<object, number>();
  let bulkUntil = 0;
  let singleUntil = 0;

  function refuse(countBefore: number, retryAfterSeconds: number | undefined, isRate: boolean): number {
    const now = performance.now();
    lengths.forgetOld(now, bulkUntil);
    // Requests that were under way together are refused together: they make one pause.
    const isNew = countBefore === count;
    if (isNew) {
      count += 1;
      allowed = 1;
      underWay.clear();
      lengths.refuse(now);
    }
    let pause = isNew ? lengths.next(now) : bulkUntil - now;
    // What the provider says counts, but for one that says it again and again.
    if (retryAfterSeconds !== undefined)
      pause = Math.max(retryAfterSeconds * 1000, lengths.waited(now) / 10, leastPause);
    // Those who were refused together do not come back together, if they do not know of each other.
    else if (isNew) pause *= 1 + Math.random() / 20;
    bulkUntil = Math.max(bulkUntil, now + pause);
    if (isRate) singleUntil = Math.max(singleUntil, now + pause);
    return bulkUntil - now;
  }

  return {
    get refusals() {
      return lengths.refusals();
    },
    until: (priority) => (priority === 'single' ? singleUntil : bulkUntil),
    hasRoom() {
      if (underWay.size >= allowed)
        for (const [attempt, until] of underWay) if (until <= performance.now()) underWay.delete(attempt);
      return underWay.size < Math.floor(allowed);
    },
    begin(priority, leaseMilliseconds) {
      const countBefore = count;
      const attempt = {};
      if (priority === 'bulk') underWay.set(attempt, performance.now() + leaseMilliseconds);
      const leave = () => void underWay.delete(attempt);
      return {
        leave,
        succeed() {
          leave();
          lengths.noteWork();
          if (countBefore !== count) return;
          lengths.succeed(bulkUntil);
          allowed += 1;
        },
        refuse(retryAfterSeconds, isRate) {
          leave();
          return refuse(countBefore, retryAfterSeconds, isRate);
        },
      };
    },
    interrupt: () => void refuse(count, undefined, false),
  };
}

/** Guesses how long refusals go on if the provider does not say, from how long they did. */
function createGuess() {
  let refusals = 0;
  let since = 0;
  /** How long the last series of refusals went on. */
  let lastSeries = firstPause;
  /** The share of it after which the next series is tried: less and less, while the first try succeeds. */
  let share = firstShare;
  let lastWork = 0;
  return {
    refusals: () => refusals,
    waited: (now: number) => now - since,
    noteWork() {
      lastWork = performance.now();
    },
    forgetOld(now: number, bulkUntil: number) {
      if (refusals > 0 && now - Math.max(lastWork, bulkUntil) > memory) {
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
    /** A share of the last time, then all of it, then a quarter more each time. */
    next(now: number): number {
      const waited = now - since;
      if (refusals === 1) return Math.max(leastPause, share * lastSeries);
      return waited < lastSeries ? lastSeries - waited : Math.max(leastPause, waited / 4);
    },
  };
}
