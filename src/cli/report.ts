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
import { shorten } from '../http/failure.js';
import { type CliContext, exitCodes, style, UsageError } from './context.js';

/** Redacts the keys in the environment variables, and text in the form of a secret. */
export function redactorOf({ env }: CliContext): Redact {
  const redactKeys = createRedactor(Object.values(providers).flatMap(({ profile }) => listKeys(profile, {}, env)));
  return (text) => redactForms(redactKeys(text));
}

/** The fields of an error for the output in JSON. None is secret. */
export function toJson(error: TokenwrightError): object {
  const { code, provider, operation, retryable, message } = error;
  const base = { code, message, provider, operation, retryable };
  if (error instanceof InvalidResponseError) return { ...base, status: error.status, requestId: error.requestId };
  if (!(error instanceof ApiError)) return base;
  // `JSON.stringify` leaves out undefined fields.
  const { status, requestId, providerCode, retryAfter, issues } = error;
  return { ...base, status, requestId, providerCode, retryAfter, issues };
}

/** Prints an error for people on standard error, without a stack; `about` is the id that it concerns. */
export function reportError(context: CliContext, error: unknown, about?: string): void {
  const label = style(context, context.stderr, 'red', 'error');
  const code = error instanceof TokenwrightError ? ` (${error.code})` : '';
  // Messages of other errors may quote anything.
  const message =
    error instanceof TokenwrightError
      ? error.message
      : redactorOf(context)(error instanceof Error ? error.message : String(error));
  context.stderr.write(
    `${about === undefined ? '' : `${about}: `}${label}${code}: ${message}\n${describeAnswer(error)}`,
  );
}

/** The issues and the request id of an answer, to which its message refers. */
export function describeAnswer(error: unknown): string {
  if (!(error instanceof ApiError || error instanceof InvalidResponseError)) return '';
  const issues = error instanceof ApiError ? error.issues : [];
  // A fixed word first: GitHub Actions takes a line that begins with `::` as a command.
  const lines = issues.map(({ path, message }) => ['issue', ...(path.length === 0 ? [] : [path.join('.')]), message]);
  if (error.requestId !== undefined) lines.push(['requestId', error.requestId]);
  return lines.map((words) => `  ${shorten(words.join(': '))}\n`).join('');
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError || error instanceof InvalidInputError) return exitCodes.usage;
  const isSetupFault =
    error instanceof ConfigurationError ||
    error instanceof AuthenticationError ||
    // With scope `user`, it is about one user, who is banned.
    (error instanceof PermissionDeniedError && error.scope === 'account');
  return isSetupFault ? exitCodes.configuration : exitCodes.failed;
}
