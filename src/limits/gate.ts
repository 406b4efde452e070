import type { CallContext } from '../client/options.js';
import type { RateLimitAnswer, RateLimiter, RateLimitResult } from '../issuer/rate-limit.js';
import { askLimiter, endPlace, LimiterFailure } from './ask.js';
import { limiterFailed, limitReached } from './errors.js';
import { createLine, grace, rest, type Waiter } from './line.js';
import { createPauses } from './pauses.js';
import type { Window } from './window.js';

/** Who asks for a turn. */
export interface TurnRequest {
  readonly context: CallContext;
  readonly priority: 'single' | 'bulk';
  /** Ends the waiting. */
  readonly signal: AbortSignal | undefined;
  /** Until when it waits, as `performance.now()` has it. */
  readonly end: number;
  /** After so long an attempt is over in any case. */
  readonly leaseMilliseconds: number;
  /** Called when it has to wait for everybody's sake: why, and until when. */
  readonly onPause?: ((reason: 'refused' | 'limit', until: number) => void) | undefined;
}

/**
 * How an attempt ended: with an answer about what was asked, a 429, a 503, another failure of the provider, without an
 * answer, or before it was sent.
 */
export type TurnResult = 'answered' | 'refused' | 'unavailable' | 'failed' | 'unanswered' | 'unsent';

/** The right to send one attempt. */
export interface Turn {
  /** Gives it back. Returns for how many milliseconds everybody waits now; 0 unless it was refused. */
  end(result: TurnResult, retryAfterSeconds?: number): number;
}

/** Where every attempt of the clients of one limit asks for a turn. */
export interface Gate {
  /**
   * Settles when the attempt may be sent. Throws the reason of the signal, or a `LimiterError`: `limit_reached` for a single
   * call whose time would be up, `limiter_failed`.
   */
  turn(request: TurnRequest): Turn | Promise<Turn>;
  /** Ends a limit that nobody asked for: it is a fake that answers. */
  open(): void;
}

/** Who waits for others looks again after so long, in milliseconds. */
const longestRest = 1_000;

/**
 * @param limit - The window of requests, if one is known.
 * @param isDefault - Nobody asked for the limit: single calls do not wait for it, unless a bulk call is at work.
 */
export function createGate(limit: RateLimiter | Window | undefined, isDefault: boolean): Gate {
  const state = createState(limit);
  return {
    turn(request) {
      const { priority, signal, context, leaseMilliseconds } = request;
      if (signal?.aborted === true) throw signal.reason;
      const now = readClock(state);
      const { limiter, bulkUntil } = state;
      const isFree = priority === 'single' && now >= bulkUntil && (isDefault || limiter === undefined);
      if (!isFree) return waitInLine(state, request);
      if (limiter === undefined) return createTurn(state, request, undefined);
      // It does not wait, but it counts.
      const place = { provider: context.provider ?? '', priority, leaseMilliseconds };
      const answer = (limiter as Window).take(place, true);
      return createTurn(state, request, answer.granted ? answer : undefined);
    },
    open() {
      if (!isDefault || state.limiter === undefined) return;
      Object.assign(state, { limiter: undefined, isDenied: false, full: { single: 0, bulk: 0 } });
      state.line.wakeAll();
    },
  };
}

function createState(limiter: RateLimiter | Window | undefined) {
  return {
    limiter,
    pauses: createPauses(),
    line: createLine(),
    /** Until when the limiter has no place, and whether that is the last that it said. */
    full: { single: 0, bulk: 0 },
    isDenied: false,
    /** Until when bulk counts as at work, if nothing more is seen of it. */
    bulkUntil: 0,
    lastTime: 0,
  };
}

type State = ReturnType<typeof createState>;

function readClock(state: State): number {
  const now = performance.now();
  // A clock that goes back is one of a test. What another test has left says nothing to this one.
  if (now < state.lastTime) Object.assign(state, createState(state.limiter));
  state.lastTime = now;
  return now;
}

function wakeNext({ line, isDenied }: State): void {
  line.first(isDenied, performance.now())?.wake();
}

/** Until when somebody has to wait at least, and why if that is the provider's pace; `undefined` if it is their turn. */
function holdOf({ pauses, full, line, isDenied }: State, waiter: Waiter, now: number) {
  const { priority } = waiter;
  const until = Math.max(pauses.until(priority), full[priority]);
  if (until > now) return { until, reason: pauses.refusals > 0 ? 'refused' : 'limit' } as const;
  const isNext = line.first(isDenied, now) === waiter && (priority === 'single' || pauses.hasRoom());
  return isNext ? undefined : { until: now + longestRest, reason: undefined };
}

async function waitInLine(state: State, request: TurnRequest): Promise<Turn> {
  const { context, priority, signal, end, onPause } = request;
  const now = performance.now();
  const waiter: Waiter = { priority, signal, looksAt: now, isAsking: false, wake: () => undefined };
  try {
    for (;;) {
      if (signal?.aborted === true) throw signal.reason;
      waiter.looksAt = readClock(state);
      // Again, too: who comes back late was taken for gone.
      state.line.add(waiter);
      const hold = holdOf(state, waiter, waiter.looksAt);
      if (hold === undefined) {
        const turn = await take(state, request, waiter);
        if (turn !== undefined) return turn;
        continue;
      }
      const { until, reason } = hold;
      // A pause after a refusal is never shorter than it was said to be.
      if (waiter.looksAt >= end || (reason === 'refused' && until > end))
        throw limitReached(context, until - waiter.looksAt);
      if (reason !== undefined) onPause?.(reason, until);
      waiter.looksAt = Math.min(until, end);
      if (priority === 'bulk') state.bulkUntil = Math.max(state.bulkUntil, waiter.looksAt + grace);
      await rest(waiter);
    }
  } catch (error) {
    if (!(error instanceof LimiterFailure)) throw error;
    // In bulk it is waited out like a provider that is not there.
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
  const { context, priority, signal, leaseMilliseconds } = request;
  if (limiter === undefined) return createTurn(state, request, undefined);
  waiter.isAsking = true;
  try {
    const asked = askLimiter(limiter, { provider: context.provider ?? '', priority, leaseMilliseconds }, signal);
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
      let pause = 0;
      if (result === 'answered') attempt.succeed();
      else if (result === 'refused' || result === 'unavailable')
        pause = attempt.refuse(retryAfter, result === 'refused');
      else attempt.leave();
      // A place that was not used is free at once.
      if (result === 'unsent') state.full = { single: 0, bulk: 0 };
      wakeNext(state);
      return pause;
    },
  };
}

function toPlaceResult(result: TurnResult): RateLimitResult {
  return result === 'unavailable' || result === 'failed' ? 'answered' : result;
}
