/** The client method that failed. `createClient` is the factory itself: `createJunction`, `createIssuer` and so on. */
export type Operation = 'createClient' | 'issueToken' | 'issueTokens' | 'revokeToken' | 'createUser' | 'resolveUser';

/** What can be wrong with how a client is set up, or with the options of a call. */
export type ConfigurationErrorCode = 'missing_api_key' | 'invalid_api_key' | 'environment_mismatch' | 'invalid_option';
/** `limit_reached`: no room within the deadline, nothing was sent. `limiter_failed`: your own limiter failed. */
export type LimiterErrorCode = 'limit_reached' | 'limiter_failed';
/** Which input cannot be sent. */
export type InvalidInputErrorCode = 'invalid_user_id' | 'invalid_token_id';
/** What is wrong with an answer whose status says success. */
export type InvalidResponseErrorCode = 'invalid_response' | 'not_issued';
/** The codes of an {@link ApiError} that has no class of its own. */
export type PlainApiErrorCode = 'bad_request' | 'conflict' | 'user_exists' | 'user_limit_reached' | 'unexpected_status';

/** What a provider can refuse with. */
export type ApiErrorCode =
  | PlainApiErrorCode
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'validation_failed'
  | 'token_not_pending'
  | 'rate_limited'
  | 'server_error';

/** All of them, for `instanceof ApiError`. */
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
 * base URL, so nobody will be served. `service`: it says nothing about either; try again later.
 */
export type ErrorScope = 'user' | 'account' | 'service';

/** The scope that a code has unless the provider says otherwise, as of a 403 about one user. */
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

/** One complaint of a provider about a request, in the same shape for all of them. */
export interface ErrorIssue {
  /** The place in the request, outermost first: `['path', 'user_id']`. Empty if the provider does not say. */
  readonly path: readonly (string | number)[];
  /** The provider's own code for this complaint. */
  readonly code: string | undefined;
  /** The provider's own words. */
  readonly message: string;
}
