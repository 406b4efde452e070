import type { TokenwrightError } from './errors.js';
import type { KnownError } from './errors/known.js';
import type { TokenwrightEvent } from './issuer/events.js';
import type { RateLimit, RateLimiter } from './issuer/rate-limit.js';

/** A function with the signature of `fetch`, called with the URL as a string. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** When a failed attempt is repeated. */
export interface RetryOptions {
  /**
   * How many attempts may follow the first.
   * @default 2
   */
  readonly limit?: number | undefined;
  /**
   * The statuses that are worth another attempt; 408, 429 and 5xx may be chosen. Connection failures and attempts that
   * ran out of time are always repeated.
   * @default 408, 429 and every 5xx but 501 and 505
   */
  readonly statusCodes?: readonly number[] | undefined;
}

/** What may be chosen for one call, and for all calls of a client. */
export interface TimingOptions {
  /**
   * Time for the whole call in milliseconds: every attempt, every wait between them, every body.
   * @default 30000
   */
  readonly timeout?: number | undefined;
  /**
   * Time for one attempt in milliseconds, its body included.
   * @default 10000
   */
  readonly attemptTimeout?: number | undefined;
  /**
   * How many attempts may follow the first, or that and the statuses that are worth one. A repeated request may leave an
   * unused token behind: the answer that was lost on the way may have held one.
   * @default 2
   */
  readonly retry?: number | RetryOptions | undefined;
}

/** Options of a single call. What is left out comes from the client. */
export interface CallOptions extends TimingOptions {
  /** Aborts the call at once, wherever it is; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What a function that returns a credential is called with. */
export interface CredentialRequest {
  /** Whether the provider answered 401 to what the function returned last: a cached value is of no use any more. */
  readonly rejected: boolean;
}

/** A secret, or a function that returns it or a promise of it. */
export type Credential = string | ((request: CredentialRequest) => string | Promise<string>);

/** Options that every client has. */
export interface ClientOptions extends TimingOptions {
  /**
   * The secret key, or a function that returns it (or a promise of it) and is asked before each request. It is called one
   * call at a time: requests that come meanwhile share what it returns. After a 401 it is asked once more, with
   * `rejected: true`, and what it returns is tried if it is another key.
   * @default the provider's environment variable
   */
  readonly apiKey?: Credential | undefined;
  /**
   * Sends the requests.
   * @default the global `fetch`, looked up at each call
   */
  readonly fetch?: Fetch | undefined;
  /**
   * Whether the base URL may be plain http on another machine, if its host is not public: one label such as `fakes`, a name
   * in `.local`, `.internal` or `.test`, a private or link-local address. Never with a key for production.
   * @default `true` if `TOKENWRIGHT_ALLOW_HTTP` is 1 and the base URL is from a variable, too; else `false`
   */
  readonly allowHttp?: boolean | undefined;
  /**
   * What the provider allows: a limit that this client keeps, a limiter that it shares with others, or `false` if none is
   * known. Every attempt takes a place first. A bulk call waits for it as long as that takes; a single call for at most its
   * `timeout`, then it fails with a `LimiterError` (`limit_reached`).
   * @default sFOX's documented 250 requests in 10 seconds, shared by all clients of this process for one host, for which
   *   single calls wait only beside a bulk call; none for Junction and Clerk
   */
  readonly rateLimit?: RateLimit | RateLimiter | false | undefined;
  /**
   * Called with what happens: attempts, calls, outcomes of a bulk call, and pauses. No event holds a key, a token, a header,
   * a body, a URL or the id of a user. What it throws or rejects with is ignored.
   */
  readonly onEvent?: ((event: TokenwrightEvent) => unknown) | undefined;
}

/** What every issued token has, whoever issued it. Printing one shows neither `token` nor `url`; `JSON.stringify` does. */
export interface IssuedTokenFields {
  /** Whose token it is. */
  readonly provider: string;
  /** The user the token was asked for, as it was asked for. */
  readonly userId: string;
  /** The secret itself. */
  readonly token: string;
  /** When the token stops working; `undefined` where the provider does not say. */
  readonly expiresAt: Date | undefined;
  /**
   * When it was issued, by the provider's own clock, if that is known; not enumerable. From here to `expiresAt` is the
   * token's lifetime, however wrong your own clock may be.
   */
  readonly issuedAt?: Date | undefined;
  /** The provider's id for its answer, to quote to its support, if there is one; not enumerable. */
  readonly requestId?: string | undefined;
  /** The provider's own body, not enumerable: it is neither printed nor part of the JSON. */
  readonly raw?: unknown;
}

/** What every revoked token has. */
export interface RevokedTokenFields {
  /** Whose token it was. */
  readonly provider: string;
  /** The id of the token. */
  readonly id: string;
  /** Whom it was issued for. */
  readonly userId: string;
  /** The provider's own body, not enumerable: it is neither printed nor part of the JSON. */
  readonly raw?: unknown;
}

/** The outcome of one input of a bulk call, in the shape of `Promise.allSettled`, with the place and the id of the input. */
export type IssueOutcome<T extends IssuedTokenFields = IssuedTokenFields, E extends TokenwrightError = KnownError> = {
  /** The place of the input, from 0. */
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
      /** Why; `reason.code` narrows it. */
      readonly reason: E;
    }
);

