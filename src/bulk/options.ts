import { type CallContext, checkOptionNames, invalidOption, ownProperties } from '../client/options.js';
import { checkOwnOptions, ownOptionNames } from '../client/own-options.js';
import { callOptionNames, resolveSettings } from '../client/settings.js';
import type { Api } from '../http/call.js';
import type { BulkOptions, CallOptions, UserIds } from '../issuer.js';

/** The options of a bulk call, checked and complete. */
export interface RunOptions<O extends CallOptions> {
  readonly signal: AbortSignal | undefined;
  readonly concurrency: number;
  readonly giveUpAfter: number;
  readonly batchSize: number;
  readonly onUnexpectedUser: ((userId: string) => void) | undefined;
  /** The options of each of its single calls. */
  readonly callOptions: O;
}

/** The options of providers that have a request for many users. */
interface BatchOptions {
  readonly batchSize?: number | undefined;
  readonly onUnexpectedUser?: ((userId: string) => void) | undefined;
}

export const maxConcurrency = 10_000;
/** The most users in one request: the answer for more might exceed the largest body that is read. */
export const maxBatchSize = 500;

/** Checks the options of a bulk call once: a mistake must fail the call, and not each user. */
export function readOptions<O extends CallOptions>(
  { context: contextOf, connection }: Api,
  ownBatchSize: number,
  userIds: UserIds,
  options: CallOptions & BulkOptions & BatchOptions,
): RunOptions<O> {
  const { profile } = connection;
  const context = contextOf('issueTokens');
  const own = ownOptionNames(profile, 'call', 'bulk');
  checkOptionNames(context, options, [...callOptionNames, 'concurrency', 'giveUpAfter', ...own]);
  const given = ownProperties(options);
  checkOwnOptions(context, profile, given);
  const { concurrency = 8, giveUpAfter = 600_000, batchSize = ownBatchSize, onUnexpectedUser, ...callOptions } = given;
  if (!isCount(concurrency, maxConcurrency)) {
    const message = `\`concurrency\` must be a whole number from 1 to ${String(maxConcurrency)}.`;
    throw invalidOption(context, message);
  }
  if (typeof giveUpAfter !== 'number' || !(giveUpAfter > 0)) {
    throw invalidOption(context, '`giveUpAfter` must be a number of milliseconds above 0.');
  }
  checkUserIds(context, userIds);
  const { signal } = resolveSettings(context, given, connection.settings);
  if (signal?.aborted === true) throw signal.reason;
  // All names were checked above, so the remaining options are those of the adapter.
  return { signal, concurrency, giveUpAfter, batchSize, onUnexpectedUser, callOptions: callOptions as O };
}

/** Whether a value is a whole number from 1 to `max`. */
export function isCount(value: unknown, max: number): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= max;
}

/** Refuses a single string, too, although it is an iterable: of its letters. */
function checkUserIds(context: CallContext, userIds: unknown): void {
  const isIterable =
    typeof userIds === 'object' && userIds !== null && (Symbol.iterator in userIds || Symbol.asyncIterator in userIds);
  if (isIterable) return;
  const kinds = 'an array, or another iterable or async iterable of strings';
  throw invalidOption(context, `\`userIds\` must be ${kinds}. For one user call \`issueToken\`.`);
}
