import {
  ApiError,
  type ApiErrorCode,
  type ApiErrorFields,
  AuthenticationError,
  NotFoundError,
  PermissionDeniedError,
  type PlainApiErrorCode,
  RateLimitError,
  ServerError,
  TokenNotPendingError,
  ValidationError,
} from '../errors.js';

/** The class of each code that has one of its own. */
const subclasses: {
  readonly [Code in Exclude<ApiErrorCode, PlainApiErrorCode>]: new (fields: ApiErrorFields<Code>) => ApiError;
} = {
  unauthorized: AuthenticationError,
  forbidden: PermissionDeniedError,
  not_found: NotFoundError,
  validation_failed: ValidationError,
  token_not_pending: TokenNotPendingError,
  rate_limited: RateLimitError,
  server_error: ServerError,
};

/** Makes an error of the class that belongs to the code. */
export function createApiError(code: ApiErrorCode, fields: Omit<ApiErrorFields, 'code'>): ApiError {
  // Each class gets only its own code. TypeScript cannot tell that from a look-up by code.
  const classes = subclasses as Partial<Record<ApiErrorCode, new (fields: ApiErrorFields) => ApiError>>;
  return new (classes[code] ?? ApiError)({ ...fields, code });
}
