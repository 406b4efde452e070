import { addAbortSignal } from 'node:stream';
import { type CliContext, UsageError } from './context.js';
import { decodeLine, notUtf8, readLines } from './lines.js';

/**
 * Reads the ids of the command line. A `-` is replaced by the ids from standard input, one a line.
 *
 * @throws UsageError - There is more than one `-`, or standard input is not UTF-8.
 */
export function readIds(context: CliContext, ids: readonly string[], isQuiet = false): AsyncGenerator<string> {
  if (ids.indexOf('-') !== ids.lastIndexOf('-'))
    throw new UsageError('Standard input can be read only once. Pass - only once.');
  return read(context, ids, isQuiet);
}

async function* read(
  { stdin, stderr, signal }: CliContext,
  ids: readonly string[],
  isQuiet: boolean,
): AsyncGenerator<string> {
  let count = 0;
  for (const id of ids) {
    signal.throwIfAborted();
    if (id !== '-') {
      count += 1;
      yield id;
      continue;
    }
    for await (const line of readLines(addAbortSignal(signal, stdin))) {
      const text = decodeLine(line);
      if (text === undefined) throw notUtf8('Standard input', line);
      // Other line breaks, which no id contains either.
      for (const each of text.split(/[\r\u2028\u2029]/)) {
        signal.throwIfAborted();
        if (each.trim() === '') continue;
        count += 1;
        yield each.trim();
      }
    }
  }
  if (count === 0 && !isQuiet) stderr.write('There were no ids on standard input.\n');
}
