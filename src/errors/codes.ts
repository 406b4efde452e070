/**
 * What ran or failed. `createClient`: a factory, such as `createJunction`, `createRateLimiter` or `createTokenEndpoint`.
 * `issueToken`: a request for one user, also one of a bulk call. `issueTokens`: a bulk call, also `streamTokens`, or its request
 * for a batch of users. `createUser`, `resolveUser`: a request of Junction's `users`, also one of `issueTokenForClient`.
 */
export type Operation = 'createClient' | 'issueToken' | 'issueTokens' | 'revokeToken' | 'createUser' | 'resolveUser';

/**
 * What can be wrong with the options of a client or of a call. `missing_api_key`: there is no key. `invalid_api_key`: the value
 * cannot be a key of this provider. `environment_mismatch`: two settings name different environments or regions.
 * `invalid_option`: an option or a variable is unknown, missing or wrong.
 */
export type ConfigurationErrorCode = 'missing_api_key' | 'invalid_api_key' | 'environment_mismatch' | 'invalid_option';
/** `limit_reached`: the rate limit left no room within the call's `timeout`. `limiter_failed`: your own limiter failed. */
export type LimiterErrorCode = 'limit_reached' | 'limiter_failed';
/** Which input cannot be sent. */
export type InvalidInputErrorCode = 'invalid_user_id' | 'invalid_token_id';
/** `invalid_response`: a successful answer cannot be used. `not_issued`: the answer to a batch has no token for this user. */
export type InvalidResponseErrorCode = 'invalid_response' | 'not_issued';
/** The codes of the {@link ApiError}s that have no subclass. */
export type PlainApiErrorCode = 'bad_request' | 'conflict' | 'user_exists' | 'user_limit_reached' | 'unexpected_status';

/** The codes of {@link ApiError} and its subclasses: the errors that a provider can answer with. */
export type ApiErrorCode =
  | PlainApiErrorCode
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'validation_failed'
  | 'token_not_pending'
  | 'rate_limited'
  | 'server_error';

/** All codes of `ApiError` and its subclasses, for `instanceof ApiError`. */
export const apiErrorCodes: readonly ApiErrorCode[] = [
  'bad_request',
  'conflict',
  'user_exists',
  'user_limit_reached',
  'unexpected_status',
  'unauthorized',
  'forbidden',
  'not_found',
  'validation_failed',
  'token_not_pending',
  'rate_limited',
  'server_error',
];

/** Every code that an error of this package can have. */
export type ErrorCode =
  | ConfigurationErrorCode
  | 'api_key_unavailable'
  | LimiterErrorCode
  | InvalidInputErrorCode
  | ApiErrorCode
  | 'connection_failed'
  | 'timeout'
  | InvalidResponseErrorCode;

/**
 * Whom a failure concerns. `user`: this id only. `account`: the key, its permissions, the organization, the options or the
 * base URL, so requests for other users fail as well. `service`: neither; try again later.
 */
export type ErrorScope = 'user' | 'account' | 'service';

/** The scope of each code. A provider's dialect may override it, for instance for a 403 that concerns one user. */
export const scopes: Readonly<Record<ErrorCode, ErrorScope>> = {
  missing_api_key: 'account',
  invalid_api_key: 'account',
  environment_mismatch: 'account',
  invalid_option: 'account',
  unauthorized: 'account',
  forbidden: 'account',
  user_limit_reached: 'account',
  unexpected_status: 'account',
  invalid_user_id: 'user',
  invalid_token_id: 'user',
  not_found: 'user',
  validation_failed: 'user',
  bad_request: 'user',
  token_not_pending: 'user',
  conflict: 'user',
  user_exists: 'user',
  not_issued: 'user',
  rate_limited: 'service',
  server_error: 'service',
  connection_failed: 'service',
  timeout: 'service',
  invalid_response: 'service',
  api_key_unavailable: 'service',
  limit_reached: 'service',
  limiter_failed: 'service',
};

/** One problem that a provider found in a request, in the same shape for all providers. */
export interface ErrorIssue {
  /** The path to the wrong part of the request: `['path', 'user_id']`. Empty if the provider does not say. */
  readonly path: readonly (string | number)[];
  /** The provider's own code for this problem. */
  readonly code: string | undefined;
  /** The provider's own message, redacted. */
  readonly message: string;
}
