import type { CallOptions, RetryOptions, TimingOptions } from '../issuer.js';
import { type CallContext, checkOptionNames, invalidOption, ownProperties } from './options.js';

/** The complete options of one call. Times are in milliseconds. */
export interface CallSettings {
  readonly signal: AbortSignal | undefined;
  readonly timeout: number;
  readonly attemptTimeout: number;
  readonly retryLimit: number;
  /** The statuses to retry; `undefined` means the default of each status in the table of statuses. */
  readonly retryStatusCodes: readonly number[] | undefined;
}

export const timingOptionNames = ['timeout', 'attemptTimeout', 'retry'] as const;
export const callOptionNames = ['signal', ...timingOptionNames] as const;

export const defaultSettings: CallSettings = {
  signal: undefined,
  timeout: 30_000,
  attemptTimeout: 10_000,
  retryLimit: 2,
  retryStatusCodes: undefined,
};

// The longest delay of setTimeout(), which counts in 32 bits: a longer one would fire at once.
const maxTimeout = 2_147_483_647;

/** Checks the timing options of a client or a call. Those that are left out are taken from `defaults`. */
export function resolveSettings(
  context: CallContext,
  options: TimingOptions & Pick<CallOptions, 'signal'>,
  defaults: CallSettings,
): CallSettings {
  const { signal, retry } = options;
  if (signal !== undefined && !isAbortSignal(signal)) {
    throw invalidOption(context, '`signal` must be an AbortSignal.');
  }
  const retryOptions = readRetry(context, retry);
  return {
    signal,
    timeout: resolveTimeout(context, 'timeout', options.timeout, defaults.timeout),
    attemptTimeout: resolveTimeout(context, 'attemptTimeout', options.attemptTimeout, defaults.attemptTimeout),
    retryLimit: retryOptions.limit ?? defaults.retryLimit,
    retryStatusCodes:
      retryOptions.statusCodes === undefined ? defaults.retryStatusCodes : [...retryOptions.statusCodes],
  };
}

// Not `instanceof`: a signal may come from another realm.
function isAbortSignal(value: unknown): boolean {
  const names = ['aborted', 'reason', 'addEventListener', 'removeEventListener'];
  return typeof value === 'object' && value !== null && names.every((name) => name in value);
}

function resolveTimeout(context: CallContext, name: string, value: unknown, fallback: number): number {
  if (value === undefined) return fallback;
  if (typeof value === 'number' && value > 0 && value <= maxTimeout) return value;
  throw invalidOption(context, `\`${name}\` must be a number of milliseconds above 0 and up to ${String(maxTimeout)}.`);
}

function readRetry(context: CallContext, retry: TimingOptions['retry'] | null): RetryOptions {
  if (retry === undefined) return ownProperties({});
  const given = typeof retry === 'number' ? { limit: retry } : retry;
  if (typeof given !== 'object' || given === null) {
    throw invalidOption(context, '`retry` must be a number of extra attempts, or an object.');
  }
  checkOptionNames(context, given, ['limit', 'statusCodes'], '`retry`');
  const options: RetryOptions = ownProperties(given);
  const { limit, statusCodes } = options;
  if (limit !== undefined && !(Number.isInteger(limit) && limit >= 0)) {
    throw invalidOption(context, '`retry` must be a whole number of extra attempts, 0 or more.');
  }
  if (statusCodes === undefined) return options;
  const valid =
    Array.isArray(statusCodes) &&
    statusCodes.every(
      (status) => Number.isInteger(status) && (status === 408 || status === 429 || (status >= 500 && status <= 599)),
    );
  if (!valid) {
    throw invalidOption(
      context,
      '`retry.statusCodes` must be a list of 408, 429 and 5xx statuses: for others, a retry gets the same answer.',
    );
  }
  return options;
}
