import type { TokenwrightError } from './errors.js';
import type { KnownError } from './errors/known.js';
import type { TokenwrightEvent } from './issuer/events.js';
import type { RateLimit, RateLimiter } from './issuer/rate-limit.js';

/** A function with the signature of `fetch`, called with the URL as a string. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Which failed attempts are retried, and how often. */
export interface RetryOptions {
  /**
   * The maximum number of retries of one request, not counting the first attempt.
   * @default 2
   */
  readonly limit?: number | undefined;
  /**
   * The HTTP statuses to retry. Allowed are 408, 429 and 5xx. Connection failures and attempts that ran out of time are
   * always retried.
   * @default 408, 429 and every 5xx except 501 and 505
   */
  readonly statusCodes?: readonly number[] | undefined;
}

/** Timeouts and retries: for one call, or as the default for all calls of a client. */
export interface TimingOptions {
  /**
   * The time limit of the whole call, in milliseconds: all attempts with their bodies, and the waits between them.
   * @default 30000
   */
  readonly timeout?: number | undefined;
  /**
   * The time limit of one attempt with its body, in milliseconds.
   * @default 10000
   */
  readonly attemptTimeout?: number | undefined;
  /**
   * The maximum number of retries of one request, or an object with that limit and the statuses to retry. A retry may leave
   * an unused token behind, because a lost answer may have held one.
   * @default 2
   */
  readonly retry?: number | RetryOptions | undefined;
}

