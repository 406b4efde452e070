import type {
  ApiError,
  AuthenticationError,
  ConfigurationError,
  ConnectionError,
  CredentialError,
  InvalidInputError,
  InvalidResponseError,
  LimiterError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  ServerError,
  TimeoutError,
  TokenNotPendingError,
  ValidationError,
} from '../errors.js';
import type { PlainApiErrorCode } from './codes.js';

/**
 * All errors of one provider, as a union that a `switch` on `code` narrows, including the type of `details`.
 *
 * Its parts are type literals, not interfaces, so that TypeScript can write a narrowed error into a declaration file.
 */
export type ProviderError<Provider extends string = string, Details = unknown> =
  | ((
      | ConfigurationError
      | CredentialError
      | LimiterError
      | InvalidInputError
      | ConnectionError
      | TimeoutError
      | InvalidResponseError
    ) & {
      /** The provider whose call failed. */
      readonly provider: Provider | undefined;
    })
  | ((
      | (ApiError & {
          /** The codes that have no subclass. */
          readonly code: PlainApiErrorCode;
        })
      | AuthenticationError
      | PermissionDeniedError
      | NotFoundError
      | ValidationError
      | TokenNotPendingError
      | RateLimitError
      | ServerError
    ) & {
      /** The provider that answered. */
      readonly provider: Provider;
      /** The provider's own error body, parsed and redacted. */
      readonly details: Details | undefined;
    });

/** All errors of all providers, as a union that a `switch` on `code` narrows. */
export type KnownError = ProviderError;
