import type { CallContext } from '../client/options.js';
import {
  ApiError,
  ConfigurationError,
  ConnectionError,
  CredentialError,
  LimiterError,
  RateLimitError,
  ServerError,
  TimeoutError,
  TokenwrightError,
} from '../errors.js';
import type { Turn, TurnRequest, TurnResult } from '../limits/gate.js';
import type { CallState } from './request.js';
import { isRepeated } from './retry.js';

/** What ends the waiting of a call. In bulk it is less than what ends its attempts: one that is under way may still succeed. */
export const haltOf = ({ bulk, settings }: CallState): AbortSignal | undefined => bulk?.halt ?? settings.signal;

/**
 * Asks for the right to send an attempt.
 *
 * @param failure - Why the attempt before failed. If there is no turn in time, the call ends with that: something was sent.
 */
export function takeTurn(call: CallState, context: CallContext, failure: unknown): Turn | Promise<Turn> {
  const { gate, bulk, settings, watch } = call;
  const request: TurnRequest = {
    context,
    priority: bulk === undefined ? 'single' : 'bulk',
    signal: haltOf(call),
    end: bulk === undefined ? call.end : Infinity,
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
      // Waiting for a turn costs no time.
      call.end += performance.now() - begin;
      return turn;
    });
}

/**
 * Gives a turn back.
 *
 * @param failure - Why the attempt failed, if it did.
 * @returns For how many milliseconds a refusal is waited out, if it is: in bulk alone.
 */
export function endTurn(
  call: CallState,
  turn: Turn,
  startedAt: number,
  failure?: { readonly error: unknown },
): number | undefined {
  const [result, retryAfter] = failure === undefined ? (['answered'] as const) : toTurnEnd(failure.error);
  const pause = turn.end(result, retryAfter);
  return call.bulk?.waitOut({ result, startedAt, pause, mayRepeat: mayRepeat(call, failure?.error) });
}

/** What the end of an attempt says about the pace. */
export function toTurnEnd(error: unknown): [TurnResult, (number | undefined)?] {
  if (error instanceof RateLimitError) return ['refused', error.retryAfter];
  if (error instanceof ServerError && error.status === 503) return ['unavailable', error.retryAfter];
  if (error instanceof ConfigurationError || error instanceof CredentialError) return ['unsent'];
  if (error instanceof ConnectionError || error instanceof TimeoutError || !(error instanceof TokenwrightError))
    return ['unanswered'];
  return [error.scope === 'service' ? 'failed' : 'answered'];
}

/** Whether an answer may be repeated at all, and there is time for it. */
function mayRepeat({ settings, end }: CallState, error: unknown): boolean {
  const isRepeatable = error instanceof ApiError && isRepeated(error.status, settings);
  return isRepeatable && settings.retryLimit > 0 && performance.now() < end;
}
