import { ConfigurationError, type ConfigurationErrorCode, type Operation } from '../errors.js';
import { bound, redactForms } from '../secrets.js';
import type { Keyring } from './keyring.js';

/** The provider and the operation of a call, for its errors. */
export interface CallContext {
  /** `undefined` if what is checked belongs to no provider. */
  readonly provider: string | undefined;
  /** The provider's name as people write it. */
  readonly label: string;
  readonly operation: Operation;
  /** The keys of the client, if there is one. */
  readonly keyring?: Keyring | undefined;
}

/** The context of what is sent to a provider. */
export interface ProviderContext extends CallContext {
  readonly provider: string;
}

export function configurationError(
  context: CallContext,
  code: ConfigurationErrorCode,
  message: string,
): ConfigurationError {
  const { provider, label, operation } = context;
  return new ConfigurationError({ code, message: `${label}: ${message}`, provider, operation });
}

/** The error for an option, or an environment variable, with a wrong value. */
export function invalidOption(context: CallContext, message: string): ConfigurationError {
  return configurationError(context, 'invalid_option', message);
}

/** Refuses unknown options: a misspelt `expiresInSeconds` must not become a token for 30 days. */
export function checkOptionNames(
  context: CallContext,
  options: unknown,
  known: readonly string[],
  place?: string,
): void {
  checkIsObject(context, options, place);
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const of = place === undefined ? '' : ` of ${place}`;
  const redact = context.keyring?.redact ?? redactForms;
  const message = `unknown option \`${bound(redact(unknown), 40)}\`${of}. Known options: ${known.join(', ')}.`;
  throw invalidOption(context, message);
}

/** Refuses options that are not an object. */
export function checkIsObject(
  context: CallContext,
  options: unknown,
  place = 'the options',
): asserts options is object {
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return;
  throw invalidOption(context, `${place} must be an object.`);
}

/** Copies only the own properties of an object, so that a polluted prototype cannot set an option. */
export function ownProperties<T extends object>(options: T): T {
  return Object.assign(Object.create(null) as T, options);
}

/** Checks an optional function. */
export function checkFunction(context: CallContext, name: string, value: unknown): void {
  if (value === undefined || typeof value === 'function') return;
  throw invalidOption(context, `\`${name}\` must be a function.`);
}
