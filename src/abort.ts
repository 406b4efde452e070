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
