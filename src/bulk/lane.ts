import { LimiterError } from '../errors.js';
import type { AttemptEnd, BulkPart } from '../http/request.js';
import { nextId } from '../http/watch.js';
import { backoff, sleep } from '../time.js';
import { createPlaces } from './places.js';

/** Controls the requests of one bulk call: how many are in flight, which are deferred, and when the call gives up. */
export interface Lane {
  readonly bulkId: string;
  /** The number of unfinished requests. */
  open(): number;
  /** Whether another request may begin. */
  hasRoom(): boolean;
  /** Begins a request. Returns the part for its calls, and a function to call at its end. */
  begin(): { readonly part: BulkPart; readonly finish: () => void };
  /** Whether `giveUpAfter` has passed without a useful answer. */
  isSpent(): boolean;
}

export interface LaneOptions {
  /** Ends all waiting. */
  readonly halt: AbortSignal;
  /** The most requests in flight. */
  readonly concurrency: number;
  /** How long the call goes on without a useful answer, in milliseconds. */
  readonly giveUpAfter: number;
  /** Called when another request may begin. */
  readonly onRoom: () => void;
}

/** Upper bound on deferred requests: those that were refused and wait, while others are sent. */
const maxDeferred = 1_000;
/** The longest extra wait of a request that is refused while others are answered, in milliseconds. */
const longestOwnWait = 120_000;

export function createLane({ halt, concurrency, giveUpAfter, onRoom }: LaneOptions): Lane {
  const bulkId = nextId();
  /** The number of unfinished requests, and how many of them are deferred. */
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
      giveUpAfter,
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
            if (!(error instanceof LimiterError)) throw error;
            // `limit_reached`: a pause that began before this call is longer than `giveUpAfter`.
            const pause = (error.retryAfter ?? 0) * 1000;
            silence.note('unavailable', performance.now(), pause);
            // A limiter that fails is tried again, until the call gives up.
            if (silence.isSpent()) throw error;
          }
        }
      },
      waitOut({ result, startedAt, pause, mayRepeat }) {
        silence.note(result, startedAt, pause);
        if (!mayRepeat || silence.isSpent() || (result !== 'refused' && result !== 'unavailable')) return undefined;
        refusals += 1;
        silence.refuse();
        // A request that is refused while others are answered backs off more each time, so that it does not hold them up.
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
    open: () => open,
    hasRoom() {
      // While refusals go on, have one new request ready: another user may succeed although the deferred ones do not.
      const isForeseen = isRefusing() && open - places.taken() - deferred < 1;
      return (places.taken() < concurrency || isForeseen) && deferred < maxDeferred;
    },
    begin,
    isSpent: silence.isSpent,
  };
}

/** Measures how long there has been no useful answer. Time without open requests does not count. */
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
        isSpent = false;
        return;
      }
      since ??= startedAt;
      isSpent ||= performance.now() + pause - since > giveUpAfter;
    },
    refuse(): void {
      refusals += 1;
    },
    /** The number of refusals since the last useful answer. */
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
