import {
  type ApiErrorCode,
  apiErrorCodes,
  type ConfigurationErrorCode,
  type ErrorCode,
  type ErrorIssue,
  type ErrorScope,
  type InvalidInputErrorCode,
  type InvalidResponseErrorCode,
  type LimiterErrorCode,
  type Operation,
  scopes,
} from './errors/codes.js';
import type { ApiErrorFields, ErrorFields } from './errors/fields.js';
import { traceFromHere } from './errors/stack.js';

export type * from './errors/codes.js';
export type * from './errors/fields.js';

// A global symbol: several copies of the package in one process (two versions, or ESM and CommonJS) have different classes.
const brand = /* @__PURE__ */ Symbol.for('tokenwright.error');

/**
 * The base class of all errors of this package. None holds a key, a token or a request, so an error can be logged as it is.
 */
export abstract class TokenwrightError extends Error {
  /** The codes that the errors of a class can have; `undefined` for any code. */
  protected static readonly codes: readonly ErrorCode[] | undefined = undefined;

  /** Checks brand and code, so that `instanceof` also recognizes errors of another copy of the package. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // A subclass that a user wrote has no codes: the ordinary `instanceof` applies.
    if (!Object.hasOwn(this, 'codes')) return Function.prototype[Symbol.hasInstance].call(this, value);
    return isBrandedError(value) && this.codes?.includes((value as TokenwrightError).code) !== false;
  }

  /** What went wrong, as a literal to `switch` on. */
  readonly code: ErrorCode;
  /**
   * The provider whose call failed; `undefined` for an unknown name in {@link createIssuer}, and for wrong options of a rate
   * limiter or a token endpoint.
   */
  readonly provider: string | undefined;
  /** What failed: the request, or what was done before it. */
  readonly operation: Operation;
  /** Whether the same call may succeed later without a change. */
  readonly retryable: boolean;
  /** Whom the failure concerns: one `user`, the whole `account`, or neither (`service`: try again later). */
  readonly scope: ErrorScope;

  constructor(name: string, fields: ErrorFields) {
    super(fields.message, fields.cause && { cause: fields.cause });
    Object.defineProperty(this, 'name', { value: name, configurable: true, writable: true });
    Object.defineProperty(this, brand, { value: true });
    // The first line of `stack` was written before the error had its name: capture it once more.
    traceFromHere(this, new.target);
    this.code = fields.code;
    this.provider = fields.provider;
    this.operation = fields.operation;
    this.retryable = fields.retryable ?? false;
    this.scope = fields.scope ?? scopes[fields.code];
  }

  /** All fields, with the name and the message, which `JSON.stringify` would leave out; without the stack and the cause. */
  toJSON(): object {
    return Object.assign({ name: this.name, message: this.message }, this);
  }
}

/** An option or a key is missing or wrong. The request was not sent. */
export class ConfigurationError extends TokenwrightError {
  protected static override readonly codes: readonly ErrorCode[] = [
    'missing_api_key',
    'invalid_api_key',
    'environment_mismatch',
    'invalid_option',
  ];
  declare readonly code: ConfigurationErrorCode;

  constructor(fields: ErrorFields<ConfigurationErrorCode>) {
    super('ConfigurationError', fields);
  }
}

/**
 * Your function for a credential, such as `apiKey`, failed; `cause` is a redacted copy of its error. The request was not sent, or
 * not sent again: an attempt before may have reached the provider.
 */
export class CredentialError extends TokenwrightError {
  protected static override readonly codes: readonly ErrorCode[] = ['api_key_unavailable'];
  declare readonly code: 'api_key_unavailable';

  constructor(fields: ErrorFields<'api_key_unavailable'>) {
    super('CredentialError', fields);
  }
}

/**
 * The rate limit, or a pause after a 429, left no room within the `timeout`, or your limiter failed. The request was not sent;
 * earlier ones of the same call, as of `issueTokenForClient`, may have been.
 */
export class LimiterError extends TokenwrightError {
  protected static override readonly codes: readonly ErrorCode[] = ['limit_reached', 'limiter_failed'];
  declare readonly code: LimiterErrorCode;
  /** After how many seconds there is room again; `undefined` if that is not known. */
  readonly retryAfter: number | undefined;

  constructor(fields: ErrorFields<LimiterErrorCode> & { readonly retryAfter?: number | undefined }) {
    super('LimiterError', fields);
    this.retryAfter = fields.retryAfter;
  }
}

/** An argument cannot be sent as it is. Nothing was sent. */
export class InvalidInputError extends TokenwrightError {
  protected static override readonly codes: readonly ErrorCode[] = ['invalid_user_id', 'invalid_token_id'];
  declare readonly code: InvalidInputErrorCode;

  constructor(fields: ErrorFields<InvalidInputErrorCode>) {
    super('InvalidInputError', fields);
  }
}

/** The provider answered with an error. */
export class ApiError extends TokenwrightError {
  protected static override readonly codes: readonly ErrorCode[] = apiErrorCodes;
  declare readonly code: ApiErrorCode;
  /** The provider that answered. */
  declare readonly provider: string;
  /** The HTTP status of the answer; 0 for a redirect, which browsers hide. */
  readonly status: number;
  /** The provider's id of the request, to quote to its support. */
  readonly requestId: string | undefined;
  /** The provider's own error code. */
  readonly providerCode: string | undefined;
  /** The provider's own error message, redacted. */
  readonly providerMessage: string | undefined;
  /** The single problems that the provider lists; empty if its answer lists none. */
  readonly issues: readonly ErrorIssue[];
  /**
   * The provider's own error body, parsed and redacted; `undefined` if the body did not have the form that the provider
   * documents. {@link isTokenwrightError} types it by `provider`.
   */
  readonly details: unknown;
  /** How many seconds the provider asks to wait before the next request; `undefined` if it does not say. */
  readonly retryAfter: number | undefined;

