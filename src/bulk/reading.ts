import type { InputReader } from './input-reader.js';
import type { Jobs } from './jobs.js';
import type { OutcomeQueue } from './outcome-queue.js';
import type { Requests } from './requests.js';

interface ReadingOptions {
  readonly reader: InputReader;
  readonly jobs: Pick<Jobs<unknown>, 'make' | 'joined'>;
  readonly requests: Requests;
  readonly queue: Pick<OutcomeQueue<unknown>, 'whenRoom'>;
  readonly concurrency: number;
  readonly batchSize: number;
}

/** Reads the inputs of one bulk call, only as fast as requests may be sent and outcomes are taken. */
export interface Reading {
  /** Resolves when all inputs are read; rejects if their source fails. */
  readAll(): Promise<void>;
  /** Called when another request may begin. */
  wake(): void;
}

/** After so many inputs without a request, yield to the event loop, so that timers and signals are handled. */
const longestStretch = 256;

export function createReading({ reader, jobs, requests, queue, concurrency, batchSize }: ReadingOptions): Reading {
  const size = () => Math.min(batchSize, requests.largest());
  let wake = (): void => undefined;

  async function untilRoom(): Promise<void> {
    for (;;) {
      await queue.whenRoom();
      // Backpressure: an endless source of equal ids must not be read ahead of its one request.
      const isFarAhead = jobs.joined() + size() > size() * concurrency && requests.count() > 0;
      if (requests.hasRoom() && !isFarAhead) return;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }

  return {
    async readAll() {
      let stretch = 0;
      for (;;) {
        await untilRoom();
        const inputs = await reader.read(size());
        if (inputs.length === 0) return;
        const made = jobs.make(inputs);
        if (made.length > 0) requests.push(made);
        stretch = made.length > 0 && !requests.isStopped() ? 0 : stretch + inputs.length;
        if (stretch <= longestStretch) continue;
        stretch = 0;
        await new Promise((resolve) => setTimeout(resolve));
      }
    },
    wake() {
      wake();
    },
  };
}
