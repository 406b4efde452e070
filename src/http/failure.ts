import {
  ApiError,
  type ApiErrorCode,
  AuthenticationError,
  type ErrorIssue,
  NotFoundError,
  PermissionDeniedError,
  type PlainApiErrorCode,
  RateLimitError,
  ServerError,
  TimeoutError,
  TokenNotPendingError,
  ValidationError,
} from '../errors.js';
import { type CallContext, retryStatusCodes } from '../client/options.js';

/** What a provider's error body says, in the words that all providers share. */
export interface FailureDescription {
  readonly providerCode?: string | undefined;
  readonly providerMessage?: string | undefined;
  readonly issues?: readonly ErrorIssue[];
  readonly requestId?: string | undefined;
  /** The body in the provider's own form; left out where it had another. */
  readonly details?: unknown;
  /** A code that the provider's own code says more exactly than the status. */
  readonly code?: 'token_not_pending' | 'user_exists' | 'user_limit_reached' | undefined;
  /** What to do next, where the provider needs other words than the rest. */
  readonly hint?: string | undefined;
}

const maxQuoteLength = 300;

/** The error for an answer that is no success, by its status. */
export function toApiError(
  context: CallContext,
  status: number,
  description: FailureDescription,
  retryAfter: number | undefined,
): ApiError {
  const { provider, label, operation } = context;
  const { providerCode, providerMessage, issues, requestId, details } = description;
  const code = description.code ?? codeOf(status);
  const quoted = providerMessage === undefined ? '' : ` ("${shorten(providerMessage)}")`;
  const answer = { status, retryAfter, hasIssues: issues !== undefined && issues.length > 0 };
  const fields = {
    message: `${label} answered ${String(status)}${quoted}. ${description.hint ?? hintFor(code, answer)}`,
    provider,
    operation,
    retryable: retryStatusCodes.includes(status),
    status,
    requestId,
    providerCode,
    providerMessage,
    issues,
    details,
    retryAfter,
  };
  switch (code) {
    case 'unauthorized':
      return new AuthenticationError({ ...fields, code });
    case 'forbidden':
      return new PermissionDeniedError({ ...fields, code });
    case 'not_found':
      return new NotFoundError({ ...fields, code });
    case 'validation_failed':
      return new ValidationError({ ...fields, code });
    case 'token_not_pending':
      return new TokenNotPendingError({ ...fields, code });
    case 'rate_limited':
      return new RateLimitError({ ...fields, code });
    case 'server_error':
      return new ServerError({ ...fields, code });
    default:
      return new ApiError({ ...fields, code: code satisfies PlainApiErrorCode });
  }
}

/** The error for time that ran out. */
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

function codeOf(status: number): ApiErrorCode {
  switch (status) {
    case 400:
      return 'bad_request';
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 404:
      return 'not_found';
    case 409:
      return 'conflict';
    case 422:
      return 'validation_failed';
    case 429:
      return 'rate_limited';
    default:
      return status >= 500 ? 'server_error' : 'unexpected_status';
  }
}

interface AnswerFacts {
  readonly status: number;
  readonly retryAfter: number | undefined;
  readonly hasIssues: boolean;
}

function hintFor(code: ApiErrorCode, { status, retryAfter, hasIssues }: AnswerFacts): string {
  switch (code) {
    case 'bad_request':
    case 'validation_failed':
      return hasIssues ? 'See `issues` for what it does not accept.' : 'It does not say what it does not accept.';
    case 'unauthorized':
      return 'Check that the API key is complete, not revoked, and of this environment.';
    case 'forbidden':
      return 'The key is known but may not do this: check its permissions.';
    case 'not_found':
      return hasIssues
        ? 'Check the id: there is none such in the environment of this key.'
        : 'Check the id, and the base URL if you set one.';
    case 'conflict':
      return 'See `details` for what stands against the request.';
    case 'user_exists':
      return 'See `details` for which user that is.';
    case 'user_limit_reached':
      return 'Delete users that are not needed any more, or ask it for a higher limit.';
    case 'token_not_pending':
      return 'The token was already used or revoked, so nothing is left to revoke.';
    case 'rate_limited':
      return retryAfter === undefined ? 'Ask less often.' : `Wait ${String(retryAfter)} seconds before asking again.`;
    case 'server_error':
      return 'The failure is on its side: try again later.';
    case 'unexpected_status':
      if (status === 408) return 'It waited too long for the request: try again.';
      return status === 0 || (status >= 300 && status < 400)
        ? 'Redirects are not followed, because the key would travel along: check the base URL.'
        : 'It should not, for this request: check the base URL and what stands between here and there.';
  }
}

function shorten(text: string): string {
  const line = text.replace(/[\s\p{C}]+/gu, ' ').trim();
  return line.length <= maxQuoteLength ? line : `${line.slice(0, maxQuoteLength)}…`;
}
