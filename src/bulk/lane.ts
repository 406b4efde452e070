import { LimiterError } from '../errors.js';
import type { AttemptEnd, BulkPart } from '../http/request.js';
import { nextId } from '../http/watch.js';
import { backoff, sleep } from '../time.js';
import { createPlaces } from './places.js';

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

/** The most requests that wait because they were refused, while others are made. */
const maxDeferred = 1_000;
/** How much longer than everybody a request waits at most that is refused while others are answered, in milliseconds. */
const longestOwnWait = 120_000;

export function createLane({ halt, concurrency, giveUpAfter, onRoom }: LaneOptions): Lane {
  const bulkId = nextId();
  /** How many requests there are, and how many of them wait after a refusal. */
  let open = 0;
  let deferred = 0;
  const silence = createSilence(giveUpAfter);
  const isRefusing = () => silence.refusals() > 1;
  const places = createPlaces(concurrency, halt, isRefusing);

  function begin() {
    if (open === 0) silence.resume();
    open += 1;
    let hasPlace = places.takeFree();
    let refusals = 0;
    let notBefore = 0;

    const part: BulkPart = {
      bulkId,
      halt,
      async turn(take) {
        if (!hasPlace) {
          if (refusals > 0) await sleep(notBefore - performance.now(), halt);
          await places.take(refusals);
          hasPlace = true;
          if (refusals > 0) deferred -= 1;
        }
        for (;;) {
          try {
            return await take();
          } catch (error) {
            // A limiter that fails is waited out.
            if (!(error instanceof LimiterError)) throw error;
            silence.note('unavailable', performance.now(), 0);
            if (silence.isSpent()) throw error;
          }
        }
      },
      waitOut({ result, startedAt, pause, mayRepeat }) {
        silence.note(result, startedAt, pause);
        if (!mayRepeat || silence.isSpent() || (result !== 'refused' && result !== 'unavailable')) return undefined;
        refusals += 1;
        silence.refuse();
        // Who is refused while others are answered comes back later each time, and holds up nobody.
        const own = refusals - silence.refusals();
        const wait = pause + (own > 0 ? backoff(own, longestOwnWait, pause) : 0);
        notBefore = performance.now() + wait;
        hasPlace = false;
        deferred += 1;
        places.release();
        onRoom();
        return wait;
      },
    };

    function finish(): void {
      open -= 1;
      if (open === 0) silence.suspend();
      if (hasPlace) places.release();
      else if (refusals > 0) deferred -= 1;
      onRoom();
    }
    return { part, finish };
  }

  return {
    bulkId,
    hasRoom() {
      // While refusals go on, there is always a new one at hand: others may fare better than those who return.
      const isForeseen = isRefusing() && open - places.taken() - deferred < 1;
      return (places.taken() < concurrency || isForeseen) && deferred < maxDeferred;
    },
    begin,
    isSpent: silence.isSpent,
  };
}

/** Watches for how long nobody is answered; time without any request of ours does not count. */
function createSilence(giveUpAfter: number) {
  let refusals = 0;
  let since: number | undefined;
  let idleSince = 0;
  let isSpent = false;
  return {
    note(result: AttemptEnd['result'], startedAt: number, pause: number): void {
      if (result === 'unsent') return;
      if (result === 'answered') {
        since = undefined;
        refusals = 0;
        return;
      }
      since ??= startedAt;
      isSpent ||= performance.now() + pause - since > giveUpAfter;
    },
    refuse(): void {
      refusals += 1;
    },
    /** How many refusals there were since somebody was answered. */
    refusals: () => refusals,
    suspend(): void {
      idleSince = performance.now();
    },
    resume(): void {
      if (since !== undefined) since += performance.now() - idleSince;
    },
    isSpent: () => isSpent,
  };
}
