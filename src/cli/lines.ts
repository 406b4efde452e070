import type { Readable } from 'node:stream';
import { UsageError } from './context.js';

/** A line as bytes: the last one may end in the middle of a character. */
export interface Line {
  readonly bytes: Buffer;
  /** The number of the line, from 1. */
  readonly number: number;
  /** Whether a line break follows. The last line has none if the program that wrote it was killed. */
  readonly isComplete: boolean;
}

const lineBreak = 10;

/** Splits a stream into lines, without loading it as a whole. */
export async function* readLines(source: Readable): AsyncGenerator<Line> {
  let rest: Buffer[] = [];
  let number = 0;
  for await (const chunk of source as AsyncIterable<Buffer | string>) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    let start = 0;
    for (let end = bytes.indexOf(lineBreak); end !== -1; end = bytes.indexOf(lineBreak, start)) {
      number += 1;
      yield { bytes: Buffer.concat([...rest, bytes.subarray(start, end)]), number, isComplete: true };
      rest = [];
      start = end + 1;
    }
    rest.push(bytes.subarray(start));
  }
  const last = Buffer.concat(rest);
  if (last.length > 0) yield { bytes: last, number: number + 1, isComplete: false };
}

/** Decodes a line and trims white space and a BOM; `undefined` if it is not UTF-8. */
export function decodeLine({ bytes }: Line): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // In UTF-16 text, every other byte is zero.
    return text.includes('\0') ? undefined : text.trim();
  } catch {
    return undefined;
  }
}

/** The error for text in another encoding, in which two ids could become the same. */
export function notUtf8(what: string, { number }: Line): UsageError {
  return new UsageError(`${what} is not UTF-8, see line ${String(number)}. Convert it first, as iconv -t UTF-8 does.`);
}
