import ky from 'ky';
import type { CallContext } from '../client/options.js';
import { onAbort, sleep } from '../time.js';
import { runAttempt } from './attempt.js';
import type { ApiRequest, CallState } from './request.js';
import { retryDelay } from './retry.js';

/** Sends one request of a call: a first attempt by itself, and those that may follow it through ky. */
export async function sendRequest<T, R>(call: CallState, context: CallContext, request: ApiRequest<T, R>): Promise<R> {
  const { settings, connection } = call;
  const url = `${connection.url}/${request.path}`;
  let success: { readonly result: R } | undefined;
  let failure: unknown;

  const attempt = async (): Promise<Response> => {
    try {
      const { result, response } = await runAttempt({ call, context, request, url }, failure as Error | undefined);
      success = { result };
      return response;
    } catch (error) {
      failure = error;
      throw error;
    }
  };
  /** The milliseconds to wait before the next attempt, or `undefined` if there is none, or no time for it. */
  const nextWait = (retryCount: number): number | undefined => {
    if (retryCount > settings.retryLimit || settings.signal?.aborted === true) return undefined;
    const wait = retryDelay(failure, retryCount, settings);
    return wait !== undefined && performance.now() + wait < call.end ? wait : undefined;
  };

  try {
    await attempt();
  } catch {
    const wait = nextWait(1);
    if (wait !== undefined) await repeat({ url, method: request.method ?? 'POST', wait, attempt, nextWait, settings });
  }
  // A token that arrived before an abort wins.
  if (success !== undefined) return success.result;
  if (settings.signal?.aborted === true) throw settings.signal.reason;
  throw failure;
}

interface Repetition {
  readonly url: string;
  readonly method: string;
  /** Milliseconds before the second attempt. */
  readonly wait: number;
  readonly attempt: () => Promise<Response>;
  readonly nextWait: (retryCount: number) => number | undefined;
  readonly settings: CallState['settings'];
}

/**
 * Has ky make the attempts after the first. Never rejects: the caller knows the failure of the last attempt, and whatever ky
 * throws by itself, as in a runtime without `Request`, must not take its place. Neither key nor content passes through ky,
 * since its errors hold the request.
 */
async function repeat({ url, method, wait, attempt, nextWait, settings }: Repetition): Promise<void> {
  // A signal of its own: ky listens to each anew, and a server's signal for its shutdown is handed to thousands of calls.
  const abort = new AbortController();
  const leaveSignal =
    settings.signal &&
    onAbort(settings.signal, () => {
      abort.abort(settings.signal?.reason);
    });
  let delay = 0;
  try {
    await sleep(wait, abort.signal);
    await ky(url, {
      method,
      signal: abort.signal,
      timeout: false,
      retry: {
        limit: settings.retryLimit - 1,
        methods: [method],
        shouldRetry({ retryCount }) {
          const next = nextWait(retryCount + 1);
          delay = next ?? 0;
          return next !== undefined;
        },
        delay: () => delay,
      },
      fetch: attempt,
    });
  } catch {
    // The attempts keep their own failures.
  } finally {
    leaveSignal?.();
  }
}
