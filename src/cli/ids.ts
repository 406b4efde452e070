import { createInterface } from 'node:readline';
import { type CliContext, UsageError } from './context.js';

/**
 * The ids of the command line, with those that standard input gives, one a line, in the place of a `-`.
 *
 * @throws UsageError - There are two of those: standard input can be read once.
 */
export function readIds(context: CliContext, ids: readonly string[]): AsyncGenerator<string> {
  if (ids.indexOf('-') !== ids.lastIndexOf('-')) throw new UsageError('Standard input can be read once: give one -.');
  return read(context, ids);
}

async function* read({ stdin, stderr, signal }: CliContext, ids: readonly string[]): AsyncGenerator<string> {
  let count = 0;
  for (const id of ids) {
    signal.throwIfAborted();
    if (id !== '-') {
      count += 1;
      yield id;
      continue;
    }
    const lines = createInterface({ input: stdin, crlfDelay: Infinity, signal });
    for await (const line of lines) {
      signal.throwIfAborted();
      if (line.trim() === '') continue;
      count += 1;
      yield line.trim();
    }
    // At an abort the lines end as if there were no more.
    signal.throwIfAborted();
  }
  if (count === 0) stderr.write('There were no ids on standard input.\n');
}
