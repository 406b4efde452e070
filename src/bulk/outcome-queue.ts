/** A queue from several producers to one consumer, with backpressure. */
export interface OutcomeQueue<T> {
  /** Adds a value at once, even to a full queue: an issued token must not be lost. */
  push(value: T): void;
  /** Resolves when the queue is not full. Producers await it before they begin more work. */
  whenRoom(): Promise<void>;
  /** Ends the queue after the values that are in it, with an error if one is given. */
  close(failure?: { readonly error: unknown }): void;
  /** The next value, or `undefined` at the end. */
  take(): Promise<{ readonly value: T } | undefined>;
}

export function createOutcomeQueue<T>(capacity: number): OutcomeQueue<T> {
  let values: T[] = [];
  let taken = 0;
  let isClosed = false;
  let failure: { readonly error: unknown } | undefined;
  let wakeConsumer = (): void => undefined;
  let wakeProducers: (() => void)[] = [];

  const size = () => values.length - taken;
  return {
    push(value) {
      values.push(value);
      wakeConsumer();
    },
    async whenRoom() {
      while (size() >= capacity && !isClosed) await new Promise<void>((resolve) => wakeProducers.push(resolve));
    },
    close(reason) {
      isClosed = true;
      failure = reason;
      wakeConsumer();
      for (const wake of wakeProducers) wake();
    },
    async take() {
      while (size() === 0 && !isClosed) await new Promise<void>((resolve) => (wakeConsumer = resolve));
      if (size() === 0) {
        if (failure !== undefined) throw failure.error;
        return undefined;
      }
      const value = values[taken] as T;
      taken += 1;
      // Not shift(): it moves all remaining values each time.
      if (taken === values.length || taken >= 1024) {
        values = values.slice(taken);
        taken = 0;
      }
      if (size() < capacity) {
        const awakened = wakeProducers;
        wakeProducers = [];
        for (const wake of awakened) wake();
      }
      return { value };
    },
  };
}
