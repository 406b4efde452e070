import { untilWoken } from './abort.js';
import { backoff } from './retry.js';

/**
 * Keeps all bulk work of one client at the pace that its provider allows. A refusal for coming too often pauses everybody;
 * afterwards requests go out one at a time at first, then more with each success.
 */
export interface Pacer {
  /**
   * Waits for the right to send a request, in the order of who asks; rejects with the signal's reason when that is aborted.
   *
   * @param refusal - What the pacer said when this request was refused last, if it was.
   */
  turn(signal: AbortSignal, refusal?: Refusal): Promise<void>;
  /** Gives the right back after an answer that was no failure of the provider. */
  succeed(): void;
  /** Gives the right back without having learned anything, as after an abort. */
  release(): void;
  /**
   * Gives the right back after a request that had no answer, or none that makes sense.
   *
   * @returns Whether asking for others is worth it: not where nothing succeeded for too long.
   */
  fail(): boolean;
  /**
   * Gives the right back after a refusal, which pauses everybody unless it is about this request only.
   *
   * @param retryAfter - The seconds that the provider asks for, if it does.
   * @param previous - What it said when the same request was refused before.
   */
  refuse(retryAfter: number | undefined, previous?: Refusal): Refusal;
}

/** What a refusal says. */
export interface Refusal {
  /** Whether waiting is worth it: not where nothing succeeded for too long, or would not before that. */
  readonly isWorthWaiting: boolean;
  /** Whether it is this request that is refused, and not the pace. It makes no pause then. */
  readonly isOwn: boolean;
  /**
   * Whether it may be this request: others were answered since it was refused before. It is judged by going alone, after
   * pauses that grow beyond those after which others went through.
   */
  readonly isSuspect: boolean;
  /** How many answers there had been by then. */
  readonly answers: number;
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
  let answers = 0;
  let lastAnswer: number | undefined;
  // How long it took until a request went through again, of late.
  let recovery = 0;
  /** Who waits for a turn, in order. */
  const line = new Set<Waiter>();
  let endOfPause: ReturnType<typeof setTimeout> | undefined;
  let lastWork = 0;

  const pauseLeft = () => pausedUntil - performance.now();

  /** Gives a turn to as many as there is room for: now, or at the end of the pause where there is one. */
  function admit(): void {
    clearTimeout(endOfPause);
    endOfPause = undefined;
    const pause = pauseLeft();
    if (pause > 0) {
      if (line.size > 0) endOfPause = setTimeout(admit, Math.ceil(pause));
      return;
    }
    for (const waiter of allowed === 1 ? chooseProbe(line) : line) {
      if (inFlight >= Math.floor(allowed)) return;
      line.delete(waiter);
      // The turn is theirs at once: nobody who comes in the same moment gets in between.
      inFlight += 1;
      waiter.enter();
    }
  }

  function leave(): void {
    inFlight -= 1;
    lastWork = performance.now();
    admit();
  }

  return {
    async turn(signal, refusal) {
      if (inFlight === 0 && performance.now() - Math.max(lastWork, pausedUntil) > memory) {
        refusals = 0;
        failingSince = undefined;
      }
      const isAborted = () => signal.aborted;
      if (isAborted()) throw signal.reason;
      const pause = pauseLeft();
      if (line.size === 0 && pause <= 0 && inFlight < Math.floor(allowed)) {
        inFlight += 1;
        return;
      }
      await untilWoken((enter) => {
        const waiter = { enter, refusal };
        line.add(waiter);
        if (pause > 0) endOfPause ??= setTimeout(admit, Math.ceil(pause));
        return () => {
          line.delete(waiter);
          admit();
        };
      }, signal);
      if (!isAborted()) return;
      // Who got a turn and does not take it leaves it to the next.
      leave();
      throw signal.reason;
    },
    succeed() {
      const now = performance.now();
      // What succeeds during a pause was sent before it, and says nothing of the pace after it.
      if (now >= pausedUntil) {
        if (refusals > 0 && lastAnswer !== undefined) recovery = Math.max(now - lastAnswer, recovery / 2);
        refusals = 0;
        failingSince = undefined;
        allowed += allowed < threshold ? 1 : 1 / allowed;
      }
      answers += 1;
      lastAnswer = now;
      leave();
    },
    release: leave,
    fail() {
      const now = performance.now();
      failingSince ??= now;
      leave();
      return now - failingSince <= patience;
    },
    refuse(retryAfter, previous) {
      const now = performance.now();
      failingSince ??= now;
      lastAnswer ??= now;
      const isJudged = allowed === 1 && now >= pausedUntil && previous?.isSuspect === true;
      if (isJudged && now - lastAnswer > Math.min(2 * recovery, patience / 2)) {
        // It says nothing of the pace.
        lastAnswer = now;
        leave();
        return { isWorthWaiting: true, isOwn: true, isSuspect: false, answers };
      }
      // Requests that were under way together are refused together: they make one pause.
      if (now >= pausedUntil) {
        refusals += 1;
        threshold = Math.max(1, inFlight / 2);
      }
      allowed = 1;
      const extra = retryAfter === undefined ? refusals : refusals - 1;
      const pause = (retryAfter ?? 0) * 1000 + (extra > 0 ? backoff(extra, maxBackoff) : 0);
      const isWorthWaiting = now + pause - failingSince <= patience;
      if (isWorthWaiting) pausedUntil = Math.max(pausedUntil, now + pause);
      leave();
      const isSuspect = isJudged || (previous !== undefined && answers > previous.answers);
      return { isWorthWaiting, isOwn: false, isSuspect, answers };
    },
  };
}

interface Waiter {
  readonly enter: () => void;
  readonly refusal: Refusal | undefined;
}

/** Who goes alone after a pause: one who is to be judged, or else one who was not refused yet, or else the first. */
function chooseProbe(line: ReadonlySet<Waiter>): readonly Waiter[] {
  const waiters = [...line];
  const probe =
    waiters.find(({ refusal }) => refusal?.isSuspect) ??
    waiters.find(({ refusal }) => refusal === undefined) ??
    waiters[0];
  return probe === undefined ? [] : [probe];
}
