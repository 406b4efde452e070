interface Listeners {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

const listenersOf = new WeakMap<AbortSignal, Listeners>();

/**
 * Calls `callback` when a signal is aborted, unless the returned function was called before. All callbacks for one signal
 * share one listener, because Node.js prints a warning at the eleventh listener, and many calls may share the shutdown signal
 * of a server.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  if (signal.aborted) {
    queueMicrotask(callback);
    return () => undefined;
  }
  const listeners = listenersOf.get(signal) ?? listen(signal);
  listeners.callbacks.add(callback);
  return () => {
    listeners.callbacks.delete(callback);
    if (listeners.callbacks.size > 0 || listenersOf.get(signal) !== listeners) return;
    listenersOf.delete(signal);
    signal.removeEventListener('abort', listeners.listener);
  };
}

function listen(signal: AbortSignal): Listeners {
  const callbacks = new Set<() => void>();
  const listener = () => {
    listenersOf.delete(signal);
    for (const callback of callbacks) callback();
  };
  const listeners = { callbacks, listener };
  listenersOf.set(signal, listeners);
  signal.addEventListener('abort', listener, { once: true });
  return listeners;
}

/** Resolves when woken, or rejects with the signal's reason. Then calls what `subscribe` returned. Leaves no listener behind. */
export function untilWoken(subscribe: (wake: () => void) => () => void, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const unsubscribe = subscribe(() => {
      unsubscribe();
      leaveSignal?.();
      resolve();
    });
    const leaveSignal =
      signal &&
      onAbort(signal, () => {
        unsubscribe();
        reject(signal.reason);
      });
  });
}

/** Waits, or rejects with the signal's reason. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return untilWoken((wake) => {
    const timer = setTimeout(wake, milliseconds);
    return () => {
      clearTimeout(timer);
    };
  }, signal);
}

/** A timer that fires later than this shows that the process was busy. */
const busyMilliseconds = 10;
/** How much longer a deadline waits at most if the process was busy. */
const maxGraceMilliseconds = 100;

/**
 * A time limit that also ends when a parent signal is aborted.
 *
 * Not AbortSignal.any() and AbortSignal.timeout(): their timers cannot be cleared, and they live as long as the parent. For
 * the shutdown signal of a server, that would be one more listener for every call.
 */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #leaveParent: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout>;
  #isExpired = false;
  #endRace: ((reason: unknown) => void) | undefined;

  constructor(milliseconds: number, parent?: AbortSignal) {
    const end = performance.now() + milliseconds;
    this.#timer = setTimeout(() => {
      const late = performance.now() - end;
      // If the process was busy, an answer may have arrived meanwhile: let it be read first.
      if (late < busyMilliseconds) this.#expire();
      else
        this.#timer = setTimeout(
          () => {
            this.#expire();
          },
          Math.min(late, maxGraceMilliseconds),
        );
    }, milliseconds);
    if (parent === undefined) return;
    if (parent.aborted) this.#abort(parent.reason);
    this.#leaveParent = onAbort(parent, () => {
      this.#abort(parent.reason);
    });
  }

  /** Aborted when the time is up or the parent signal is aborted. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether the time is up. `false` if the parent signal was aborted. */
  get isExpired(): boolean {
    return this.#isExpired;
  }

  /**
   * Settles like `work`, or rejects with the reason of `signal` once that is aborted. One race at a time.
   *
   * @param cancel - Ends the work then; without it, the work goes on.
   */
  race<T>(work: PromiseLike<T>, cancel?: () => void): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#endRace = (reason) => {
        reject(reason);
        cancel?.();
      };
      work.then(resolve, reject);
      if (this.signal.aborted) this.#endRace(this.signal.reason);
    });
  }

  /** Removes the timer and the listener on the parent. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#leaveParent?.();
  }

  #expire(): void {
    this.#isExpired = true;
    this.#abort(new DOMException('The operation timed out.', 'TimeoutError'));
  }

  #abort(reason: unknown): void {
    this.#controller.abort(reason);
    this.#endRace?.(reason);
  }
}

/** Settles like `work`, or rejects once its time is up or the signal is aborted. */
export async function within<T>(milliseconds: number, signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  const deadline = new Deadline(milliseconds, signal);
  try {
    return await deadline.race(work);
  } finally {
    deadline.stop();
  }
}

const firstDelayMilliseconds = 500;

/**
 * Exponential backoff with jitter: the milliseconds to wait before the next try.
 *
 * @param failures - The number of failures in a row, from 1.
 * @param limit - The longest wait, in milliseconds.
 * @param first - The longest wait after the first failure, in milliseconds; it doubles with each further failure.
 */
export function backoff(failures: number, limit: number, first = firstDelayMilliseconds): number {
  const delay = Math.min(limit, first * 2 ** (failures - 1));
  // Half of it is random, so that callers that failed together do not retry together.
  return delay * (0.5 + Math.random() / 2);
}

/** Parses a date; `undefined` if the text is not one. */
export function toDate(text: string): Date | undefined {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Whether a value is a promise of any kind. Not `instanceof`: it may come from another realm. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** Calls a function of the user that must not fail the call: ignores what it throws, and what its promise rejects with. */
export function ignoreFailure(callback: () => unknown): void {
  try {
    const done = callback();
    if (isThenable(done)) done.then(undefined, () => undefined);
  } catch {
    // See above.
  }
}
