interface Listeners {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

const listenersOf = new WeakMap<AbortSignal, Listeners>();

/**
 * Calls back when a signal is aborted, until the returned function is called. However many wait for one signal, such as a
 * server's own for its shutdown, they make one listener: Node.js prints a warning at the eleventh.
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

/** Settles when woken, or rejects with the signal's reason; leaves nothing behind. */
export function untilWoken(subscribe: (wake: () => void) => () => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const unsubscribe = subscribe(() => {
      leaveSignal();
      resolve();
    });
    const leaveSignal = onAbort(signal, () => {
      unsubscribe();
      // The reason is the caller's own.
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

/** How late a timer is if the process was busy, and the most that it then waits on, in milliseconds. */
const minLateness = 10;
const maxGrace = 100;

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
  const expire = () => {
    expired = true;
    abort(new DOMException('The operation timed out.', 'TimeoutError'));
  };
  let timer = setTimeout(() => {
    const late = performance.now() - end;
    // The process was busy: what arrived meanwhile is there, and is read first.
    if (late < minLateness) expire();
    else timer = setTimeout(expire, Math.min(late, maxGrace));
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
        racers.add(reject);
        work.then(
          (value) => {
            racers.delete(reject);
            resolve(value);
          },
          (error: unknown) => {
            racers.delete(reject);
            // As it came: a \`fetch\` may throw anything.
            reject(error);
          },
        );
        // The reason belongs to the caller, who may have chosen anything.
        if (signal.aborted) reject(signal.reason);
      }),
    stop() {
      clearTimeout(timer);
      leaveParent?.();
    },
  };
}

const firstDelay = 500;

/**
 * The milliseconds to wait after so many failures in a row, from 1: each time twice as long.
 *
 * @param first - How long after the first.
 */
export function backoff(failures: number, limit: number, first = firstDelay): number {
  const delay = Math.min(limit, first * 2 ** (failures - 1));
  // Half of it at random, so that callers that failed together do not come back together.
  return delay * (0.5 + Math.random() / 2);
}

/** The date that a text names; `undefined` if it names none. */
export function toDate(text: string): Date | undefined {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Whether a value has to be waited for: a promise of any making. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
