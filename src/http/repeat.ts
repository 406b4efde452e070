import { onAbort, sleep, startDeadline } from '../time.js';
import type { CallState } from './request.js';
import { haltOf } from './turn.js';

export interface Repetition {
  readonly url: string;
  readonly method: string;
  /** Milliseconds before the second attempt. */
  readonly wait: number;
  readonly attempt: () => Promise<Response>;
  readonly nextWait: (retryCount: number) => number | undefined;
  readonly call: CallState;
}

/**
 * Has ky make the attempts after the first. Never rejects: the caller knows the failure of the last attempt, and whatever ky
 * throws by itself, as in a runtime without `Request`, must not take its place; nor must a ky that cannot be loaded, since
 * its file was replaced meanwhile. Neither key nor content passes through ky, since its errors hold the request.
 */
export async function repeat({ url, method, wait, attempt, nextWait, call }: Repetition): Promise<void> {
  // A signal of its own: ky listens to each anew, and a server's signal for its shutdown is handed to thousands of calls.
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
    const ky = await within(call.end, abort.signal, loading);
    await ky(url, {
      method,
      signal: abort.signal,
      timeout: false,
      retry: {
        limit: call.settings.retryLimit - 1,
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
