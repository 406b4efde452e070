/** The app that asked is no longer there. `cause` is what failed at that moment, if anything did. */
export class AppGoneError extends Error {}

/** Watches whether the app that asked is still there. */
export interface Presence {
  /**
   * Does some work while the app is there: rejects with an {@link AppGoneError} soon after it has gone, even if the work
   * goes on.
   *
   * @param onLate - Called with a result that came too late for anybody.
   */
  readonly during: <T>(work: () => T | PromiseLike<T>, onLate?: (result: T) => unknown) => Promise<T>;
  /** Ends the watch; no listener stays behind. */
  readonly stop: () => void;
}

export function watchPresence(signal: AbortSignal): Presence {
  let leave: () => void = () => undefined;
  const gone = new Promise<undefined>((resolve) => {
    // Work that heeds the signal has its say first: how it ended is worth a record.
    leave = () => void setTimeout(resolve, 0);
  });
  signal.addEventListener('abort', leave, { once: true });

  return {
    async during(work, onLate) {
      if (signal.aborted) throw new AppGoneError();
      const result = Promise.resolve().then(work);
      const settled = result.then(
        (value) => ({ value }),
        (error: unknown) => {
          throw signal.aborted ? new AppGoneError('', { cause: error }) : error;
        },
      );
      const first = await Promise.race([settled, gone]);
      if (first !== undefined) return first.value;
      result.then(onLate).catch(() => undefined);
      throw new AppGoneError();
    },
    stop() {
      signal.removeEventListener('abort', leave);
    },
  };
}
