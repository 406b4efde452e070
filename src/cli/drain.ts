import type { CliContext } from './context.js';

/** How long requests in flight may still take after an interruption. */
const drainMilliseconds = 10_000;

/** Lets the requests in flight finish after an interruption, because their results would be lost. */
export interface Drain {
  /** Aborted `drainMilliseconds` after the interruption, not at once. */
  readonly signal: AbortSignal;
  /** Removes the listener and the timer. */
  stop(): void;
}

export function startDrain({ signal, stderr }: CliContext, isQuiet: boolean): Drain {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const begin = () => {
    const seconds = String(drainMilliseconds / 1000);
    if (!isQuiet)
      stderr.write(`Interrupted: waiting up to ${seconds} s for requests in flight. Interrupt again to end now.\n`);
    timer = setTimeout(() => {
      controller.abort(signal.reason);
    }, drainMilliseconds);
  };
  signal.addEventListener('abort', begin, { once: true });
  return {
    signal: controller.signal,
    stop() {
      signal.removeEventListener('abort', begin);
      clearTimeout(timer);
    },
  };
}

/** Sends one request. After an interruption, lets it finish. */
export async function withDrain<T>(
  context: CliContext,
  send: (signal: AbortSignal) => Promise<T>,
  isQuiet = false,
): Promise<T> {
  context.signal.throwIfAborted();
  const drain = startDrain(context, isQuiet);
  try {
    return await send(drain.signal);
  } finally {
    drain.stop();
  }
}
