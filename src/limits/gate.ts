import type { CallContext } from '../client/options.js';
import type { RateLimitAnswer, RateLimiter, RateLimitResult } from '../issuer/rate-limit.js';
import { askLimiter, endPlace, LimiterFailure } from './ask.js';
import { limiterFailed, limitReached } from './errors.js';
import { createLine, rest, type Waiter } from './line.js';
import { createPauses, type TurnResult } from './pauses.js';
import type { Window } from './window.js';

/** An attempt that asks for its turn. */
export interface TurnRequest {
  readonly context: CallContext;
  readonly priority: 'single' | 'bulk';
  /** Ends the waiting. */
  readonly signal: AbortSignal | undefined;
  /** Until when it may wait, by `performance.now()`. */
  readonly end: number;
  /** The longest pause after a refusal that it waits for, in milliseconds. */
  readonly longestPause: number;
  /** After so long without an end, the attempt counts as ended. */
  readonly leaseMilliseconds: number;
  /** Called with the reason and the end of a pause that affects all requests. */
  readonly onPause?: ((reason: 'refused' | 'limit', until: number) => void) | undefined;
}

/** The right to send one attempt. */
export interface Turn {
  /** Called when the attempt has ended. Returns for how many milliseconds all requests are paused now; 0 unless it was refused. */
  end(result: TurnResult, retryAfterSeconds?: number): number;
}

/** Decides when each attempt may be sent, for all clients that share one limit. */
export interface Gate {
  /**
   * Settles when the attempt may be sent. Throws the reason of the signal, or a `LimiterError`: `limit_reached` if the wait
   * would exceed the time of a single call, `limiter_failed` if the user's limiter failed.
   */
  turn(request: TurnRequest): Turn | Promise<Turn>;
  /** Removes a default limit, because a fake answers at this host; `undefined` if the limit is no default. */
  readonly open: (() => void) | undefined;
}

/** After so long, a waiter checks again whether it is its turn, in milliseconds. */
const longestRest = 1_000;

/**
 * @param limit - The limiter, if there is a limit.
 * @param onOpen - Passed if the limit is a default, not an option: called when it is removed. Single calls wait for a default
 *   limit only beside a bulk call.
 */
export function createGate(limit: RateLimiter | Window | undefined, onOpen?: () => void): Gate {
  const state = createState(limit);
  const isDefault = onOpen !== undefined;
  return {
    turn(request) {
      const { priority, signal, context, leaseMilliseconds } = request;
      if (signal?.aborted === true) throw signal.reason;
      const now = readClock(state);
      const { limiter, line, bulkUntil } = state;
      const hasBulk = now < bulkUntil || line.hasBulk(now);
      const isFree = priority === 'single' && !hasBulk && (isDefault || limiter === undefined);
      if (!isFree) return waitInLine(state, request);
      if (limiter === undefined) return createTurn(state, request, undefined);
      // A single call that does not wait for the default limit still counts towards it.
      const place = { provider: context.provider ?? '', priority, leaseMilliseconds };
      return createTurn(state, request, (limiter as Window).count(place));
    },
    open:
      onOpen &&
      (() => {
        onOpen();
        Object.assign(state, { limiter: undefined, full: { single: 0, bulk: 0 } });
      }),
  };
}

function createState(limiter: RateLimiter | Window | undefined) {
  return {
    limiter,
    pauses: createPauses(),
    line: createLine(),
    /** Until when the limiter has no place, and whether it has denied the last request. */
    full: { single: 0, bulk: 0 },
    isDenied: false,
    /** Until when a bulk call counts as running because of what it has sent. */
    bulkUntil: 0,
    lastTime: 0,
  };
}

type State = ReturnType<typeof createState>;

function readClock(state: State): number {
  const now = performance.now();
  // Only fake timers in tests set the clock back: forget the state of the test before.
  if (now < state.lastTime) Object.assign(state, createState(state.limiter));
  state.lastTime = now;
  return now;
}

