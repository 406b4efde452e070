import type { CallContext } from '../client/options.js';
import { onAbort, sleep, startDeadline } from '../time.js';
import { runAttempt } from './attempt.js';
import { useCredentials } from './renewal.js';
import type { ApiRequest, CallState } from './request.js';
import { retryDelay } from './retry.js';

/** Sends one request of a call: a first attempt by itself, and those that may follow it through ky. */
export async function sendRequest<T, R>(call: CallState, context: CallContext, request: ApiRequest<T, R>): Promise<R> {
  const { settings, connection } = call;
  const url = `${connection.url}/${request.path}`;
  let success: { readonly result: R } | undefined;
  let failure: unknown;
  const credentials = useCredentials(call, context);
  const run = () => runAttempt({ call, context, request, url, credentials }, failure as Error | undefined);

  const attempt = async (): Promise<Response> => {
    try {
      const { result, response } = await credentials.attempt(run);
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
    if (wait !== undefined) {
      const { end } = call;
      await repeat({ url, method: request.method ?? 'POST', wait, end, attempt, nextWait, settings });
    }
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
  /** When the time of the call is up, as `performance.now()` has it. */
  readonly end: number;
  readonly attempt: () => Promise<Response>;
  readonly nextWait: (retryCount: number) => number | undefined;
  readonly settings: CallState['settings'];
}

/**
 * Has ky make the attempts after the first. Never rejects: the caller knows the failure of the last attempt, and whatever ky
 * throws by itself, as in a runtime without `Request`, must not take its place; nor must a ky that cannot be loaded, since
 * its file was replaced meanwhile. Neither key nor content passes through ky, since its errors hold the request.
 */
async function repeat({ url, method, wait, end, attempt, nextWait, settings }: Repetition): Promise<void> {
  // A signal of its own: ky listens to each anew, and a server's signal for its shutdown is handed to thousands of calls.
  const abort = new AbortController();
  const leaveSignal =
    settings.signal &&
    onAbort(settings.signal, () => {
      abort.abort(settings.signal?.reason);
    });
  let delay = 0;
  try {
    const loading = loadKy();
    await sleep(wait, abort.signal);
    const ky = await within(end, abort.signal, loading);
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

/** Most calls need no ky, and what it does when it is loaded takes longer than all the rest of this package. */
function loadKy() {
  const loading = import('./ky.js').then(({ ky }) => ky);
  // Looked at after a wait, which may end otherwise.
  loading.catch(() => undefined);
  return loading;
}

async function within<T>(end: number, signal: AbortSignal, work: Promise<T>): Promise<T> {
  const deadline = startDeadline(Math.max(1, end - performance.now()), signal);
  try {
    return await deadline.race(work);
  } finally {
    deadline.stop();
  }
}
