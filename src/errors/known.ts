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
 * Every error of one provider, as a union that a `switch` on `code` narrows, down to the form of `details`.
 *
 * Its parts are type literals and no interfaces: a compiler that writes declarations can then spell out a narrowed error.
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
          /** The codes without a class of their own. */
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

/** Every error of this package, whoever the provider is, as a union that a `switch` on `code` narrows. */
export type KnownError = ProviderError;
