import { isThenable, onAbort } from '../time.js';

/** One input of a bulk call, not checked yet, and its position. */
export interface Input {
  readonly index: number;
  readonly userId: unknown;
}

/** How long a chunk waits for more inputs after its first one, in milliseconds: fuller chunks mean fewer requests. */
const longestChunkWait = 250;

type Step = IteratorResult<unknown>;

export type InputReader = ReturnType<typeof createInputReader>;

/** Reads inputs in chunks. */
export function createInputReader(source: Iterable<unknown> | AsyncIterable<unknown>, signal: AbortSignal) {
  const iterator: Iterator<unknown> | AsyncIterator<unknown> =
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  let index = 0;
  let isDone = false;
  let failure: { readonly error: unknown } | undefined;
  let pending: PromiseLike<Step> | undefined;
  // Created lazily: a source in memory never needs it.
  let timer: Timer | undefined;

  /** The next result of the source's iterator, or `undefined` if it does not come in time. */
  async function step(milliseconds: number | undefined): Promise<Step | undefined> {
    if (pending === undefined) {
      const next = iterator.next() as Step | PromiseLike<Step> | undefined;
      if (!isThenable(next)) return checkStep(next);
      pending = next;
    }
    timer ??= createTimer(milliseconds, signal);
    const inTime = pending.then((result) => ({ result }));
    const settled = await Promise.race([inTime, timer.late]);
    if (settled === undefined) return undefined;
    pending = undefined;
    return checkStep(settled.result);
  }

  function clearTimer(): void {
    timer?.clear();
    timer = undefined;
  }

  return {
    /** Resolves with the next inputs: from one to `size`, or none at the end. Only one call at a time. */
    async read(size: number): Promise<readonly Input[]> {
      const chunk: Input[] = [];
      try {
        while (chunk.length < size && !isDone && !signal.aborted) {
          const result = await step(chunk.length === 0 ? undefined : longestChunkWait);
          if (result === undefined) break;
          // Any truthy value, as in a `for` loop.
          if (result.done) isDone = true;
          else chunk.push({ index: index++, userId: result.value });
          if (chunk.length === 1) clearTimer();
        }
      } catch (error) {
        failure = { error };
        isDone = true;
      } finally {
        clearTimer();
      }
      // Inputs that were read before the source failed come first.
      if (failure !== undefined && chunk.length === 0) throw failure.error;
      return chunk;
    },
    /** Ends the source, as leaving a `for` loop does. */
    stop(): void {
      if (isDone) return;
      isDone = true;
      // End a pending read.
      timer?.finish();
      // Nobody reads the source any more: ignore errors of its `return()`.
      void Promise.resolve()
        .then(() => iterator.return?.())
        .catch(() => undefined);
    },
  };
}

function checkStep(result: Step | undefined): Step {
  if (typeof result === 'object') return result;
  throw new TypeError(`The iterator of the user ids returned ${String(result)}, which is not an object.`);
}

type Timer = ReturnType<typeof createTimer>;

/** `late` resolves after a time, if one is given, on abort, and when `finish()` is called. */
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
