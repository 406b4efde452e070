/** A request as a fake saw it. Keys are redacted, so that a log may be printed. */
export interface FakeCall {
  /** The method, in capitals. */
  readonly method: string;
  /** The path as it was sent, nothing decoded. */
  readonly path: string;
  /** The headers, by their names in small letters; keys are redacted. */
  readonly headers: Readonly<Record<string, string>>;
  /** The content: parsed if it is JSON, else text; `undefined` if there was none. */
  readonly body: unknown;
  /** The status of the answer; `undefined` if there was none, or none yet. */
  readonly status: number | undefined;
  /** When it came, by the clock of the fakes. */
  readonly receivedAt: Date;
}

/** A failure on demand. Its parts may be combined: a late 503, a 201 whose body never ends. */
export interface FakeFailure {
  /** Answers with this status and the provider's own error body for it, whatever the request. */
  readonly status?: number | undefined;
  /** Answers with this body instead: text as it is, anything else as JSON. */
  readonly body?: unknown;
  /** More headers of the answer. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** A `Retry-After` header: seconds, or text such as an HTTP date. */
  readonly retryAfter?: number | string | undefined;
  /** Milliseconds to wait before anything else; alone, the request is then answered as usual. */
  readonly delay?: number | undefined;
  /**
   * What happens to the connection: it is dropped before an answer, or goes silent before the answer or within its body,
   * or the body breaks off in the middle of its JSON.
   */
  readonly fault?: 'drop_connection' | 'stall' | 'stall_body' | 'malformed_body' | undefined;
}

/** A number of requests in a number of seconds, counted in windows that begin with their first request. */
export interface FakeRateLimit {
  /** How many requests are let through in a window. */
  readonly requests: number;
  /** The length of a window, in seconds. */
  readonly perSeconds?: number | undefined;
  /**
   * How many seconds everything is refused after the first request too many.
   *
   * @default until the window ends; 60 for sFOX, as it documents
   */
  readonly penaltySeconds?: number | undefined;
  /** The older name of `perSeconds`. */
  readonly seconds?: number | undefined;
  /**
   * `route` counts each endpoint by itself. sFOX alone has such limits; there, one of each kind may hold at a time.
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
  /** The origins at which it answers. */
  readonly origins: readonly string[];
}

/** What the tokens of all fakes have. */
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

/** What the fakes of all providers have. */
export interface FakeProvider {
  /** Answers a request to this provider, whatever its host; takes what `fetch` takes. */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** The origins of the real provider, which this fake stands in for. */
  readonly origins: readonly string[];
  /** The endpoints that it answers. Any other path is a 404. */
  readonly endpoints: readonly FakeEndpoint[];
  /** Every request so far, oldest first. */
  readonly calls: readonly FakeCall[];
  /** Every token so far, oldest first. */
  readonly tokens: readonly FakeToken[];
  /**
   * Uses a token, as the app does that it was issued for. Junction's and Clerk's work once, sFOX's until it expires.
   *
   * @throws Error for a token that this fake did not issue, or that does not work any more.
   */
  readonly consume: (token: string) => FakeToken;
  /**
   * Accepts a key. From the first call on, only the keys of these calls are accepted; until then, every key of the
   * provider's form.
   *
   * @param environment - Where the key belongs, such as `sandbox`; it is refused elsewhere. By default the prefix of the key
   * says it, or else the host at which it is used first.
   * @throws TypeError for an environment that this provider does not have, or that contradicts the prefix of the key.
   */
  readonly acceptKey: (key: string, environment?: string) => void;
  /**
   * Adds a user. From the first call on, only the users of these calls are known; until then, every user is.
   *
   * @param environment - Where the user is known, such as `sandbox`. By default everywhere.
   */
  readonly addUser: (userId: string, environment?: string) => void;
  /** Makes the next request fail, or the next `times` requests. */
  readonly failNext: (failure: FakeFailure, times?: number) => void;
  /** Makes every request fail, until it is called without a failure. */
  readonly failWith: (failure?: FakeFailure) => void;
  /** Answers 429 to requests beyond the limit, until it is called without one. sFOX counts by address, the others by key. */
  readonly limitRate: (limit?: FakeRateLimit) => void;
  /** Forgets everything but what the fakes were created with. */
  readonly reset: () => void;
}
