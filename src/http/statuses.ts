import type { ApiErrorCode } from '../errors.js';

/** The meaning of an error status, for all providers. */
export interface StatusMeaning {
  readonly code: ApiErrorCode;
  /** Whether the same request may succeed later. */
  readonly isTemporary: boolean;
  /** What to do next. */
  readonly hint: string;
}

const seeIssues = 'See `issues` for what is wrong with the request.';
const notSupported = 'The server does not support this request: check the base URL and any proxy in between.';

/** The statuses that mean more than their class. The README's table of errors is checked against this one. */
export const statuses: Readonly<Record<number, StatusMeaning>> = {
  400: { code: 'bad_request', isTemporary: false, hint: seeIssues },
  401: {
    code: 'unauthorized',
    isTemporary: false,
    hint: 'Check that the API key is complete, not revoked, and for this environment.',
  },
  403: {
    code: 'forbidden',
    isTemporary: false,
    hint: 'The key is known but may not do this: check its permissions.',
  },
  404: { code: 'not_found', isTemporary: false, hint: 'Check the id, and the base URL if you set one.' },
  408: { code: 'unexpected_status', isTemporary: true, hint: 'The server waited too long for the request: try again.' },
  409: { code: 'conflict', isTemporary: false, hint: 'See `details` for what the request conflicts with.' },
  422: { code: 'validation_failed', isTemporary: false, hint: seeIssues },
  429: { code: 'rate_limited', isTemporary: true, hint: 'Reduce the request rate.' },
  501: { code: 'server_error', isTemporary: false, hint: notSupported },
  505: { code: 'server_error', isTemporary: false, hint: notSupported },
};

const redirect: StatusMeaning = {
  code: 'unexpected_status',
  isTemporary: false,
  hint: 'Redirects are not followed, because that would send the key to another address: check the base URL.',
};
const unexpected: StatusMeaning = {
  code: 'unexpected_status',
  isTemporary: false,
  hint: 'Unexpected status: check the base URL and any proxy in between.',
};
const serverError: StatusMeaning = {
  code: 'server_error',
  isTemporary: true,
  hint: 'The failure is on the side of the provider: try again later.',
};

/** The meaning of an error status. Browsers report a redirect that is not followed as status 0. */
export function meaningOf(status: number): StatusMeaning {
  if (status >= 500) return statuses[status] ?? serverError;
  return statuses[status] ?? (status < 400 ? redirect : unexpected);
}

/** The hints for codes that no status has by itself: a provider's dialect reads them from the body. */
const ownHints: Partial<Readonly<Record<ApiErrorCode, string>>> = {
  user_exists: 'The user exists already: `users.ensure` finds it.',
  user_limit_reached: 'Ask the provider for a higher limit.',
  token_not_pending: 'The token was already used or revoked, so nothing is left to revoke.',
};

/** What to do about a code: the hint of its status, or one for codes that no status has. */
export function hintOf(code: ApiErrorCode, status: number): string {
  const meaning = meaningOf(status);
  if (meaning.code === code) return meaning.hint;
  return ownHints[code] ?? Object.values(statuses).find((each) => each.code === code)?.hint ?? meaning.hint;
}
