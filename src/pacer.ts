import { sleep, untilWoken } from './abort.js';
import { backoff } from './retry.js';

/**
 * Keeps all bulk work of one client at the pace that its provider allows. A refusal for coming too often pauses everybody;
 * afterwards requests go out one at a time at first, then more with each success.
 */
export interface Pacer {
  /** Waits for the right to send a request; rejects with the signal's reason when that is aborted. */
  turn(signal: AbortSignal): Promise<void>;
  /** Gives the right back after an answer that was no refusal of the pace. */
  succeed(): void;
  /** Gives the right back without having learned anything, as after an abort. */
  release(): void;
  /**
   * Gives the right back after a request that had no answer.
   *
   * @returns Whether asking for others is worth it: not where nothing succeeded for too long.
   */
  fail(): boolean;
  /**
   * Gives the right back after a refusal, and pauses everybody.
   *
   * @param retryAfter - The seconds that the provider asks for, if it does.
   * @returns Whether waiting is worth it: not where nothing succeeded for too long, or would not before that.
   */
  refuse(retryAfter: number | undefined): boolean;
}

/** For how long failures may go on without a single success, in milliseconds. sFOX's own penalty is one minute. */
const patience = 300_000;
const maxBackoff = 60_000;
/** After so long without work, in milliseconds, what failed before says nothing any more. */
const memory = 60_000;

export function createPacer(): Pacer {
  let inFlight = 0;
  let pausedUntil = 0;
  let failingSince: number | undefined;
  let refusals = 0;
  // How many may be in flight: no limit until the first refusal, then one. From there it doubles with each round up to
  // half of what was too much, and then grows by one.
  let allowed = Infinity;
  let threshold = Infinity;
  const waiting = new Set<() => void>();
  let lastWork = 0;

  /** Wakes as many as there is room for, the oldest first. */
  function wakeNext(): void {
    let room = Math.floor(allowed) - inFlight;
    for (const wake of waiting) {
      if (room <= 0) return;
      room -= 1;
      waiting.delete(wake);
      wake();
    }
  }

  function leave(): void {
    inFlight -= 1;
    lastWork = performance.now();
    wakeNext();
  }

  function untilRoom(signal: AbortSignal): Promise<void> {
    return untilWoken((wake) => {
      waiting.add(wake);
      return () => waiting.delete(wake);
    }, signal);
  }

  return {
    async turn(signal) {
      if (inFlight === 0 && performance.now() - Math.max(lastWork, pausedUntil) > memory) {
        refusals = 0;
        failingSince = undefined;
      }
      for (;;) {
        if (signal.aborted) {
          // Who was woken and does not go leaves the room to the next.
          wakeNext();
          throw signal.reason;
        }
        const pause = pausedUntil - performance.now();
        if (pause <= 0 && inFlight < Math.floor(allowed)) break;
        await (pause > 0 ? sleep(Math.ceil(pause), signal) : untilRoom(signal));
      }
      inFlight += 1;
    },
    succeed() {
      // What succeeds during a pause was sent before it, and says nothing of the pace after it.
      if (performance.now() >= pausedUntil) {
        refusals = 0;
        failingSince = undefined;
        allowed += allowed < threshold ? 1 : 1 / allowed;
      }
      leave();
    },
    release: leave,
    fail() {
      const now = performance.now();
      failingSince ??= now;
      leave();
      return now - failingSince <= patience;
    },
    refuse(retryAfter) {
      const now = performance.now();
      failingSince ??= now;
      // Requests that were under way together are refused together: they make one pause.
      if (now >= pausedUntil) {
        refusals += 1;
        threshold = Math.max(1, inFlight / 2);
      }
      allowed = 1;
      const extra = retryAfter === undefined ? refusals : refusals - 1;
      const pause = (retryAfter ?? 0) * 1000 + (extra > 0 ? backoff(extra, maxBackoff) : 0);
      const isWorthIt = now + pause - failingSince <= patience;
      if (isWorthIt) pausedUntil = Math.max(pausedUntil, now + pause);
      leave();
      return isWorthIt;
    },
  };
}
