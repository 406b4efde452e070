import { createReadStream } from 'node:fs';
import type { ProviderId } from '../providers/index.js';
import { type CliContext, print, UsageError } from './context.js';
import { decodeLine, type Line, notUtf8, readLines } from './lines.js';

/** Whose results there are, and where they are from. Those of another place say nothing here. */
export interface ResultPlace {
  readonly provider: ProviderId;
  readonly environment: string;
  readonly region?: string | undefined;
}

/** Who is passed over, by the results of earlier runs. */
export interface Skip {
  readonly has: (userId: string) => boolean;
  /** How many ids were passed over so far. */
  readonly count: () => number;
}

/**
 * Reads the results of earlier runs: lines of JSON as `issue` prints them. Who has a token that has not expired is passed
 * over. A line that breaks off, as of a run that was killed, is nobody's result.
 *
 * @throws UsageError - A file cannot be read, holds something else, or results of another place.
 */
export async function readSkip(context: CliContext, files: readonly string[], place: ResultPlace): Promise<Skip> {
  const served = new Set<string>();
  let isOpenEnded = false;
  for (const file of files) {
    let torn = 0;
    for await (const line of openLines(file)) {
      const text = decodeLine(line);
      isOpenEnded ||= !line.isComplete;
      if (text === '') continue;
      const result = readResult(line, text);
      if (result === undefined) {
        torn += 1;
        continue;
      }
      checkPlace(result, place, line);
      if (typeof result['token'] === 'string' && !isExpired(result['expiresAt'])) served.add(String(result['userId']));
    }
    if (torn > 0) {
      context.stderr.write(`Ignored ${String(torn)} torn ${torn === 1 ? 'line' : 'lines'} of --skip.\n`);
    }
  }
  // The results may go on in the same file.
  if (isOpenEnded) await print(context, '\n');
  let passed = 0;
  return {
    has(userId) {
      if (!served.has(userId)) return false;
      passed += 1;
      return true;
    },
    count: () => passed,
  };
}

/** Neither message repeats the path or the content: both may hold a key. */
async function* openLines(file: string): AsyncGenerator<Line> {
  try {
    yield* readLines(createReadStream(file));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new UsageError(
      `The file of --skip cannot be read (${String(error.code)}). Give the path of earlier results.`,
    );
  }
}

/** A result; `undefined` for one that breaks off, which began as a result does. */
function readResult(line: Line, text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    if (typeof value === 'object' && value !== null && 'userId' in value) return value;
  } catch {
    if (/^(\u00ef\u00bb\u00bf)?\s*\{"/.test(line.bytes.toString('latin1'))) return undefined;
    if (text === undefined) throw notUtf8('The file of --skip', line);
  }
  const number = String(line.number);
  throw new UsageError(`Line ${number} of --skip is no result. Give lines as --format ndjson prints them.`);
}

function checkPlace(result: Readonly<Record<string, unknown>>, place: ResultPlace, { number }: Line): void {
  for (const name of ['provider', 'environment', 'region'] as const) {
    if (result[name] === place[name]) continue;
    const problem =
      result[name] === undefined
        ? `does not say its ${name}, as those of before version 0.2 do not`
        : `is of another ${name}`;
    throw new UsageError(`Line ${String(number)} of --skip ${problem}: this run is for ${describe(place)}.`);
  }
}

function describe({ provider, environment, region }: ResultPlace): string {
  return [provider, environment, region].filter((part) => part !== undefined).join(' ');
}

/** Junction does not say when a token expires; then it counts as good. */
function isExpired(expiresAt: unknown): boolean {
  return typeof expiresAt === 'string' && Date.parse(expiresAt) <= Date.now();
}
