import { onAbort } from './abort.js';

/** A span of time that ends when it is up, or with the signal it was started under. */
export interface Deadline {
  /** Aborts at the end of the span. */
  readonly signal: AbortSignal;
  /** Whether the time is up, as opposed to the parent signal having been aborted. */
  isExpired(): boolean;
  /** Milliseconds left. */
  remaining(): number;
  /** Settles with the work, or rejects with the signal's reason as soon as the span ends, even if the work goes on. */
  race<T>(work: PromiseLike<T>): Promise<T>;
  /** Ends the watch; nothing stays behind, neither a timer nor a listener on the parent. */
  stop(): void;
}

// Not AbortSignal.any() and AbortSignal.timeout(): those live as long as the parent does, which for a server's own
// shutdown signal means one listener more with every call, and their timers cannot be cleared.
export function startDeadline(milliseconds: number, parent?: AbortSignal): Deadline {
  const controller = new AbortController();
  const { signal } = controller;
  const end = performance.now() + milliseconds;
  const racers = new Set<(reason: unknown) => void>();
  let expired = false;
  const abort = (reason: unknown) => {
    controller.abort(reason);
    for (const reject of racers) reject(reason);
  };
  const timer = setTimeout(() => {
    expired = true;
    abort(new DOMException('The operation timed out.', 'TimeoutError'));
  }, milliseconds);
  const followParent = () => {
    abort(parent?.reason);
  };
  if (parent?.aborted) followParent();
  const leaveParent = parent && onAbort(parent, followParent);
  return {
    signal,
    isExpired: () => expired,
    remaining: () => end - performance.now(),
    race: (work) =>
      new Promise((resolve, reject) => {
        const leave = () => racers.delete(reject);
        work.then(leave, leave);
        work.then(resolve, reject);
        racers.add(reject);
        // The reason belongs to the caller, who may have chosen anything.
        if (signal.aborted) reject(signal.reason);
      }),
    stop() {
      clearTimeout(timer);
      leaveParent?.();
    },
  };
}
