import { LimiterError } from '../errors.js';
import type { AttemptEnd, BulkPart } from '../http/request.js';
import { nextId } from '../http/watch.js';
import { sleep, untilWoken } from '../time.js';

/** The requests of one bulk call: how many are under way, and for how long nobody was answered. */
export interface Lane {
  readonly bulkId: string;
  /** Whether another request may begin. */
  hasRoom(): boolean;
  /** Begins one: what its calls are given, and a function to call at its end. */
  begin(): { readonly part: BulkPart; readonly finish: () => void };
  /** Whether nobody was answered for so long that it is given up. */
  isSpent(): boolean;
}

export interface LaneOptions {
  /** Ends all waiting. */
  readonly halt: AbortSignal;
  /** The most requests under way. */
  readonly concurrency: number;
  /** For how many milliseconds it goes on without any answer. */
  readonly giveUpAfter: number;
  /** Called when there is room again. */
  readonly onRoom: () => void;
}

/** A request without a place, and how often it was refused. */
interface Waiting {
  readonly refusals: number;
  readonly wake: () => void;
}

/** The most requests that wait because they were refused, while others are made. */
const maxDeferred = 1_000;
/** How much longer than everybody a request waits at most that is refused while others are answered, in milliseconds. */
const longestOwnWait = 120_000;

export function createLane({ halt, concurrency, giveUpAfter, onRoom }: LaneOptions): Lane {
  const bulkId = nextId();
  /** How many requests there are, how many of them wait after a refusal, and how many have a place under way. */
  let open = 0;
  let deferred = 0;
  let placed = 0;
  const line = new Set<Waiting>();
  let refusalsInRow = 0;
  /** Since when nobody was answered; time without any request of ours does not count. */
  let silentSince: number | undefined;
  let idleSince = 0;
  let isSpent = false;

  const isRefusing = (): boolean => refusalsInRow > 1;

  /** Who gets a place: while refusals go on, one that was refused least often. */
  function findNext(): Waiting | undefined {
    let next: Waiting | undefined;
    for (const waiting of line) {
      if (next === undefined || waiting.refusals < next.refusals) next = waiting;
      if (!isRefusing()) break;
    }
    return next;
  }

  function release(): void {
    const next = findNext();
    if (next === undefined) placed -= 1;
    else {
      line.delete(next);
      next.wake();
    }
    onRoom();
  }

  async function takePlace(refusals: number): Promise<void> {
    if (placed < concurrency) placed += 1;
    else {
      await untilWoken((wake) => {
        const waiting = { refusals, wake };
        line.add(waiting);
        return () => line.delete(waiting);
      }, halt);
    }
  }

  function note(result: AttemptEnd['result'], startedAt: number, pause: number): void {
    if (result === 'unsent') return;
    if (result === 'answered') {
      silentSince = undefined;
      refusalsInRow = 0;
      return;
    }
    silentSince ??= startedAt;
    isSpent ||= performance.now() + pause - silentSince > giveUpAfter;
  }

  function begin() {
    if (open === 0 && silentSince !== undefined) silentSince += performance.now() - idleSince;
    open += 1;
    let hasPlace = placed < concurrency;
    if (hasPlace) placed += 1;
    let refusals = 0;
    let notBefore = 0;

    const part: BulkPart = {
      bulkId,
      halt,
      async turn(take) {
        if (!hasPlace) {
          if (refusals > 0) await sleep(notBefore - performance.now(), halt);
          await takePlace(refusals);
          hasPlace = true;
          if (refusals > 0) deferred -= 1;
        }
        for (;;) {
          try {
            return await take();
          } catch (error) {
            // A limiter that fails is waited out.
            if (!(error instanceof LimiterError)) throw error;
            note('unavailable', performance.now(), 0);
            if (isSpent) throw error;
          }
        }
      },
      waitOut({ result, startedAt, pause, mayRepeat }) {
        note(result, startedAt, pause);
        if (!mayRepeat || isSpent || (result !== 'refused' && result !== 'unavailable')) return undefined;
        refusals += 1;
        refusalsInRow += 1;
        // Who is refused while others are answered comes back later each time, and holds up nobody.
        const own = refusals - refusalsInRow;
        const wait = pause + (own > 0 ? toOwnWait(pause, own) : 0);
        notBefore = performance.now() + wait;
        hasPlace = false;
        deferred += 1;
        release();
        return wait;
      },
    };

    function finish(): void {
      open -= 1;
      if (open === 0) idleSince = performance.now();
      if (hasPlace) release();
      else {
        if (refusals > 0) deferred -= 1;
        onRoom();
      }
    }
    return { part, finish };
  }

  return {
    bulkId,
    hasRoom() {
      // While refusals go on, there is always a new one at hand: others may fare better than those who return.
      const isForeseen = isRefusing() && open - placed - deferred < 1;
      return (placed < concurrency || isForeseen) && deferred < maxDeferred;
    },
    begin,
    isSpent: () => isSpent,
  };
}

/** Twice as long each time, and half of it at random. */
function toOwnWait(pause: number, refusals: number): number {
  return Math.min(longestOwnWait, pause * 2 ** (refusals - 1)) * (0.5 + Math.random() / 2);
}
