/** The app has disconnected. `cause` is the error with which the work failed then, if it did. */
export class AppGoneError extends Error {}

/** Watches whether the app is still connected. */
export interface Presence {
  /**
   * Runs some work. If the app disconnects, rejects with an {@link AppGoneError} soon after, even if the work goes on.
   *
   * @param onLate - Called with a result that arrives after that.
   */
  readonly during: <T>(work: () => T | PromiseLike<T>, onLate?: (result: T) => unknown) => Promise<T>;
  /** Removes the listener. */
  readonly stop: () => void;
}

export function watchPresence(signal: AbortSignal): Presence {
  let leave: () => void = () => undefined;
  const gone = new Promise<undefined>((resolve) => {
    // Work that reacts to the signal settles first: its error goes into the record.
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
