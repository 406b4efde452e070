import { onAbort } from '../time.js';

/** One input of a bulk call: what was given, which may be no string, and its place. */
export interface Input {
  readonly index: number;
  readonly userId: unknown;
}

/** Reads inputs in chunks, for several readers in turn. */
export interface InputReader {
  /** The next inputs, at least one and at most so many, or none at the end. */
  read(size: number): Promise<readonly Input[]>;
  /** Tells the source that no more is wanted. */
  stop(): void;
}

/**
 * How long a chunk that has its first input waits for the others, in milliseconds: somebody may be typing, and a file is
 * faster.
 */
const lingerTime = 20;

type Step = IteratorResult<unknown>;

export function createInputReader(
  source: Iterable<unknown> | AsyncIterable<unknown>,
  signal: AbortSignal,
): InputReader {
  const iterator: Iterator<unknown> | AsyncIterator<unknown> =
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  let index = 0;
  let isDone = false;
  let failure: { readonly error: unknown } | undefined;
  let pending: Promise<Step> | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  // Made only where the source lets wait, which one in memory never does.
  let timer: ReturnType<typeof createTimer> | undefined;

  /** The next step of the source; `undefined` where it is not there in time, or where the source fails. */
  async function step(late: () => Promise<undefined>): Promise<Step | undefined> {
    try {
      if (pending === undefined) {
        const result = iterator.next();
        if (!('then' in result)) return result;
        pending = result;
      }
      const result = await Promise.race([pending, late()]);
      if (result !== undefined) pending = undefined;
      return result;
    } catch (error) {
      failure = { error };
      return undefined;
    }
  }

  function clearTimer(): void {
    timer?.clear();
    timer = undefined;
  }

  async function readChunk(size: number): Promise<readonly Input[]> {
    const chunk: Input[] = [];
    const late = () => (timer ??= createTimer(chunk.length === 0 ? undefined : lingerTime, signal)).late;
    while (chunk.length < size && failure === undefined && !isDone && !signal.aborted) {
      const result = await step(late);
      if (result === undefined) break;
      if (result.done === true) isDone = true;
      else chunk.push({ index: index++, userId: result.value });
      if (chunk.length !== 1 || size === 1) continue;
      clearTimer();
    }
    clearTimer();
    // What was read before the source failed comes first.
    if (failure !== undefined && chunk.length === 0) throw failure.error;
    return chunk;
  }

  return {
    read(size) {
      const chunk = queue.then(() => readChunk(size));
      queue = chunk.catch(() => (isDone = true));
      return chunk;
    },
    stop() {
      if (isDone) return;
      isDone = true;
      // Who waits for the source waits no longer.
      timer?.finish();
      // A source that fails while it is told to stop has nobody left to tell.
      void Promise.resolve()
        .then(() => iterator.return?.())
        .catch(() => undefined);
    },
  };
}

/** Is late after a time, where one is given, at an abort, and when it is finished. */
function createTimer(milliseconds: number | undefined, signal: AbortSignal) {
  let clear = (): void => undefined;
  let finish = (): void => undefined;
  const late = new Promise<undefined>((resolve) => {
    finish = () => {
      resolve(undefined);
    };
    const timer = milliseconds === undefined ? undefined : setTimeout(finish, milliseconds);
    const leaveSignal = onAbort(signal, finish);
    clear = () => {
      clearTimeout(timer);
      leaveSignal();
    };
  });
  return { late, clear, finish };
}
