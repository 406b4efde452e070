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

export type * from './errors/codes.js';

export interface ErrorFields<Code extends ErrorCode = ErrorCode> {
  readonly code: Code;
  readonly message: string;
  readonly provider: string | undefined;
  readonly operation: Operation;
  readonly retryable?: boolean | undefined;
  /** @default the scope that the code has */
  readonly scope?: ErrorScope | undefined;
  readonly cause?: Error | undefined;
}

// One symbol for every copy of the package in a process, whose classes differ, as do those of ESM and CommonJS.
const brand = /* @__PURE__ */ Symbol.for('tokenwright.error');

/**
 * The base of every error that this package throws. None holds a key, a token or a request: fields are picked one by
 * one, so that an error can be logged as it is.
 */
export abstract class TokenwrightError extends Error {
  /** What the errors of a class have for their code; `undefined` if any. */
  protected static readonly codes: readonly ErrorCode[] | undefined = undefined;

  /** By brand and code, so that `instanceof` knows the errors of another copy of the package. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // A class of the user's own has no codes, and is told as any class is.
    if (!Object.hasOwn(this, 'codes')) return Function.prototype[Symbol.hasInstance].call(this, value);
    return isBrandedError(value) && this.codes?.includes((value as TokenwrightError).code) !== false;
  }

  /** What went wrong, as a literal to `switch` on. */
  readonly code: ErrorCode;
  /** The provider whose call failed; `undefined` for an unknown name given to {@link createIssuer}, and for options of a token endpoint. */
  readonly provider: string | undefined;
  /** What was being done. */
  readonly operation: Operation;
  /** Whether the same call may succeed later without any change. */
  readonly retryable: boolean;
  /** Whom the failure concerns: one `user`, the whole `account`, or neither (`service`). */
  readonly scope: ErrorScope;

  constructor(name: string, fields: ErrorFields) {
    super(fields.message, fields.cause && { cause: fields.cause });
    Object.defineProperty(this, 'name', { value: name, configurable: true, writable: true });
    Object.defineProperty(this, brand, { value: true });
    // The first line of a stack is written when an error is made, before it has its name: written once more here.
    traceFromHere(this, new.target);
    this.code = fields.code;
    this.provider = fields.provider;
    this.operation = fields.operation;
    this.retryable = fields.retryable ?? false;
    this.scope = fields.scope ?? scopes[fields.code];
  }

  /** All fields for a log of JSON, which would leave out the name and the message; without the stack and the cause. */
  toJSON(): object {
    return Object.assign({ name: this.name, message: this.message }, this);
  }
}

/** Lets the stack of an error begin with the caller: its ten lines are to reach the user's code, not end inside ours. */
export function traceFromHere(error: Error, topmost?: unknown): void {
  (Error as { captureStackTrace?: (error: Error, topmost: unknown) => void }).captureStackTrace?.(error, topmost);
}

/** The client cannot work as it was set up. Nothing was sent. */
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

/** Your `apiKey` function failed; `cause` is a redacted copy of what it threw. Nothing was sent. */
export class CredentialError extends TokenwrightError {
  protected static override readonly codes: readonly ErrorCode[] = ['api_key_unavailable'];
  declare readonly code: 'api_key_unavailable';

  constructor(fields: ErrorFields<'api_key_unavailable'>) {
    super('CredentialError', fields);
  }
}

/** The limit that you set left no room within the deadline, or your own limiter failed. Nothing was sent. */
export class LimiterError extends TokenwrightError {
  protected static override readonly codes: readonly ErrorCode[] = ['limit_reached', 'limiter_failed'];
  declare readonly code: LimiterErrorCode;
  /** After how many seconds there is room; `undefined` if that is not known. */
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

export interface ApiErrorFields<Code extends ApiErrorCode = ApiErrorCode> extends ErrorFields<Code> {
  readonly status: number;
  readonly requestId?: string | undefined;
  readonly providerCode?: string | undefined;
  readonly providerMessage?: string | undefined;
  readonly issues?: readonly ErrorIssue[] | undefined;
  readonly details?: unknown;
  readonly retryAfter?: number | undefined;
}

/** The provider answered, and not with a token. */
export class ApiError extends TokenwrightError {
  protected static override readonly codes: readonly ErrorCode[] = apiErrorCodes;
  declare readonly code: ApiErrorCode;
  /** The HTTP status of the answer. */
  readonly status: number;
  /** The provider's id for this request, to quote to its support. */
  readonly requestId: string | undefined;
  /** The provider's own code for what went wrong. */
  readonly providerCode: string | undefined;
  /** The provider's own words for what went wrong. */
  readonly providerMessage: string | undefined;
  /** The provider's complaints one by one; empty if its answer had none. */
  readonly issues: readonly ErrorIssue[];
  /**
   * The provider's own error body, parsed, with secrets redacted; `undefined` if the answer did not have the
   * provider's form. {@link isTokenwrightError} types it by `provider`.
   */
  readonly details: unknown;
  /** How long the provider asks to wait before the next request, in seconds; `undefined` if it does not say. */
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

/** 401, or what the provider answers instead: it does not accept the key. */
export class AuthenticationError extends ApiError {
  protected static override readonly codes: readonly ErrorCode[] = ['unauthorized'];
  declare readonly code: 'unauthorized';

  constructor(fields: ApiErrorFields<'unauthorized'>) {
    super(fields, 'AuthenticationError');
  }
}

/** 403: the key is known and may not do this. */
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

/** 422: the provider understood the request and refuses its content; see {@link ApiError.issues | issues}. */
export class ValidationError extends ApiError {
  protected static override readonly codes: readonly ErrorCode[] = ['validation_failed'];
  declare readonly code: 'validation_failed';
  declare readonly status: 422;

  constructor(fields: ApiErrorFields<'validation_failed'>) {
    super(fields, 'ValidationError');
  }
}

/** Clerk's 400 for a token that cannot be revoked because it was already used or revoked. */
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
 * No answer, or one that broke off. `cause` is a copy of what the network reported, with its system code, such as
 * ECONNREFUSED, as `cause.code`.
 */
export class ConnectionError extends TokenwrightError {
  protected static override readonly codes: readonly ErrorCode[] = ['connection_failed'];
  declare readonly code: 'connection_failed';

  constructor(fields: ErrorFields<'connection_failed'>) {
    super('ConnectionError', fields);
  }
}

/** The time allowed for the call, or for its last attempt, passed. `cause` is the failure of the attempt before, if any. */
export class TimeoutError extends TokenwrightError {
  protected static override readonly codes: readonly ErrorCode[] = ['timeout'];
  declare readonly code: 'timeout';
  /** The time that was allowed, in milliseconds. */
  readonly timeout: number;

  constructor(fields: ErrorFields<'timeout'> & { readonly timeout: number }) {
    super('TimeoutError', fields);
    this.timeout = fields.timeout;
  }
}

/**
 * The provider reported success and its answer cannot be used (`invalid_response`), or left out a user of a batch
 * (`not_issued`).
 */
export class InvalidResponseError extends TokenwrightError {
  protected static override readonly codes: readonly ErrorCode[] = ['invalid_response', 'not_issued'];
  declare readonly code: InvalidResponseErrorCode;
  /** The HTTP status of the answer. */
  readonly status: number;
  /** The provider's id for this request, to quote to its support. */
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

/** Whether a value is an error of this package, of this copy of it or of another. */
export function isBrandedError(value: unknown): boolean {
  return typeof value === 'object' && value !== null && brand in value;
}
