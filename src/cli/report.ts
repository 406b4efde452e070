import {
  ApiError,
  AuthenticationError,
  ConfigurationError,
  InvalidInputError,
  InvalidResponseError,
  PermissionDeniedError,
  TokenwrightError,
} from '../errors.js';
import { listKeys } from '../client/credentials.js';
import { providers } from '../providers/index.js';
import { createRedactor, type Redact, redactForms } from '../secrets.js';
import { type CliContext, exitCodes, style, UsageError } from './context.js';

/** Redacts the keys of the environment, and what has the form of a secret. */
export function redactorOf({ env }: CliContext): Redact {
  const redactKeys = createRedactor(Object.values(providers).flatMap(({ profile }) => listKeys(profile, {}, env)));
  return (text) => redactForms(redactKeys(text));
}

/** An error as one object for programs to read. Nothing of it is secret. */
export function toJson(error: TokenwrightError): object {
  const { code, provider, operation, retryable, message } = error;
  const base = { code, message, provider, operation, retryable };
  if (error instanceof InvalidResponseError) return { ...base, status: error.status, requestId: error.requestId };
  if (!(error instanceof ApiError)) return base;
  // JSON leaves out what is undefined.
  const { status, requestId, providerCode, retryAfter, issues } = error;
  return { ...base, status, requestId, providerCode, retryAfter, issues };
}

/** Tells a person what went wrong, on standard error and without a stack; `about` is the id that it is about. */
export function reportError(context: CliContext, error: unknown, about?: string): void {
  const label = style(context, context.stderr, 'red', 'error');
  const code = error instanceof TokenwrightError ? ` (${error.code})` : '';
  // What is not ours may quote anything.
  const message =
    error instanceof TokenwrightError
      ? error.message
      : redactorOf(context)(error instanceof Error ? error.message : String(error));
  context.stderr.write(`${about === undefined ? '' : `${about}: `}${label}${code}: ${message}\n`);
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError || error instanceof InvalidInputError) return exitCodes.usage;
  const isSetUp =
    error instanceof ConfigurationError ||
    error instanceof AuthenticationError ||
    error instanceof PermissionDeniedError;
  return isSetUp ? exitCodes.configuration : exitCodes.failed;
}
