import { backoff, untilWoken } from '../time.js';

/**
 * Keeps all bulk work of one client at the pace that its provider allows. A refusal for coming too often pauses everybody;
 * afterwards requests go out one at a time at first, then more with each success. A refusal says nothing about a user:
 * whose request is refused more often than others' waits longer each time, and others go first.
 */
export interface Pacer {
  /** Waits for the right to send a request; rejects with the signal's reason when that is aborted. */
  turn(request: PacedRequest, signal: AbortSignal): Promise<void>;
  /** Gives the right back after an answer that was no failure of the provider. */
  succeed(request: PacedRequest): void;
  /** Gives the right back without having learned anything, as after an abort. */
  release(request: PacedRequest): void;
  /**
   * Gives the right back after a request that had no answer, or none that makes sense.
   *
   * @returns Whether asking for others is worth it: not where nothing succeeded for too long.
   */
  fail(request: PacedRequest): boolean;
  /**
   * Gives the right back after a refusal, which pauses everybody.
   *
   * @param retryAfter - The seconds that the provider asks for, if it does.
   * @returns Whether waiting is worth it: not where nothing succeeded for too long, or would not before that.
   */
  refuse(request: PacedRequest, retryAfter: number | undefined): boolean;
}

/** The requests of one bulk call. */
export interface PacedCall {
  readonly concurrency: number;
  inFlight: number;
}

/** A request, from its first turn to its last. */
export interface PacedRequest {
  readonly call: PacedCall;
  /** How often it was refused. */
  refusals: number;
  /** When it may be sent, and so its place among those who wait. */
  notBefore: number;
  /** How many pauses there had been when it was sent. */
  pausesBefore: number;
}

export function createPacedRequest(call: PacedCall): PacedRequest {
  return { call, refusals: 0, notBefore: 0, pausesBefore: 0 };
}

/** For how long failures may go on without a single success, in milliseconds. sFOX's own penalty is one minute. */
const patience = 300_000;
const maxBackoff = 60_000;
/** How much longer than the pause a request waits at most that is refused while others are answered, in milliseconds. */
const maxOwnWait = 120_000;
/** After so long without work, in milliseconds, what failed before says nothing any more. */
const memory = 60_000;

export function createPacer(): Pacer {
  let inFlight = 0;
  let pauses = 0;
  let pausedUntil = 0;
  let failingSince: number | undefined;
  // In a row.
  let refusals = 0;
  // How many may be in flight: no limit until the first refusal, then one. From there it doubles with each round up to
  // half of what was too much, and then grows by one.
  let allowed = Infinity;
  let threshold = Infinity;
  /** Who waits for a turn, and how they are woken. */
  const line = new Map<PacedRequest, () => void>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastWork = 0;

  /** Gives a turn to as many as there is room for, or as soon as there is a time for the first of them. */
  function admit(): void {
    clearTimeout(timer);
    timer = undefined;
    const now = performance.now();
    if (line.size > 0 && now < pausedUntil) {
      admitAt(pausedUntil);
      return;
    }
    while (inFlight < Math.floor(allowed)) {
      const request = findFirst(line.keys(), now, refusals > 1);
      if (request === undefined) return;
      if (now < request.notBefore) {
        admitAt(request.notBefore);
        return;
      }
      const wake = line.get(request);
      line.delete(request);
      // The turn is theirs at once: nobody who comes in the same moment gets in between.
      enter(request);
      wake?.();
    }
  }

  function admitAt(time: number): void {
    timer = setTimeout(admit, Math.ceil(time - performance.now()));
  }

  function enter(request: PacedRequest): void {
    inFlight += 1;
    request.call.inFlight += 1;
    request.pausesBefore = pauses;
  }

  function leave(request: PacedRequest): void {
    inFlight -= 1;
    request.call.inFlight -= 1;
    lastWork = performance.now();
    admit();
  }

  return {
    async turn(request, signal) {
      const isAborted = () => signal.aborted;
      if (isAborted()) throw signal.reason;
      const now = performance.now();
      if (inFlight === 0 && now - Math.max(lastWork, pausedUntil) > memory) {
        refusals = 0;
        failingSince = undefined;
      }
      request.notBefore = Math.max(request.notBefore, now);
      const isFree = line.size === 0 && now >= pausedUntil && inFlight < Math.floor(allowed);
      if (isFree && request.notBefore === now && request.call.inFlight < request.call.concurrency) {
        enter(request);
        return;
      }
      const turn = untilWoken((wake) => {
        line.set(request, wake);
        return () => {
          line.delete(request);
          admit();
        };
      }, signal);
      admit();
      await turn;
      if (!isAborted()) return;
      // Who got a turn and does not take it leaves it to the next.
      leave(request);
      throw signal.reason;
    },
    succeed(request) {
      // What was sent before a pause says nothing of the pace after it.
      if (request.pausesBefore === pauses) {
        refusals = 0;
        failingSince = undefined;
        allowed += allowed < threshold ? 1 : 1 / allowed;
      }
      leave(request);
    },
    release: leave,
    fail(request) {
      const now = performance.now();
      failingSince ??= now;
      leave(request);
      return now - failingSince <= patience;
    },
    refuse(request, retryAfter) {
      const now = performance.now();
      failingSince ??= now;
      request.refusals += 1;
      // Requests that were under way together are refused together: they make one pause.
      if (request.pausesBefore === pauses) {
        pauses += 1;
        refusals += 1;
        threshold = Math.max(1, inFlight / 2);
      }
      allowed = 1;
      const pause =
        (retryAfter ?? 0) * 1000 + growingWait(retryAfter === undefined ? refusals : refusals - 1, maxBackoff);
      const isWorthWaiting = now + pause - failingSince <= patience;
      if (isWorthWaiting) pausedUntil = Math.max(pausedUntil, now + pause);
      // The difference is how often it was refused while others were answered.
      request.notBefore = now + pause + growingWait(request.refusals - refusals, maxOwnWait);
      leave(request);
      return isWorthWaiting;
    },
  };
}

function growingWait(count: number, limit: number): number {
  return count > 0 ? backoff(count, limit) : 0;
}

/**
 * Who goes before the others, of those whose call has room for them: whose time comes first. Where asking once more was
 * refused as well, it is whoever was refused least often, of those whose time has come.
 */
function findFirst(requests: Iterable<PacedRequest>, now: number, isFailing: boolean): PacedRequest | undefined {
  let first: PacedRequest | undefined;
  for (const request of requests) {
    if (request.call.inFlight >= request.call.concurrency) continue;
    first ??= request;
    const areBothDue = Math.max(first.notBefore, request.notBefore) <= now;
    const lead = isFailing && areBothDue ? first.refusals - request.refusals : 0;
    if (lead > 0 || (lead === 0 && request.notBefore < first.notBefore)) first = request;
  }
  return first;
}
