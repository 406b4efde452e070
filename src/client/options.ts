import {
  ConfigurationError,
  type ConfigurationErrorCode,
  InvalidInputError,
  type InvalidInputErrorCode,
  type Operation,
} from '../errors.js';
import type { CallOptions, RetryOptions, TimingOptions } from '../issuer.js';

/** Who is asked to do what: what every error of a call starts from. */
export interface CallContext {
  readonly provider: string | undefined;
  /** The provider's name as people write it. */
  readonly label: string;
  readonly operation: Operation;
}

/** The options of one call with every gap filled. Times are in milliseconds. */
export interface CallSettings {
  readonly signal: AbortSignal | undefined;
  readonly timeout: number;
  readonly attemptTimeout: number;
  readonly retryLimit: number;
  readonly retryStatusCodes: readonly number[];
}

export const timingOptionNames = ['timeout', 'attemptTimeout', 'retry'] as const;
export const callOptionNames = ['signal', ...timingOptionNames] as const;

/** Statuses of failures that may be over at the next attempt. */
export const retryStatusCodes: readonly number[] = [408, 429, 500, 502, 503, 504];

export const defaultSettings: CallSettings = {
  signal: undefined,
  timeout: 30_000,
  attemptTimeout: 10_000,
  retryLimit: 2,
  retryStatusCodes,
};

// A timer with a longer delay fires at once: setTimeout() counts in 32 bits.
const maxTimeout = 2_147_483_647;

export function configurationError(
  context: CallContext,
  code: ConfigurationErrorCode,
  message: string,
  cause?: Error,
): ConfigurationError {
  const { provider, label, operation } = context;
  return new ConfigurationError({ code, message: `${label}: ${message}`, provider, operation, cause });
}

/** Refuses options that nobody would read: a misspelt `expiresInSeconds` must not become a token for 30 days. */
export function checkOptionNames(
  context: CallContext,
  options: unknown,
  known: readonly string[],
  place = 'the options',
): void {
  checkIsObject(context, options, place);
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const message = `${place} may hold ${known.join(', ')}, and no \`${unknown.slice(0, 40)}\`.`;
  throw configurationError(context, 'invalid_option', message);
}

/** Refuses options that are no object. */
export function checkIsObject(
  context: CallContext,
  options: unknown,
  place = 'the options',
): asserts options is object {
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return;
  throw configurationError(context, 'invalid_option', `${place} must be an object.`);
}

/** Checks a function that may be left out. */
export function checkFunction(context: CallContext, name: string, value: unknown): void {
  if (value === undefined || typeof value === 'function') return;
  throw configurationError(context, 'invalid_option', `\`${name}\` must be a function.`);
}

/** Checks the timing options of a client or a call and fills its gaps from `defaults`. */
export function resolveSettings(
  context: CallContext,
  options: TimingOptions & Pick<CallOptions, 'signal'>,
  defaults: CallSettings,
): CallSettings {
  const { signal, retry } = options;
  if (signal !== undefined && !isAbortSignal(signal)) {
    throw configurationError(context, 'invalid_option', '`signal` must be an AbortSignal.');
  }
  const retryOptions: RetryOptions = retry === undefined ? {} : typeof retry === 'number' ? { limit: retry } : retry;
  checkRetry(context, retryOptions);
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
  throw configurationError(
    context,
    'invalid_option',
    `\`${name}\` must be a number of milliseconds above 0 and up to ${String(maxTimeout)}.`,
  );
}

function checkRetry(context: CallContext, retry: RetryOptions | null): void {
  if (typeof retry !== 'object' || retry === null) {
    throw configurationError(context, 'invalid_option', '`retry` must be a number of extra attempts, or an object.');
  }
  checkOptionNames(context, retry, ['limit', 'statusCodes'], '`retry`');
  const { limit, statusCodes } = retry;
  if (limit !== undefined && !(Number.isInteger(limit) && limit >= 0)) {
    throw configurationError(context, 'invalid_option', '`retry` must be a whole number of extra attempts, 0 or more.');
  }
  if (statusCodes === undefined) return;
  const valid =
    Array.isArray(statusCodes) &&
    statusCodes.every(
      (status) => Number.isInteger(status) && (status === 408 || status === 429 || (status >= 500 && status <= 599)),
    );
  if (!valid) {
    throw configurationError(
      context,
      'invalid_option',
      '`retry.statusCodes` may hold 408, 429 and 5xx: other answers do not change by asking.',
    );
  }
}

/** Whether an id holds a part that a server could take for a step in a path. */
export function hasDotSegment(id: string): boolean {
  return id.split(/[\\/]/).some((part) => part === '.' || part === '..');
}

/** Refuses what is no text that can be sent. Which ids exist is for the provider to say. */
export function checkText(
  context: CallContext,
  code: InvalidInputErrorCode,
  name: string,
  id: unknown,
): asserts id is string {
  if (typeof id !== 'string') refuseId(context, code, name, 'must be a string');
  if (id === '') refuseId(context, code, name, 'must not be empty');
  if (!id.isWellFormed()) refuseId(context, code, name, 'must be well-formed Unicode, without lone surrogates');
}

/**
 * Refuses an id that could not be one segment of a path, and nothing else. An empty id would name another endpoint, and so
 * would dot segments where a server decodes an encoded slash before it folds them, as Junction's does; a lone surrogate
 * cannot be encoded.
 */
export function checkId(
  context: CallContext,
  code: InvalidInputErrorCode,
  name: string,
  id: unknown,
): asserts id is string {
  checkText(context, code, name, id);
  if (hasDotSegment(id)) refuseId(context, code, name, 'must not be or hold a dot segment');
}

/** Throws the error for an id that cannot be sent. */
export function refuseId(context: CallContext, code: InvalidInputErrorCode, name: string, problem: string): never {
  throw new InvalidInputError({
    code,
    message: `${context.label}: \`${name}\` ${problem}. Nothing was sent.`,
    provider: context.provider,
    operation: context.operation,
  });
}
