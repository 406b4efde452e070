import type { ProviderId } from '../providers/index.js';
import { type CliContext, print, UsageError } from './context.js';
import { openUntilAborted } from './files.js';
import { decodeLine, type Line, notUtf8, readLines } from './lines.js';

/** The provider, environment and region of results. Results from another place are refused. */
export interface ResultPlace {
  readonly provider: ProviderId;
  readonly environment: string;
  readonly region?: string | undefined;
}

/** The users to skip, from the results of earlier runs. */
export interface Skip {
  readonly has: (userId: string) => boolean;
  /** The number of ids that were skipped so far. */
  readonly count: () => number;
}

/**
 * Reads the results of earlier runs: lines of JSON as `issue` prints them. Users with a token that has not expired are
 * skipped. A line that breaks off, because the run was killed, is ignored.
 *
 * @throws UsageError - A file cannot be read, or holds something else, or results of another place.
 */
export async function readSkip(
  context: CliContext,
  files: readonly string[],
  place: ResultPlace,
  isQuiet: boolean,
): Promise<Skip> {
  const issuedIds = new Set<string>();
  let lacksLineBreak = false;
  for (const file of files) {
    let incompleteCount = 0;
    for await (const line of openLines(context, file)) {
      const text = decodeLine(line);
      lacksLineBreak ||= !line.isComplete;
      if (text === '') continue;
      const result = readResult(line, text);
      if (result === undefined) {
        incompleteCount += 1;
        continue;
      }
      checkPlace(result, place, line);
      if (typeof result['token'] === 'string' && !isExpired(result['expiresAt']))
        issuedIds.add(String(result['userId']));
    }
    if (incompleteCount > 0 && !isQuiet) {
      context.stderr.write(
        `Ignored ${String(incompleteCount)} incomplete ${incompleteCount === 1 ? 'line' : 'lines'} of --skip.\n`,
      );
    }
  }
  // The new results may be appended to the same file: complete its last line first.
  if (lacksLineBreak) await print(context, '\n');
  let skippedCount = 0;
  return {
    has(userId) {
      if (!issuedIds.has(userId)) return false;
      skippedCount += 1;
      return true;
    },
    count: () => skippedCount,
  };
}

/** Neither message repeats the path or the content: both may hold a key. */
async function* openLines({ signal }: CliContext, file: string): AsyncGenerator<Line> {
  try {
    yield* readLines(await openUntilAborted(file, signal));
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new UsageError(
      `The file of --skip cannot be read (${String(error.code)}). Give the path of earlier results.`,
    );
  }
}

/** Parses a result; `undefined` for a line that begins like a result and breaks off. */
function readResult(line: Line, text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    if (typeof value === 'object' && value !== null && 'userId' in value) return value;
  } catch {
    if (/^(\u00ef\u00bb\u00bf)?\s*\{("|$)/.test(line.bytes.toString('latin1'))) return undefined;
    if (text === undefined) throw notUtf8('The file of --skip', line);
  }
  const number = String(line.number);
  throw new UsageError(`Line ${number} of --skip is not a result. Pass a file that --format ndjson has printed.`);
}

function checkPlace(result: Readonly<Record<string, unknown>>, place: ResultPlace, { number }: Line): void {
  for (const name of ['provider', 'environment', 'region'] as const) {
    if (result[name] === place[name]) continue;
    const [problem, advice] =
      result[name] === undefined
        ? [
            `has no ${name}: it was not written by \`tokenwright issue\` of version 0.2 or later`,
            'Pass a file that it has written.',
          ]
        : [`is of another ${name}`, 'Use one file for each provider, environment and region.'];
    throw new UsageError(`Line ${String(number)} of --skip ${problem}. This run is for ${describe(place)}. ${advice}`);
  }
}

function describe({ provider, environment, region }: ResultPlace): string {
  return [provider, environment, region].filter((part) => part !== undefined).join(' ');
}

/** A token without `expiresAt`, as from Junction, counts as not expired. */
function isExpired(expiresAt: unknown): boolean {
  return typeof expiresAt === 'string' && Date.parse(expiresAt) <= Date.now();
}
