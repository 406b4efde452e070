import type { CliContext } from './context.js';

/** How long requests in flight may still take after an interruption, in milliseconds. */
const drainTime = 10_000;

/** After an interruption, lets the requests in flight finish, because what they did would be lost. */
export interface Drain {
  /** Aborted `drainTime` after the interruption, and not at once. */
  readonly signal: AbortSignal;
  /** Ends the waiting. */
  stop(): void;
}

export function startDrain({ signal, stderr }: CliContext, isQuiet: boolean): Drain {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const begin = () => {
    const seconds = String(drainTime / 1000);
    if (!isQuiet)
      stderr.write(`Interrupted: waiting up to ${seconds} s for requests in flight. Interrupt again to end now.\n`);
    timer = setTimeout(() => {
      controller.abort(signal.reason);
    }, drainTime);
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
export async function drained<T>(
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
