/** A request that a fake received. Keys are redacted, so that it can be printed. */
export interface FakeCall {
  /** The method, in capitals. */
  readonly method: string;
  /** The path with its query, as they were sent, not decoded. */
  readonly path: string;
  /** The headers, by their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The content: parsed if it is JSON, else text; `undefined` if there was none. */
  readonly body: unknown;
  /** The status of the answer; `undefined` if there was none, or none yet. */
  readonly status: number | undefined;
  /** When it arrived, by the clock of the fakes. */
  readonly receivedAt: Date;
}

/** A failure on demand. The fields can be combined: a late 503, a 201 whose body never ends. */
export interface FakeFailure {
  /** Answers with this status, from 200 to 599, and the provider's own error body for it, whatever the request. */
  readonly status?: number | undefined;
  /** Answers with this body instead: a string as it is, anything else as JSON. */
  readonly body?: unknown;
  /** Additional headers of the answer. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** A `Retry-After` header: seconds, or text such as an HTTP date. */
  readonly retryAfter?: number | string | undefined;
  /** Milliseconds to wait first. Without other fields, the request is then answered as usual. */
  readonly delay?: number | undefined;
  /**
   * What happens to the connection. `drop_connection`: it ends without an answer. `stall`: no answer ever comes. `stall_body`:
   * half of the body comes, and the rest never does. `malformed_body`: the body ends in the middle of its JSON.
   */
  readonly fault?: 'drop_connection' | 'stall' | 'stall_body' | 'malformed_body' | undefined;
}

/** A number of requests in a number of seconds, counted in windows that begin with their first request. */
export interface FakeRateLimit {
  /** The maximum number of requests in a window. */
  readonly requests: number;
  /** The length of a window, in seconds. Required, unless the older `seconds` is set. */
  readonly perSeconds?: number | undefined;
  /**
   * For how many seconds every request is refused after one that exceeds the limit.
   *
   * @default until the window ends; for sFOX 60, or 10 with `scope: 'route'`, as it documents
   */
  readonly penaltySeconds?: number | undefined;
  /** The older name of `perSeconds`. */
  readonly seconds?: number | undefined;
  /**
   * `route` counts the requests of each endpoint separately. Only sFOX has such limits; a limit of each scope can be set at
   * the same time.
   *
   * @default 'address' for sFOX; the others count by key
   */
  readonly scope?: 'address' | 'route' | undefined;
}

/** An endpoint that a fake answers. */
export interface FakeEndpoint {
  /** The method, in capitals. */
  readonly method: string;
  /** The path as the provider documents it: `/v2/user/{user_id}/sign_in_token`. */
  readonly path: string;
  /** The origins that have this endpoint. */
  readonly origins: readonly string[];
}

/** The fields that the tokens of all fakes have. */
export interface FakeToken {
  /** The token itself. */
  readonly token: string;
  /** The user it was issued for. */
  readonly userId: string;
  /** Where it was issued, such as `sandbox eu`; `undefined` if neither the key nor the host says. */
  readonly environment: string | undefined;
  /** When it stops working; `undefined` if the provider does not say. */
  readonly expiresAt: Date | undefined;
  /** When it was first used with `consume`, or at Clerk's frontend API; `undefined` until then. */
  readonly usedAt: Date | undefined;
}

/** The methods and records that the fakes of all providers have. */
export interface FakeProvider {
  /** Answers a request to this provider, whatever the host of its URL. Called like the global `fetch`. */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** The origins of the real provider, which this fake replaces. */
  readonly origins: readonly string[];
  /** The endpoints that it answers. Any other path is a 404. */
  readonly endpoints: readonly FakeEndpoint[];
  /** Every request so far, oldest first. */
  readonly calls: readonly FakeCall[];
  /** Every token so far, oldest first. */
  readonly tokens: readonly FakeToken[];
  /**
   * Uses a token, as the user's app would. Tokens of Junction and Clerk work once, those of sFOX until they expire.
   *
   * @throws Error if this fake did not issue the token, or it no longer works.
   */
  readonly consume: (token: string) => FakeToken;
  /**
   * Accepts a key. Until the first call, every key in the provider's form is accepted; then only those of these calls.
   *
   * @param environment - The environment of the key, such as `sandbox`; in others it is refused. Default: that of the prefix
   * of the key, else that of the host at which it is used first.
   * @throws TypeError if the provider has no such environment, or the key has the prefix of another one.
   */
  readonly acceptKey: (key: string, environment?: string) => void;
  /**
   * Adds a user. Until the first call, every user is known, unless the fakes were created with a list of users.
   *
   * @param environment - The environment in which the user is known, such as `sandbox`. Default: all of them.
   */
  readonly addUser: (userId: string, environment?: string) => void;
  /** Makes the next request fail, or the next `times` requests. */
  readonly failNext: (failure: FakeFailure, times?: number) => void;
  /** Makes every request fail, until it is called without a failure. */
  readonly failWith: (failure?: FakeFailure) => void;
  /**
   * Answers 429 to requests that exceed the limit. Called without a limit, it removes all limits. sFOX counts by address, the
   * others by key.
   */
  readonly limitRate: (limit?: FakeRateLimit) => void;
  /** Removes all calls, tokens, failures and limits, and all users and keys that were added after the creation. */
  readonly reset: () => void;
}
