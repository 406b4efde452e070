import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import type { Variables } from '../client/variables.js';
import type { Fetch } from '../issuer.js';

/** All that the command line touches of the outside world, so that a test can hand it another one. */
export interface CliContext {
  readonly env: Variables;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Sends the requests; by default the global `fetch`. */
  readonly fetch?: Fetch | undefined;
  /** Is aborted when the user interrupts. */
  readonly signal: AbortSignal;
}

/** What a command ends with: the codes are part of the interface, and documented in the help. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  configuration: 3,
  someFailed: 4,
  /** As a shell has it for a program that ends with SIGPIPE. */
  readerLeft: 141,
  interrupted: 130,
} as const;

/** The call was wrong. The message names the fix. */
export class UsageError extends Error {}

/** Nobody reads the standard output any more, as after `| head -1`. */
export class ClosedPipeError extends Error {}

/** Writes to the standard output, and waits where its reader is slow. */
export async function print(context: CliContext, text: string): Promise<void> {
  const { stdout } = context;
  if (stdout.destroyed || stdout.errored !== null) throw new ClosedPipeError();
  if (stdout.write(text)) return;
  try {
    await once(stdout, 'drain', { signal: context.signal });
  } catch (error) {
    // What was printed is on its way; whoever interrupted does not wait for a slow reader.
    if (context.signal.aborted) return;
    throw isClosedPipe(error) ? new ClosedPipeError() : error;
  }
}

/** Whether an error of a stream says that its reader is gone. */
export function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED');
}

export function isTerminal(stream: Writable): stream is WriteStream {
  return 'isTTY' in stream && stream.isTTY === true;
}

/** Styles text for a terminal, and leaves it alone for anything else or where `NO_COLOR` is set. */
export function style(
  context: CliContext,
  stream: Writable,
  format: 'bold' | 'dim' | 'red' | 'green',
  text: string,
): string {
  return isTerminal(stream) && !context.env['NO_COLOR'] ? styleText(format, text, { validateStream: false }) : text;
}
