import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import type { Variables } from '../client/variables.js';
import type { Fetch } from '../issuer.js';

/** All connections of the command line to the outside world, so that tests can replace them. */
export interface CliContext {
  readonly env: Variables;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** The `fetch` implementation; by default the global one. */
  readonly fetch?: Fetch | undefined;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
}

/** The exit codes. They are part of the interface, and documented in the help. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  configuration: 3,
  someFailed: 4,
  /** The code that shells report for a program that SIGPIPE ended. */
  outputClosed: 141,
  interrupted: 130,
} as const;

/** The command line was used wrongly. The message says how to fix it. */
export class UsageError extends Error {}

/** The reader of standard output has closed it, as after `| head -1`. */
export class ClosedPipeError extends Error {}

/** Writes to standard output, and waits if its reader is slow. */
export async function print(context: CliContext, text: string): Promise<void> {
  const { stdout } = context;
  if (stdout.destroyed || stdout.errored !== null) throw new ClosedPipeError();
  if (stdout.write(text)) return;
  try {
    await once(stdout, 'drain', { signal: context.signal });
  } catch (error) {
    // The text is in the buffer of the stream; after an interruption, do not wait for a slow reader.
    if (context.signal.aborted) return;
    throw isClosedPipe(error) ? new ClosedPipeError() : error;
  }
}

/** Whether an error of a stream says that its reader is gone. */
function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}

export function isTerminal(stream: Writable): stream is WriteStream {
  return 'isTTY' in stream && stream.isTTY === true;
}

/** Styles text for a terminal. Returns it unchanged for anything else, or if `NO_COLOR` is set. */
export function style(
  context: CliContext,
  stream: Writable,
  format: 'bold' | 'dim' | 'red' | 'green',
  text: string,
): string {
  return isTerminal(stream) && !context.env['NO_COLOR'] ? styleText(format, text, { validateStream: false }) : text;
}