function wakeNext({ line, isDenied }: State): void {
  line.first(isDenied, performance.now())?.wake();
}

/** Until when a waiter must wait, with the reason if it is a pause of all requests; `undefined` if it is its turn. */
function holdOf({ pauses, full, line, isDenied }: State, waiter: Waiter, now: number) {
  const { priority } = waiter;
  const paused = pauses.until(priority);
  const until = Math.max(paused, full[priority]);
  if (until > now) return { until, reason: until === paused ? 'refused' : 'limit' } as const;
  const isNext = line.first(isDenied, now) === waiter && (priority === 'single' || pauses.hasRoom());
  return isNext ? undefined : { until: now + longestRest, reason: undefined };
}

async function waitInLine(state: State, request: TurnRequest): Promise<Turn> {
  const { context, priority, signal, end, longestPause, onPause } = request;
  const now = performance.now();
  const waiter: Waiter = { priority, signal, looksAt: now, isAsking: false, wake: () => undefined };
  try {
    for (;;) {
      if (signal?.aborted === true) throw signal.reason;
      waiter.looksAt = readClock(state);
      // On every round: a waiter that checks late has been removed from the line.
      state.line.add(waiter);
      const hold = holdOf(state, waiter, waiter.looksAt);
      if (hold === undefined) {
        const turn = await take(state, request, waiter);
        if (turn !== undefined) return turn;
        continue;
      }
      const { until, reason } = hold;
      // The end of a pause after a refusal does not move up, so fail at once if it is too late.
      const latest = reason === 'refused' ? Math.min(end, waiter.looksAt + longestPause) : Infinity;
      if (waiter.looksAt >= end || until > latest) throw limitReached(context, until - waiter.looksAt);
      if (reason !== undefined) onPause?.(reason, until);
      waiter.looksAt = Math.min(until, end);
      await rest(waiter);
    }
  } catch (error) {
    if (!(error instanceof LimiterFailure)) throw error;
    // The others ask together: one by one, each would wait for a limiter that hangs in turn.
    state.isDenied = false;
    // In bulk, pause as for a provider that is unavailable; the lane tries again.
    if (priority === 'bulk') state.pauses.interrupt();
    throw limiterFailed(context, error);
  } finally {
    state.line.remove(waiter);
    wakeNext(state);
  }
}

/** Asks the limiter for a place; `undefined` if there is none yet. */
async function take(state: State, request: TurnRequest, waiter: Waiter): Promise<Turn | undefined> {
  const { limiter } = state;
  const { context, priority, leaseMilliseconds } = request;
  if (limiter === undefined) return createTurn(state, request, undefined);
  waiter.isAsking = true;
  try {
    const asked = askLimiter(limiter, { provider: context.provider ?? '', priority, leaseMilliseconds }, request);
    const answer = asked instanceof Promise ? await asked : asked;
    state.isDenied = !answer.granted;
    if (answer.granted) return createTurn(state, request, answer);
    state.full[priority] = performance.now() + Math.max(1, answer.retryInMilliseconds);
    return undefined;
  } finally {
    waiter.isAsking = false;
  }
}

function createTurn(
  state: State,
  { priority, leaseMilliseconds }: TurnRequest,
  place: Extract<RateLimitAnswer, { granted: true }> | undefined,
): Turn {
  const attempt = state.pauses.begin(priority, leaseMilliseconds);
  if (priority === 'bulk') state.bulkUntil = Math.max(state.bulkUntil, performance.now() + leaseMilliseconds);
  return {
    end(result, retryAfter) {
      if (place !== undefined) endPlace(place, toPlaceResult(result), retryAfter);
      const pause = state.pauses.end(attempt, result, retryAfter);
      // An unused place is free again at once.
      if (result === 'unsent') state.full = { single: 0, bulk: 0 };
      wakeNext(state);
      return pause;
    },
  };
}

function toPlaceResult(result: TurnResult): RateLimitResult {
  return result === 'unavailable' || result === 'failed' ? 'answered' : result;
}