/** Options of a single call. The client's options are the defaults. */
export interface CallOptions extends TimingOptions {
  /** Aborts the call at once, also while it waits; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The argument of a function that returns a credential. */
export interface CredentialRequest {
  /** Whether the provider answered 401 to the value that was returned last. If `true`, return a new value, not a cached one. */
  readonly rejected: boolean;
}

/** A secret, or a function that returns it. The function may be asynchronous. */
export type Credential = string | ((request: CredentialRequest) => string | Promise<string>);

/** Options that the clients of all providers have. */
export interface ClientOptions extends TimingOptions {
  /**
   * The secret key, or a function that returns it and is called before each request. The function may be asynchronous.
   * While one call of it is pending, further requests wait for the same result. After a 401 it is called once more, with
   * `rejected: true`, and the request is repeated if it returns another key.
   * @default the provider's environment variable
   */
  readonly apiKey?: Credential | undefined;
  /**
   * The `fetch` implementation that sends the requests.
   * @default the global `fetch`, looked up at each request
   */
  readonly fetch?: Fetch | undefined;
  /**
   * Whether the base URL may be plain http on another machine. Only for hosts that are not public: a name without dots such
   * as `fakes`, a name in `.local`, `.internal` or `.test`, a private or link-local address. Never with a key for production.
   * @default `true` if `TOKENWRIGHT_ALLOW_HTTP` is 1 and the base URL is also from an environment variable; else `false`
   */
  readonly allowHttp?: boolean | undefined;
  /**
   * The provider's rate limit: a limit for this client alone, a limiter that several clients share, or `false` for no limit.
   * Every attempt first takes a place in it. A bulk call waits for a place without a time limit; a single call waits until
   * its `timeout`, then fails with a `LimiterError` (`limit_reached`).
   * @default for sFOX its documented 250 requests in 10 seconds, shared by all clients of this process for one host; single
   *   calls wait for it only while a bulk call is running. None for Junction and Clerk.
   */
  readonly rateLimit?: RateLimit | RateLimiter | false | undefined;
  /**
   * Called with an event for each attempt, call, outcome of a bulk call, and pause. No event holds a key, a token, a header,
   * a body, a URL or the id of a user. Errors of this function are ignored.
   */
  readonly onEvent?: ((event: TokenwrightEvent) => unknown) | undefined;
}

/**
 * The fields that the tokens of all providers have. Printing a token, as with `console.log`, shows neither `token` nor
 * `url`; `JSON.stringify` does.
 */
export interface IssuedTokenFields {
  /** The provider that issued it. */
  readonly provider: string;
  /** The user's id, exactly as it was passed to `issueToken`. */
  readonly userId: string;
  /** The secret itself. */
  readonly token: string;
  /** When the token stops working; `undefined` if the provider does not say. */
  readonly expiresAt: Date | undefined;
  /**
   * When it was issued, by the provider's clock, if its answer says that; not enumerable. `expiresAt` minus `issuedAt` is the
   * token's lifetime, even if your own clock is wrong.
   */
  readonly issuedAt?: Date | undefined;
  /** The provider's id of the request, if there is one, to quote to its support; not enumerable. */
  readonly requestId?: string | undefined;
  /** The provider's own body; not enumerable, so it is neither printed nor part of the JSON. */
  readonly raw?: unknown;
}

/** The fields that every revoked token has. */
export interface RevokedTokenFields {
  /** The provider that issued it. */
  readonly provider: string;
  /** The id of the token. */
  readonly id: string;
  /** The user it was issued for. */
  readonly userId: string;
  /** The provider's own body; not enumerable, so it is neither printed nor part of the JSON. */
  readonly raw?: unknown;
}

/** The outcome of one input of a bulk call: the shape of `Promise.allSettled`, with the position and the id of the input. */
export type IssueOutcome<T extends IssuedTokenFields = IssuedTokenFields, E extends TokenwrightError = KnownError> = {
  /** The position of the input, from 0. */
  readonly index: number;
  /** The input itself. */
  readonly userId: string;
} & (
  | {
      /** A token was issued. */
      readonly status: 'fulfilled';
      /** The token. */
      readonly value: T;
    }
  | {
      /** No token was issued. */
      readonly status: 'rejected';
      /** The error; `switch` on `reason.code` to narrow it. */
      readonly reason: E;
    }
);

/** Options of a bulk call, in addition to those of a single call. */
export interface BulkOptions {
  /**
   * The maximum number of requests in flight at the same time, from 1 to 10000.
   * @default 8
   */
  readonly concurrency?: number | undefined;
  /**
   * The time in milliseconds with nothing but 429, 5xx or failed connections, after which nothing more is sent: all remaining
   * users are rejected with the last error. Any other answer, such as a 404 for one user, starts the time again. A
   * `Retry-After` longer than this time has the same effect at once. Time in which no request is open does not count.
   * @default 600000
   */
  readonly giveUpAfter?: number | undefined;
}

/** Options of `issueTokens`, which collects the outcomes of a bulk call. */
export interface CollectOptions<
  T extends IssuedTokenFields = IssuedTokenFields,
  E extends TokenwrightError = KnownError,
> {
  /**
   * Called with each outcome as it arrives, so that an abort loses none of them. If it returns a promise, that is awaited; if
   * it throws or rejects, the call ends with that error.
   */
  readonly onOutcome?: ((outcome: IssueOutcome<T, E>) => unknown) | undefined;
}

/** The ids for a bulk call: an array, a generator, the lines of a file. For `streamTokens` it may be endless. */
export type UserIds = Iterable<string> | AsyncIterable<string>;

/** Issues tokens for one user or for many. Its methods do not need `this`: they may be passed on as plain functions. */
export interface TokenIssuer<
  T extends IssuedTokenFields = IssuedTokenFields,
  O extends CallOptions = CallOptions,
  B extends BulkOptions = BulkOptions,
  E extends TokenwrightError = KnownError,
> {
  /** The provider whose tokens it issues. */
  readonly provider: T['provider'];
  /**
   * Issues a token for one user.
   *
   * @param userId - The provider's own id of the user, sent as it is.
   * @throws Before a request is sent: `ConfigurationError` for a wrong option or key, `CredentialError` (`api_key_unavailable`)
   *   if your `apiKey` function failed, `InvalidInputError` (`invalid_user_id`) for an id that cannot be sent, `LimiterError` if
   *   the rate limit left no room (`limit_reached`) or your limiter failed (`limiter_failed`). After that: `ApiError` and its
   *   subclasses for an answer that is an error, `ConnectionError` (`connection_failed`), `TimeoutError` (`timeout`),
   *   `InvalidResponseError` (`invalid_response`). If the call was aborted: the signal's reason.
   */
  issueToken(this: void, userId: string, options?: O): Promise<T>;

  /**
   * Issues tokens for many users, and collects one outcome for each input, in the order of the inputs.
   *
   * A user's failure becomes that user's outcome; the others go on. `timeout` limits the work for each user, without the time
   * in which requests wait because the provider asks for it (429, 503). So the whole call may take as long as the provider
   * makes it wait; `signal` and `giveUpAfter` bound that.
   *
   * An error of scope `account`, such as a 401 or a 403, and an `apiKey` function that keeps failing end the call early: the
   * users who were not sent yet are rejected with that error. (After a 401, an `apiKey` function is first asked for another key.)
   * The same happens after `giveUpAfter`. The source of the ids is still read to its end.
   *
   * Equal ids have one outcome each. From Junction and Clerk, whose tokens are used once, each has a token of its own; from
   * sFOX they may share one.
   *
   * @throws `ConfigurationError` (`invalid_option`) before anything is sent; the signal's reason if the call was aborted; an
   *   error of your own: of the source of the ids, of `onOutcome`, or of sFOX's `onUnexpectedUser`. Outcomes that arrived
   *   before an abort were passed to `onOutcome`; each request in flight may leave an unused token, for sFOX one per user.
   */
  issueTokens(this: void, userIds: UserIds, options?: O & B & CollectOptions<T, E>): Promise<IssueOutcome<T, E>[]>;

  /**
   * Like {@link TokenIssuer.issueTokens}, but yields the outcomes as they arrive, in any order. Inputs are read only as fast
   * as outcomes are taken (backpressure), so they may be endless: then leave the loop at an error of scope `account`, after
   * which nothing more is sent. Leaving the loop aborts the requests in flight, and drops outcomes that were not yielded yet.
   *
   * @throws As {@link TokenIssuer.issueTokens}, except for `onOutcome`. Outcomes that arrived before an abort are yielded
   *   first.
   */
  streamTokens(this: void, userIds: UserIds, options?: O & B): AsyncGenerator<IssueOutcome<T, E>, void>;
}

/** Revokes issued tokens. Not every provider can; see {@link canRevoke}. */
export interface TokenRevoker<T extends RevokedTokenFields = RevokedTokenFields> {
  /**
   * Revokes a token that has not been used.
   *
   * @param tokenId - The id of the token, not the token itself.
   * @throws As {@link TokenIssuer.issueToken}, with `InvalidInputError` (`invalid_token_id`) for an id that cannot be
   *   sent and `TokenNotPendingError` for a token that was already used or revoked.
   */
  revokeToken(this: void, tokenId: string, options?: CallOptions): Promise<T>;
}

/** Whether an issuer can revoke tokens; narrows its type to {@link TokenRevoker}. */
export function canRevoke<I extends Pick<TokenIssuer, 'provider'>>(issuer: I): issuer is I & TokenRevoker {
  return 'revokeToken' in issuer && typeof issuer.revokeToken === 'function';
}
