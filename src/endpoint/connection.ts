/** The app has disconnected. `cause` is the error that the work failed with because of that, if any. */
export class AppDisconnectedError extends Error {}

/** Watches whether the app is still connected. */
export interface AppConnection {
  /**
   * Runs some work. If the app disconnects, rejects with an {@link AppDisconnectedError} soon after, even if the work goes on.
   *
   * @param onLate - Called with a result that arrives after the rejection.
   */
  readonly during: <T>(work: () => T | PromiseLike<T>, onLate?: (result: T) => unknown) => Promise<T>;
  /** Removes the listener on the signal. */
  readonly stop: () => void;
}

export function watchConnection(signal: AbortSignal): AppConnection {
  let leave: () => void = () => undefined;
  const gone = new Promise<undefined>((resolve) => {
    // Work that reacts to the signal settles first: its error goes into the record.
    leave = () => void setTimeout(resolve, 0);
  });
  signal.addEventListener('abort', leave, { once: true });

  return {
    async during(work, onLate) {
      if (signal.aborted) throw new AppDisconnectedError();
      const result = Promise.resolve().then(work);
      const settled = result.then(
        (value) => ({ value }),
        (error: unknown) => {
          throw signal.aborted ? new AppDisconnectedError('', { cause: error }) : error;
        },
      );
      const first = await Promise.race([settled, gone]);
      if (first !== undefined) return first.value;
      result.then(onLate).catch(() => undefined);
      throw new AppDisconnectedError();
    },
    stop() {
      signal.removeEventListener('abort', leave);
    },
  };
}
