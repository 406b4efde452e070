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
    if (id !== '-') {
      count += 1;
      yield id;
      continue;
    }
    const lines = createInterface({ input: stdin, crlfDelay: Infinity, signal });
    for await (const line of lines) {
      if (line.trim() === '') continue;
      count += 1;
      yield line.trim();
    }
  }
  if (count === 0) stderr.write('There were no ids on standard input.\n');
}
