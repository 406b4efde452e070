import {
  ApiError,
  type ApiErrorCode,
  type ApiErrorFields,
  AuthenticationError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  ServerError,
  TokenNotPendingError,
  ValidationError,
} from '../errors.js';

/** Makes an error of the class that belongs to the code. */
export function createApiError(code: ApiErrorCode, fields: Omit<ApiErrorFields, 'code'>): ApiError {
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
      return new ApiError({ ...fields, code });
  }
}