  constructor(fields: ApiErrorFields, name = 'ApiError') {
    super(name, fields);
    this.status = fields.status;
    this.requestId = fields.requestId;
    this.providerCode = fields.providerCode;
    this.providerMessage = fields.providerMessage;
    this.issues = fields.issues ?? [];
    this.details = fields.details;
    this.retryAfter = fields.retryAfter;
  }
}

/** 401, or the answer that the provider gives instead: it does not accept the key. */
export class AuthenticationError extends ApiError {
  protected static override readonly codes: readonly ErrorCode[] = ['unauthorized'];
  declare readonly code: 'unauthorized';

  constructor(fields: ApiErrorFields<'unauthorized'>) {
    super(fields, 'AuthenticationError');
  }
}

/** 403: the key is valid but has no permission for this. */
export class PermissionDeniedError extends ApiError {
  protected static override readonly codes: readonly ErrorCode[] = ['forbidden'];
  declare readonly code: 'forbidden';
  declare readonly status: 403;

  constructor(fields: ApiErrorFields<'forbidden'>) {
    super(fields, 'PermissionDeniedError');
  }
}

/** 404: the provider does not know the user or the token. */
export class NotFoundError extends ApiError {
  protected static override readonly codes: readonly ErrorCode[] = ['not_found'];
  declare readonly code: 'not_found';
  declare readonly status: 404;

  constructor(fields: ApiErrorFields<'not_found'>) {
    super(fields, 'NotFoundError');
  }
}

/** 422: the provider rejects the content of the request; see {@link ApiError.issues | issues}. */
export class ValidationError extends ApiError {
  protected static override readonly codes: readonly ErrorCode[] = ['validation_failed'];
  declare readonly code: 'validation_failed';
  declare readonly status: 422;

  constructor(fields: ApiErrorFields<'validation_failed'>) {
    super(fields, 'ValidationError');
  }
}

/** Clerk's 400 for a token that cannot be revoked, because it was already used or revoked. */
export class TokenNotPendingError extends ApiError {
  protected static override readonly codes: readonly ErrorCode[] = ['token_not_pending'];
  declare readonly code: 'token_not_pending';

  constructor(fields: ApiErrorFields<'token_not_pending'>) {
    super(fields, 'TokenNotPendingError');
  }
}

/** 429: too many requests; see {@link ApiError.retryAfter | retryAfter}. */
export class RateLimitError extends ApiError {
  protected static override readonly codes: readonly ErrorCode[] = ['rate_limited'];
  declare readonly code: 'rate_limited';
  declare readonly status: 429;

  constructor(fields: ApiErrorFields<'rate_limited'>) {
    super(fields, 'RateLimitError');
  }
}

/** 5xx: the provider failed. */
export class ServerError extends ApiError {
  protected static override readonly codes: readonly ErrorCode[] = ['server_error'];
  declare readonly code: 'server_error';

  constructor(fields: ApiErrorFields<'server_error'>) {
    super(fields, 'ServerError');
  }
}

/**
 * The provider could not be reached, or its answer broke off. `cause` is a redacted copy of the network's error;
 * `cause.code` is its system code, such as ECONNREFUSED.
 */
export class ConnectionError extends TokenwrightError {
  protected static override readonly codes: readonly ErrorCode[] = ['connection_failed'];
  declare readonly code: 'connection_failed';

  constructor(fields: ErrorFields<'connection_failed'>) {
    super('ConnectionError', fields);
  }
}

/** The call, or its last attempt, took too long. `cause` is the failure of the attempt before, if there was one. */
export class TimeoutError extends TokenwrightError {
  protected static override readonly codes: readonly ErrorCode[] = ['timeout'];
  declare readonly code: 'timeout';
  /** The time limit that was exceeded, in milliseconds. */
  readonly timeout: number;

  constructor(fields: ErrorFields<'timeout'> & { readonly timeout: number }) {
    super('TimeoutError', fields);
    this.timeout = fields.timeout;
  }
}

/**
 * The provider reported success, but its answer cannot be used (`invalid_response`), or it has no token for a user of the
 * batch (`not_issued`).
 */
export class InvalidResponseError extends TokenwrightError {
  protected static override readonly codes: readonly ErrorCode[] = ['invalid_response', 'not_issued'];
  declare readonly code: InvalidResponseErrorCode;
  /** The HTTP status of the answer; 0 if your `fetch` did not return a usable Response. */
  readonly status: number;
  /** The provider's id of the request, to quote to its support. */
  readonly requestId: string | undefined;

  constructor(
    fields: ErrorFields<InvalidResponseErrorCode> & {
      readonly status: number;
      readonly requestId?: string | undefined;
    },
  ) {
    super('InvalidResponseError', fields);
    this.status = fields.status;
    this.requestId = fields.requestId;
  }
}

/** Whether a value is an error of this package, also of another copy of it. */
export function isBrandedError(value: unknown): boolean {
  return typeof value === 'object' && value !== null && brand in value;
}
