import type { CallContext } from '../client/options.js';
import { type ApiError, type ApiErrorCode, type ErrorIssue, type ErrorScope, TimeoutError } from '../errors.js';
import { createApiError } from '../errors/api-error.js';
import { bound } from '../secrets.js';
import { hintOf, meaningOf } from './statuses.js';

/** What a provider's error body says, in the words that all providers share. */
export interface FailureDescription {
  readonly providerCode?: string | undefined;
  readonly providerMessage?: string | undefined;
  readonly issues?: readonly ErrorIssue[];
  /** The body in the provider's own form; left out if it had another. */
  readonly details?: unknown;
  /** The code, if the body says it more exactly than the status does. */
  readonly code?: ApiErrorCode | undefined;
  /** Whom the failure concerns, if the body says it more exactly than the code does. */
  readonly scope?: ErrorScope | undefined;
  /** What to do next, if the provider needs other words than the rest. */
  readonly hint?: string | undefined;
}

/** What an answer that is no success says outside of its body. */
export interface FailedAnswer {
  readonly status: number;
  readonly requestId: string | undefined;
  /** Seconds. */
  readonly retryAfter: number | undefined;
  /** Whether this call would repeat such an answer. */
  readonly isRepeated: boolean;
}

const maxQuoteLength = 300;

/** The error for an answer that is no success. */
export function toApiError(context: CallContext, answer: FailedAnswer, description: FailureDescription): ApiError {
  const { provider, label, operation } = context;
  const { status, requestId, retryAfter, isRepeated } = answer;
  const { providerMessage, issues = [] } = description;
  const meaning = meaningOf(status);
  const code = description.code ?? meaning.code;
  const quote = providerMessage === undefined ? '' : ` ("${shorten(providerMessage)}")`;
  const hint = description.hint ?? fittingHint(code, answer, issues.length > 0);
  const fields = {
    ...description,
    // What may pass says nothing about the account, whatever its code says elsewhere.
    scope: description.scope ?? (meaning.mayPass ? 'service' : undefined),
    message: `${label} answered ${String(status)}${quote}. ${hint}`,
    provider,
    operation,
    retryable: meaning.mayPass || isRepeated,
    status,
    requestId,
    retryAfter,
  };
  return createApiError(code, fields);
}

/**
 * What a 404 says that is positively of a gateway, and not of the provider: a page, or the words of a framework for an address
 * that it does not know. Any other 404 is about the id, whatever its body.
 */
export function describeGateway(label: string, text: string, body: unknown): FailureDescription | undefined {
  const isPage = body === undefined && /^\s*<[a-z!?]/i.test(text);
  const entries = typeof body === 'object' && body !== null ? Object.entries(body) : [];
  const isUnknownRoute = entries.length === 1 && entries[0]?.[0] === 'detail' && entries[0][1] === 'Not Found';
  if (!isPage && !isUnknownRoute) return undefined;
  const hint = `That is not about the id: the address is unknown there. Check the base URL, and any proxy before ${label}.`;
  return { scope: 'account', hint };
}

/** The hint of the table, unless the answer itself says more. */
function fittingHint(code: ApiErrorCode, { status, retryAfter }: FailedAnswer, hasIssues: boolean): string {
  if (code === 'rate_limited' && retryAfter !== undefined) {
    return `Wait ${String(retryAfter)} seconds before the next request.`;
  }
  if (code === 'not_found' && hasIssues) return 'Check the id: it is unknown in the environment of this key.';
  if (!hasIssues && (code === 'bad_request' || code === 'validation_failed')) {
    return 'It does not say what it does not accept.';
  }
  return hintOf(code, status);
}

/** The error for time that ran out. `option` names the time that was allowed, in milliseconds. */
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

/** A text as a part of a message: one line, and not too long. */
export function shorten(text: string): string {
  return bound(text.replace(/[\s\p{C}]+/gu, ' ').trim(), maxQuoteLength);
}
