import type { CallContext } from '../client/options.js';
import { runAttempt } from './attempt.js';
import { useCredentials } from './renewal.js';
import { repeat } from './repeat.js';
import type { ApiRequest, CallState } from './request.js';
import { retryDelay } from './retry.js';
import { endTurn, haltOf, takeTurn, toTurnEnd } from './turn.js';

/** Sends one request of a call: a first attempt by itself, and those that may follow it through ky. */
export async function sendRequest<T, R>(call: CallState, context: CallContext, request: ApiRequest<T, R>): Promise<R> {
  const { settings, connection, bulk } = call;
  const url = `${connection.url}/${request.path}`;
  let success: { readonly result: R } | undefined;
  let failure: unknown;
  /** Tells of the last attempt, once it is known whether another follows. */
  let report: ((retryInMilliseconds?: number) => void) | undefined;

  const credentials = useCredentials(call, context);
  /** For how many milliseconds a refusal is waited out in bulk. */
  let waitOut: number | undefined;

  const attemptOnce = async (): Promise<Response> => {
    waitOut = undefined;
    const asked = takeTurn(call, context, failure);
    const turn = asked instanceof Promise ? await asked : asked;
    report?.(0);
    const startedAt = performance.now();
    const watched = call.watch?.attempt(context, request.users ?? 1);
    try {
      const own = { call, context, request, url, credentials };
      const { result, response, answer } = await runAttempt(own, failure as Error | undefined);
      endTurn(call, turn, startedAt);
      success = { result };
      report = () => watched?.({ error: undefined, answer });
      return response;
    } catch (error) {
      report = (retryInMilliseconds) => {
        report = undefined;
        watched?.({ error, answer: undefined, retryInMilliseconds });
      };
      waitOut = endTurn(call, turn, startedAt, { error });
      throw error;
    }
  };
  const attempt = async (): Promise<Response> => {
    for (;;) {
      try {
        return await credentials.attempt(attemptOnce);
      } catch (error) {
        failure = error;
        if (waitOut === undefined) throw error;
        report?.(waitOut);
      }
    }
  };
  /** The milliseconds to wait before the next attempt, or `undefined` if there is none, or no time for it. */
  const nextWait = (retryCount: number): number | undefined => {
    if (retryCount > settings.retryLimit || haltOf(call)?.aborted === true) return undefined;
    // In bulk a refusal is waited out or final; and with a key that fails nobody else would fare better.
    if (bulk !== undefined && ['refused', 'unavailable', 'unsent'].includes(toTurnEnd(failure)[0])) return undefined;
    const wait = retryDelay(failure, retryCount, settings);
    if (wait === undefined || performance.now() + wait >= call.end) return undefined;
    report?.(wait);
    return wait;
  };

  try {
    await attempt();
  } catch {
    const wait = nextWait(1);
    if (wait !== undefined) await repeat({ url, method: request.method ?? 'POST', wait, attempt, nextWait, call });
  }
  report?.();
  // A token that arrived before an abort wins.
  if (success !== undefined) return success.result;
  if (settings.signal?.aborted === true) throw settings.signal.reason;
  throw failure;
}
