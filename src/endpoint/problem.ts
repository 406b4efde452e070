import type { KnownError } from '../errors/known.js';

/** How an outcome is answered: with words that are safe for whoever uses the app. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly code: string;
  readonly detail?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const neverStored = { 'cache-control': 'no-store', pragma: 'no-cache' } as const;

/** The refusals that are about the request alone, and need no provider. */
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
    detail: 'A page of this site may not ask for a token.',
  },
  unauthenticated: {
    status: 401,
    title: 'Unauthorized',
    code: 'unauthenticated',
    detail: 'Sign in, then ask again.',
    headers: { 'www-authenticate': 'Bearer' },
  },
  // Nobody is there to read it; the status is the one that proxies write into their logs.
  aborted: { status: 499, title: 'Client Closed Request', code: 'aborted' },
  internal_error: { status: 500, title: 'Internal Server Error', code: 'internal_error' },
} as const satisfies Record<string, Problem>;

/** What an app is told to wait if the provider does not say, in seconds. */
const defaultRetryAfter = 10;
/** The most that an app is told to wait, in seconds: it may as well ask again then. */
const maxRetryAfter = 3600;

function waitFor(seconds: number): { readonly 'retry-after': string } {
  return { 'retry-after': String(Math.min(Math.ceil(seconds), maxRetryAfter)) };
}

export function tooManyRequests(secondsToWait: number): Problem {
  const detail = 'You have asked too often. Wait a little, then ask again.';
  const headers = waitFor(secondsToWait);
  return { status: 429, title: 'Too Many Requests', code: 'too_many_requests', detail, headers };
}

/** Puts a failure of the issuer into words for the user of an app. */
export function describeFailure(error: KnownError): Problem {
  const { code, scope, retryable } = error;
  if (retryable) {
    const { retryAfter = defaultRetryAfter } = error as { readonly retryAfter?: number | undefined };
    const detail = 'No token can be had at the moment. Try again later.';
    return { status: 503, title: 'Service Unavailable', code, detail, headers: waitFor(retryAfter) };
  }
  switch (code) {
    case 'missing_api_key':
    case 'invalid_api_key':
    case 'environment_mismatch':
    case 'invalid_option':
    case 'invalid_user_id':
    case 'invalid_token_id':
      // Ours to fix, and nothing that an app could do anything about.
      return { status: 500, title: 'Internal Server Error', code: 'misconfigured' };
    default:
  }
  // The provider serves nobody as we are set up. The app's user is signed in all the same.
  if (scope === 'account') return { status: 502, title: 'Bad Gateway', code: 'misconfigured' };
  if (code === 'not_found') {
    return { status: 404, title: 'Not Found', code, detail: 'There is no such user at the provider.' };
  }
  if (code === 'forbidden') {
    return { status: 403, title: 'Forbidden', code, detail: 'The provider gives this user no token.' };
  }
  return { status: 502, title: 'Bad Gateway', code, detail: 'The provider did not issue a token.' };
}

/** Problem details (RFC 9457), kept out of caches. */
export function answerProblem({ headers = {}, ...problem }: Problem): Response {
  const body = JSON.stringify({ type: 'about:blank', ...problem });
  const all = { 'content-type': 'application/problem+json', ...neverStored, ...headers };
  return new Response(body, { status: problem.status, headers: all });
}
