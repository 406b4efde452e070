import type { KnownError } from '../errors/known.js';

/** The answer to an outcome. Its texts are safe to show to the user of the app. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly code: string;
  readonly detail?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const noStoreHeaders = { 'cache-control': 'no-store', pragma: 'no-cache' } as const;

/** The refusals that depend only on the request. */
export const refusals = {
  method_not_allowed: {
    status: 405,
    title: 'Method Not Allowed',
    code: 'method_not_allowed',
    headers: { allow: 'POST' },
  },
  cross_site: {
    status: 403,
    title: 'Forbidden',
    code: 'cross_site',
    detail: 'Pages of this site are not allowed to request a token.',
  },
  unauthenticated: {
    status: 401,
    title: 'Unauthorized',
    code: 'unauthenticated',
    detail: 'Sign in, then try again.',
    headers: { 'www-authenticate': 'Bearer' },
  },
  // Nobody reads this answer; proxies log this status for it.
  aborted: { status: 499, title: 'Client Closed Request', code: 'aborted' },
  internal_error: { status: 500, title: 'Internal Server Error', code: 'internal_error' },
} as const satisfies Record<string, Problem>;

/** The `Retry-After` for the app if the provider sends none. */
const defaultRetryAfterSeconds = 10;
/** The longest `Retry-After` for the app. */
const maxRetryAfterSeconds = 3600;

function retryAfterHeader(seconds: number): { readonly 'retry-after': string } {
  return { 'retry-after': String(Math.min(Math.ceil(seconds), maxRetryAfterSeconds)) };
}

export function tooManyRequests(secondsToWait: number): Problem {
  const detail = 'Too many requests. Wait a little, then try again.';
  const headers = retryAfterHeader(secondsToWait);
  return { status: 429, title: 'Too Many Requests', code: 'too_many_requests', detail, headers };
}

/** Turns a failure of the issuer into an answer for the app. */
export function toProblem(error: KnownError): Problem {
  const { code, scope, retryable } = error;
  if (retryable) {
    const { retryAfter = defaultRetryAfterSeconds } = error as { readonly retryAfter?: number | undefined };
    const detail = 'No token is available at the moment. Try again later.';
    return { status: 503, title: 'Service Unavailable', code, detail, headers: retryAfterHeader(retryAfter) };
  }
  switch (code) {
    case 'missing_api_key':
    case 'invalid_api_key':
    case 'environment_mismatch':
    case 'invalid_option':
    case 'invalid_user_id':
    case 'invalid_token_id':
      // A mistake in the setup of the server: the app can do nothing about it.
      return { status: 500, title: 'Internal Server Error', code: 'misconfigured' };
    default:
  }
  // The setup of the server fails for all users. Not 401 or 403: the user of the app is signed in.
  if (scope === 'account') return { status: 502, title: 'Bad Gateway', code: 'misconfigured' };
  if (code === 'not_found') {
    return { status: 404, title: 'Not Found', code, detail: 'The provider does not know this user.' };
  }
  if (code === 'forbidden') {
    return { status: 403, title: 'Forbidden', code, detail: 'The provider does not issue tokens for this user.' };
  }
  return { status: 502, title: 'Bad Gateway', code, detail: 'The provider did not issue a token.' };
}

/** Answers with problem details (RFC 9457) that must not be cached. */
export function answerProblem({ headers = {}, ...problem }: Problem): Response {
  const body = JSON.stringify({ type: 'about:blank', ...problem });
  const all = { 'content-type': 'application/problem+json', ...noStoreHeaders, ...headers };
  return new Response(body, { status: problem.status, headers: all });
}
