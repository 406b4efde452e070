import type { CallContext } from '../client/options.js';
import {
  ApiError,
  ConnectionError,
  LimiterError,
  RateLimitError,
  ServerError,
  TimeoutError,
  TokenwrightError,
} from '../errors.js';
import type { Turn, TurnRequest } from '../limits/gate.js';
import type { TurnResult } from '../limits/pauses.js';
import type { Attempt, CallState } from './request.js';
import { isRepeated } from './retry.js';

/** The signal that ends the waits of a call. In bulk it does not end attempts in flight, which may still succeed. */
export const haltOf = ({ bulk, settings }: CallState): AbortSignal | undefined => bulk?.halt ?? settings.signal;

/**
 * Waits until an attempt may be sent.
 *
 * @param failure - The error of the attempt before. If the retry gets no turn in time, the call ends with this error, and not
 *   with a `LimiterError`, which would say that nothing was sent.
 */
export function takeTurn(call: CallState, context: CallContext, failure: unknown): Turn | Promise<Turn> {
  const { gate, bulk, settings, watch } = call;
  const request: TurnRequest = {
    context,
    priority: bulk === undefined ? 'single' : 'bulk',
    signal: haltOf(call),
    end: bulk === undefined ? call.end : Infinity,
    longestPause: bulk?.giveUpAfter ?? Infinity,
    leaseMilliseconds: settings.attemptTimeout + 1_000,
    onPause: watch?.pause,
  };
  if (bulk === undefined) {
    const turn = gate.turn(request);
    if (failure === undefined || !(turn instanceof Promise)) return turn;
    return turn.catch((error: unknown) => {
      throw error instanceof LimiterError ? failure : error;
    });
  }
  const begin = performance.now();
  return bulk
    .turn(() => gate.turn(request))
    .then((turn) => {
      // In bulk, the wait for a turn does not count towards `timeout`.
      call.end += performance.now() - begin;
      return turn;
    });
}

/**
 * Called when an attempt has ended: passes its result to the rate limit and to the bulk call.
 *
 * @param failure - The error of the attempt, if it failed.
 * @returns For how many milliseconds a bulk call defers the request; `undefined` if it does not.
 */
export function endTurn(
  { call, isSent }: Attempt,
  turn: Turn,
  startedAt: number,
  failure?: { readonly error: unknown },
): number | undefined {
  let ended: ReturnType<typeof toTurnEnd> = ['unsent'];
  if (isSent) ended = failure === undefined ? ['answered'] : toTurnEnd(failure.error);
  const [result, retryAfter] = ended;
  const pause = turn.end(result, retryAfter);
  return call.bulk?.waitOut({ result, startedAt, pause, mayRepeat: mayRepeat(call, failure?.error) });
}

/** The result of a failed attempt for the rate limit, and the `Retry-After` in seconds. */
export function toTurnEnd(error: unknown): [TurnResult, (number | undefined)?] {
  if (error instanceof RateLimitError) return ['refused', error.retryAfter];
  if (error instanceof ServerError && error.status === 503) return ['unavailable', error.retryAfter];
  if (error instanceof ConnectionError || error instanceof TimeoutError || !(error instanceof TokenwrightError))
    return ['unanswered'];
  return [error.scope === 'service' ? 'failed' : 'answered'];
}

/** Whether the retry options allow a retry, and there is time for one. */
function mayRepeat({ settings, end }: CallState, error: unknown): boolean {
  const isRepeatable = error instanceof ApiError && isRepeated(error.status, settings);
  return isRepeatable && settings.retryLimit > 0 && performance.now() < end;
}
