import { onAbort, sleep, within } from '../time.js';
import { type CallState, timeLeftOf } from './request.js';
import { haltOf } from './turn.js';

export interface Repetition {
  readonly url: string;
  /** Milliseconds before the second attempt. */
  readonly wait: number;
  readonly attempt: () => Promise<Response>;
  readonly nextWait: (retryCount: number) => number | undefined;
  readonly call: CallState;
}

/**
 * Makes the retries, through ky. Never rejects: the caller keeps the failure of the last attempt, and no error of ky itself
 * may replace it (in a runtime without `Request`; or if its file was replaced by a deployment and cannot be loaded). Neither
 * key nor content passes through ky, because its errors hold the request: it is given the URL alone, and never sends its own
 * request, a GET.
 */
export async function repeat({ url, wait, attempt, nextWait, call }: Repetition): Promise<void> {
  // Not the caller's signal: ky adds a listener for each call, and thousands of calls may share one shutdown signal.
  const abort = new AbortController();
  const halt = haltOf(call);
  const leaveSignal =
    halt &&
    onAbort(halt, () => {
      abort.abort(halt.reason);
    });
  let delay = 0;
  try {
    const loading = loadKy();
    await sleep(wait, abort.signal);
    const ky = await within(timeLeftOf(call), abort.signal, loading);
    await ky(url, {
      signal: abort.signal,
      timeout: false,
      retry: {
        limit: call.settings.retryLimit - 1,
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
    // The caller keeps the failure of the last attempt.
  } finally {
    leaveSignal?.();
  }
}

/** Loads ky only when it is needed: that takes longer than loading all the rest of this package. */
function loadKy() {
  const loading = import('./ky.js').then(({ ky }) => ky);
  // It is awaited later, or never if the wait before it is aborted: avoid an unhandled rejection.
  loading.catch(() => undefined);
  return loading;
}
