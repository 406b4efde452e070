import type { CallContext, ProviderContext } from '../client/options.js';
import { type ApiError, type ApiErrorCode, type ErrorIssue, type ErrorScope, TimeoutError } from '../errors.js';
import { createApiError } from '../errors/api-error.js';
import { bound } from '../secrets.js';
import { hintOf, meaningOf } from './statuses.js';

/** The content of a provider's error body, in the form that all providers share. */
export interface FailureDescription {
  readonly providerCode?: string | undefined;
  readonly providerMessage?: string | undefined;
  readonly issues?: readonly ErrorIssue[];
  /** The parsed body; left out if it does not have the documented form. */
  readonly details?: unknown;
  /** The code, if the body is more exact than the status. */
  readonly code?: ApiErrorCode | undefined;
  /** Whom the failure concerns, if the body is more exact than the code. */
  readonly scope?: ErrorScope | undefined;
  /** What to do next, if the default hint does not fit this provider. */
  readonly hint?: string | undefined;
}

/** The facts of an error answer that are not in its body. */
export interface FailedAnswer {
  readonly status: number;
  readonly requestId?: string | undefined;
  /** Seconds. */
  readonly retryAfter?: number | undefined;
  /** Whether the retry options of the call include its status. */
  readonly isRepeated?: boolean;
}

/** The longest part of a provider's message that a message quotes, in characters. */
const maxQuoteLength = 300;

/** Makes the error for an answer without a success status. */
export function toApiError(context: ProviderContext, answer: FailedAnswer, description: FailureDescription): ApiError {
  const { provider, label, operation } = context;
  const { status, requestId, retryAfter, isRepeated = false } = answer;
  const { providerMessage, issues = [] } = description;
  const meaning = meaningOf(status);
  const code = description.code ?? meaning.code;
  const quote = providerMessage === undefined ? '' : ` ("${shorten(providerMessage)}")`;
  const hint = description.hint ?? fittingHint(code, answer, issues.length > 0);
  const fields = {
    ...description,
    // A temporary failure says nothing about the account, whatever scope its code has.
    scope: description.scope ?? (meaning.isTemporary ? 'service' : undefined),
    message: `${label} answered ${String(status)}${quote}. ${hint}`,
    provider,
    operation,
    retryable: meaning.isTemporary || isRepeated,
    status,
    requestId,
    retryAfter,
  };
  return createApiError(code, fields);
}

/**
 * Recognizes a 404 that is certainly from a gateway and not from the provider: an HTML page, or FastAPI's answer for an
 * unknown path. Any other 404 is about the id, whatever its body is.
 */
export function describeGateway(label: string, text: string, body: unknown): FailureDescription | undefined {
  const isPage = body === undefined && /^\s*<[a-z!?]/i.test(text);
  const entries = typeof body === 'object' && body !== null ? Object.entries(body) : [];
  const isUnknownRoute = entries.length === 1 && entries[0]?.[0] === 'detail' && entries[0][1] === 'Not Found';
  if (!isPage && !isUnknownRoute) return undefined;
  const hint =
    'That is not about the id: the server does not know this path. ' +
    `Check the base URL, and any proxy before ${label}.`;
  return { scope: 'account', hint };
}

/** The hint from the table of statuses, or a better one if the answer tells more. */
function fittingHint(code: ApiErrorCode, { status, retryAfter }: FailedAnswer, hasIssues: boolean): string {
  if (code === 'rate_limited' && retryAfter !== undefined) {
    return `Wait ${String(retryAfter)} seconds before the next request.`;
  }
  if (code === 'not_found' && hasIssues) return 'Check the id: it is unknown in the environment of this key.';
  if (!hasIssues && (code === 'bad_request' || code === 'validation_failed')) {
    return 'It does not say what is wrong. Check the id and the options of the call.';
  }
  return hintOf(code, status);
}

/** Makes the error for a call or an attempt that took too long. `option` is the time limit that it exceeded. */
export function timeoutError(
  { provider, label, operation }: CallContext,
  option: 'timeout' | 'attemptTimeout',
  timeout: number,
  cause?: Error,
): TimeoutError {
  return new TimeoutError({
    code: 'timeout',
    message: `${label} took longer than \`${option}\` allows, ${String(timeout)} ms. Try again, or allow more time.`,
    provider,
    operation,
    retryable: true,
    timeout,
    cause,
  });
}

/** Makes a text fit for a message: one line, and not too long. */
export function shorten(text: string): string {
  return bound(text.replace(/[\s\p{C}]+/gu, ' ').trim(), maxQuoteLength);
}
