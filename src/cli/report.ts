import {
  ApiError,
  AuthenticationError,
  ConfigurationError,
  InvalidInputError,
  InvalidResponseError,
  PermissionDeniedError,
  TokenwrightError,
} from '../errors.js';
import { type CliContext, exitCodes, style, UsageError } from './context.js';

/** An error as one object for programs to read. Nothing of it is secret. */
export function toJson(error: unknown): object {
  if (!(error instanceof TokenwrightError))
    return { code: 'unknown', message: error instanceof Error ? error.message : String(error) };
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
  const message = error instanceof Error ? error.message : String(error);
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
