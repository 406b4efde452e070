import { Queue } from '../limits/queue.js';

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
  const values = new Queue<{ readonly value: T }>();
  let isClosed = false;
  let failure: { readonly error: unknown } | undefined;
  let wakeConsumer = (): void => undefined;
  let wakeProducers: (() => void)[] = [];

  return {
    push(value) {
      values.push({ value });
      wakeConsumer();
    },
    async whenRoom() {
      while (values.size >= capacity && !isClosed) await new Promise<void>((resolve) => wakeProducers.push(resolve));
    },
    close(reason) {
      isClosed = true;
      failure = reason;
      wakeConsumer();
      for (const wake of wakeProducers) wake();
    },
    async take() {
      while (values.size === 0 && !isClosed) await new Promise<void>((resolve) => (wakeConsumer = resolve));
      if (values.size === 0 && failure !== undefined) throw failure.error;
      const taken = values.shift();
      if (values.size < capacity) {
        const awakened = wakeProducers;
        wakeProducers = [];
        for (const wake of awakened) wake();
      }
      return taken;
    },
  };
}
