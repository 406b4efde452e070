import { configure } from '../client/connection.js';
import type { TokenwrightError } from '../errors.js';
import type { CallOptions, TokenIssuer } from '../issuer.js';
import type { TokenwrightEvent } from '../issuer/events.js';
import { connect } from '../providers/create-issuer.js';
import {
  type IssuedToken,
  type ProviderId,
  type ProviderIssuers,
  type ProviderOptions,
  providers,
} from '../providers/index.js';
import { type CliContext, exitCodes, UsageError } from './context.js';
import { startDrain, withDrain } from './drain.js';
import { readOwnFlags } from './own-flags.js';
import { readIds } from './ids.js';
import { checkVariable, createOutcomeWriter, type Format } from './output.js';
import { startProgress } from './progress.js';
import { exitCodeOf, reportError } from './report.js';
import { readSkip, type ResultPlace, type Skip } from './skip.js';

/** The parsed options of the command. */
export interface IssueFlags {
  readonly environment?: string;
  readonly region?: string;
  readonly baseUrl?: string;
  readonly concurrency?: number;
  readonly timeout?: number;
  readonly retry?: number;
  readonly quiet?: boolean;
  /** The paths of files. */
  readonly skip?: readonly string[];
  readonly format?: Format;
  /** The provider's own options, by the names of their flags in camel case. */
  readonly [ownFlag: string]: unknown;
}

/** Issues tokens for the ids of the command line; a `-` stands for those from standard input. */
export async function issue(
  context: CliContext,
  provider: ProviderId,
  userIds: string[],
  flags: IssueFlags,
): Promise<number> {
  const isMany = userIds.length > 1 || userIds.includes('-') || flags.skip !== undefined;
  const format = flags.format ?? (isMany ? 'ndjson' : 'json');
  // `token` prints no id, and `env` the same variables for each user: the tokens of many could not be told apart.
  if (isMany && (format === 'env' || format === 'token')) {
    throw new UsageError(`--format ${format} is for one user. Use ndjson for many.`);
  }

  const isQuiet = flags.quiet === true;
  const ids = readIds(context, userIds, isQuiet);
  const place = findPlace(context, provider, flags);
  const writer = createOutcomeWriter(context, place, format, isMany);
  const callOptions: CallOptions = { timeout: flags.timeout, ...readOwnFlags(flags, 'call') };

  if (!isMany) {
    const [userId = ''] = userIds;
    if (format === 'env') checkVariable(userId);
    const { issueToken }: TokenIssuer<IssuedToken> = connectIssuer(context, provider, flags);
    const value = await withDrain(context, (signal) => issueToken(userId, { ...callOptions, signal }), isQuiet);
    await writer.write({ index: 0, userId, status: 'fulfilled', value });
    return exitCodes.done;
  }

  const skip = await readSkip(context, flags.skip ?? [], place, isQuiet);
  const countUsers = () => (userIds.includes('-') ? undefined : userIds.length - skip.count());
  const progress = isQuiet ? undefined : startProgress(context, countUsers);
  const drain = startDrain(context, isQuiet);
  let issued = 0;
  let lastFailure: TokenwrightError | undefined;
  const failures = new Map<string, number>();
  let failed = 0;
  try {
    const issuer: TokenIssuer<IssuedToken> = connectIssuer(context, provider, flags, progress?.onEvent);
    const options = {
      ...callOptions,
      signal: drain.signal,
      ...(flags.concurrency === undefined ? {} : { concurrency: flags.concurrency }),
    };
    for await (const outcome of issuer.streamTokens(skipIds(ids, skip), options)) {
      if (outcome.status === 'fulfilled') issued += 1;
      else {
        failed += 1;
        lastFailure = outcome.reason;
        failures.set(lastFailure.code, (failures.get(lastFailure.code) ?? 0) + 1);
      }
      await writer.write(outcome);
    }
  } finally {
    drain.stop();
    progress?.stop();
    if (skip.count() > 0 && !isQuiet) context.stderr.write(`${String(skip.count())} skipped: they have a token.\n`);
    if (failed > 0 && !isQuiet) {
      const counts = [...failures].map(([code, count]) => `${String(count)} ${code}`);
      context.stderr.write(`${String(failed)} of ${String(issued + failed)} failed: ${counts.join(', ')}\n`);
    }
    await writer.end();
  }
  if (lastFailure === undefined) return exitCodes.done;
  if (issued > 0) return exitCodes.someFailed;
  if (exitCodeOf(lastFailure) === exitCodes.configuration) {
    reportError(context, lastFailure);
    return exitCodes.configuration;
  }
  // The others have their tokens from earlier runs: the same line, run again, ends with the same code.
  return skip.count() > 0 ? exitCodes.someFailed : exitCodes.failed;
}

async function* skipIds(ids: AsyncIterable<string>, { has }: Skip): AsyncGenerator<string> {
  for await (const id of ids) if (!has(id)) yield id;
}

/** Makes the client from the flags and the environment variables. */
export function connectIssuer<P extends ProviderId>(
  context: CliContext,
  provider: P,
  flags: IssueFlags,
  onEvent?: (event: TokenwrightEvent) => void,
): ProviderIssuers[P] {
  const options = { ...readOptions(context, flags), ...(onEvent === undefined ? {} : { onEvent }) };
  return connect(provider, options as ProviderOptions[P], context.env);
}

/** The provider, environment and region of the results. For a gateway, the environment is unknown unless the key tells it. */
function findPlace(context: CliContext, provider: ProviderId, flags: IssueFlags): ResultPlace {
  const { profile } = providers[provider];
  const { environment = 'unknown', region } = configure(profile, readOptions(context, flags), context.env);
  return { provider, environment, ...(region === undefined ? {} : { region }) };
}

function readOptions(context: CliContext, flags: IssueFlags): object {
  const options = {
    environment: flags.environment,
    region: flags.region,
    baseUrl: flags.baseUrl,
    retry: flags.retry,
    fetch: context.fetch,
    ...readOwnFlags(flags, 'client'),
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
