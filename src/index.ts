/**
 * The clients of the providers, with the types of their options, tokens and errors.
 *
 * @module tokenwright
 */
export {
  ApiError,
  type ApiErrorCode,
  type ApiErrorFields,
  AuthenticationError,
  ConfigurationError,
  type ConfigurationErrorCode,
  ConnectionError,
  CredentialError,
  type ErrorCode,
  type ErrorFields,
  type ErrorIssue,
  type ErrorScope,
  InvalidInputError,
  type InvalidInputErrorCode,
  InvalidResponseError,
  type InvalidResponseErrorCode,
  LimiterError,
  type LimiterErrorCode,
  NotFoundError,
  type Operation,
  PermissionDeniedError,
  type PlainApiErrorCode,
  RateLimitError,
  ServerError,
  TimeoutError,
  TokenNotPendingError,
  TokenwrightError,
  ValidationError,
} from './errors.js';
export {
  outcomeFromJSON,
  type OutcomeJSON,
  outcomeToJSON,
  type RestoredOutcome,
  type RestoredToken,
} from './bulk/outcome-json.js';
export { errorFromJSON } from './errors/json.js';
export type { KnownError, ProviderError } from './errors/known.js';
export {
  type BulkOptions,
  type CallOptions,
  canRevoke,
  type ClientOptions,
  type CollectOptions,
  type Credential,
  type CredentialRequest,
  type Fetch,
  type IssuedTokenFields,
  type IssueOutcome,
  type RetryOptions,
  type RevokedTokenFields,
  type TimingOptions,
  type TokenIssuer,
  type TokenRevoker,
  type UserIds,
} from './issuer.js';
export type {
  AttemptEvent,
  CallEvent,
  CallTrace,
  EndedEvent,
  EventBase,
  EventResult,
  OutcomeEvent,
  PauseEvent,
  TokenwrightEvent,
} from './issuer/events.js';
export type {
  RateLimit,
  RateLimitAnswer,
  RateLimiter,
  RateLimitRequest,
  RateLimitResult,
} from './issuer/rate-limit.js';
export { createRateLimiter } from './limits/setup.js';
export { createClerk } from './providers/clerk/adapter.js';
export type {
  ClerkIssueOptions,
  ClerkIssuer,
  ClerkOptions,
  ClerkTarget,
  ClerkToken,
  ClerkTokenStatus,
  RevokedClerkToken,
} from './providers/clerk/types.js';
export type { ClerkErrorBody, ClerkErrorItem } from './providers/clerk/wire.js';
export { createIssuer, providerIds } from './providers/create-issuer.js';
export { isTokenwrightError } from './providers/guard.js';
export type {
  AnyTokenwrightError,
  IssuedToken,
  ProviderId,
  ProviderIssuers,
  ProviderOptions,
} from './providers/index.js';
export { createJunction } from './providers/junction/adapter.js';
export type {
  JunctionCredential,
  JunctionIssuer,
  JunctionOptions,
  JunctionTarget,
  JunctionToken,
} from './providers/junction/types.js';
export type { JunctionUser, JunctionUsers, NewJunctionUser } from './providers/junction/users.js';
export type { JunctionErrorBody } from './providers/junction/wire.js';
export { createSfox } from './providers/sfox/adapter.js';
export type {
  SfoxBatchOptions,
  SfoxBulkOptions,
  SfoxIssuer,
  SfoxOptions,
  SfoxTarget,
  SfoxToken,
} from './providers/sfox/types.js';
export type { SfoxErrorBody } from './providers/sfox/wire.js';
