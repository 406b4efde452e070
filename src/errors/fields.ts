import type { ApiErrorCode, ErrorCode, ErrorIssue, ErrorScope, Operation } from './codes.js';

/** The fields from which an error is made, for a test double or a class of your own. */
export interface ErrorFields<Code extends ErrorCode = ErrorCode> {
  /** What went wrong. */
  readonly code: Code;
  /** What is wrong, and what to do. */
  readonly message: string;
  /** The provider whose call failed. */
  readonly provider: string | undefined;
  /** What failed. */
  readonly operation: Operation;
  /**
   * Whether the same call may succeed later without a change.
   * @default false
   */
  readonly retryable?: boolean | undefined;
  /**
   * Whom the failure concerns.
   * @default the usual scope of the code
   */
  readonly scope?: ErrorScope | undefined;
  /** The error behind it. */
  readonly cause?: Error | undefined;
}

/** The fields from which an {@link ApiError} is made. */
export interface ApiErrorFields<Code extends ApiErrorCode = ApiErrorCode> extends ErrorFields<Code> {
  /** The provider that answered. */
  readonly provider: string;
  /** The HTTP status of the answer. */
  readonly status: number;
  /** The provider's id of the request. */
  readonly requestId?: string | undefined;
  /** The provider's own error code. */
  readonly providerCode?: string | undefined;
  /** The provider's own error message. */
  readonly providerMessage?: string | undefined;
  /**
   * The single problems that the provider lists.
   * @default none
   */
  readonly issues?: readonly ErrorIssue[] | undefined;
  /** The provider's own error body, parsed. */
  readonly details?: unknown;
  /** How many seconds the provider asks to wait. */
  readonly retryAfter?: number | undefined;
}