/** What may be chosen for a bulk call, beside the options of a single one. */
export interface BulkOptions {
  /**
   * How many requests may be under way at the same time.
   * @default 8
   */
  readonly concurrency?: number | undefined;
  /**
   * For how many milliseconds the call goes on if nobody is answered but with refusals and failures. What is left is then
   * rejected with the last of them, and so it is at once for a longer `Retry-After`. Counted only while requests go out.
   * @default 600000
   */
  readonly giveUpAfter?: number | undefined;
}

/** What may be chosen where a bulk call collects its outcomes. */
export interface CollectOptions<
  T extends IssuedTokenFields = IssuedTokenFields,
  E extends TokenwrightError = KnownError,
> {
  /**
   * Called with each outcome as it arrives, so that an abort loses none of them. A promise that it returns is awaited; what
   * it throws ends the call.
   */
  readonly onOutcome?: ((outcome: IssueOutcome<T, E>) => unknown) | undefined;
}

/** The ids of a bulk call: a list, a generator, lines of a file. It may be endless. */
export type UserIds = Iterable<string> | AsyncIterable<string>;

/** Issues tokens for single users and for many. Its methods may be passed around without it. */
export interface TokenIssuer<
  T extends IssuedTokenFields = IssuedTokenFields,
  O extends CallOptions = CallOptions,
  B extends BulkOptions = BulkOptions,
  E extends TokenwrightError = KnownError,
> {
  /** Whose tokens it issues. */
  readonly provider: T['provider'];
  /**
   * Issues a token for one user.
   *
   * @param userId - The provider's own id of the user, sent as it is.
   * @throws `ConfigurationError` for a key or an option that cannot work, `InvalidInputError` (`invalid_user_id`) for an
   *   id that cannot be sent; both before anything is sent. `ApiError` and its subclasses for what the provider
   *   answered, `ConnectionError`, `TimeoutError`, `InvalidResponseError`. The signal's reason where it was aborted.
   */
  issueToken(this: void, userId: string, options?: O): Promise<T>;

  /**
   * Issues tokens for many users, and collects one outcome for each input, in the order of the inputs.
   *
   * One user's failure is that user's outcome. `timeout` bounds each user's work as it does a single call, apart from the
   * time in which all work is paused because the provider asks for it (429, 503): a call may take as long as the provider
   * makes it wait, and only `signal` bounds that. The first 401 (to a function's key: if it has no other), the first 403 and
   * a failure of the `apiKey` function stop what was not sent yet: those outcomes carry that error. So do five minutes in
   * which nobody was answered, and a `Retry-After` that is longer. Equal ids have an outcome each: a token each from Junction
   * and Clerk, whose tokens are used once, and one that they share from sFOX.
   *
   * @throws `ConfigurationError` (`invalid_option`) before anything is sent; the signal's reason where it was aborted. What
   *   was answered by then has been handed to `onOutcome`; requests under way may leave an unused token each.
   */
  issueTokens(this: void, userIds: UserIds, options?: O & B & CollectOptions<T, E>): Promise<IssueOutcome<T, E>[]>;

  /**
   * The same as a stream: outcomes come as they arrive, in any order. The inputs are read as the outcomes are, so that they
   * may be endless. Leaving the loop stops the work, and aborts what is under way.
   *
   * @throws As {@link TokenIssuer.issueTokens}. What was answered before an abort has been yielded by then.
   */
  streamTokens(this: void, userIds: UserIds, options?: O & B): AsyncGenerator<IssueOutcome<T, E>, void>;
}

/** Takes back issued tokens. A capability of its own: not every provider has it; see {@link canRevoke}. */
export interface TokenRevoker<T extends RevokedTokenFields = RevokedTokenFields> {
  /**
   * Revokes a token that was not used yet.
   *
   * @param tokenId - The id of the token, not the token itself.
   * @throws As {@link TokenIssuer.issueToken}, with `InvalidInputError` (`invalid_token_id`) for an id that cannot be
   *   sent and `TokenNotPendingError` for a token that was already used or revoked.
   */
  revokeToken(this: void, tokenId: string, options?: CallOptions): Promise<T>;
}

/** Whether an issuer can take tokens back; narrows it to a {@link TokenRevoker} too. */
export function canRevoke<I extends Pick<TokenIssuer, 'provider'>>(issuer: I): issuer is I & TokenRevoker {
  return 'revokeToken' in issuer && typeof issuer.revokeToken === 'function';
}
