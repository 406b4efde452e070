/** A request as a fake saw it. Keys are blotted out, so that a log may be printed. */
export interface FakeCall {
  /** The method, in capitals. */
  readonly method: string;
  /** The path as it was sent, nothing decoded. */
  readonly path: string;
  /** The headers, by their names in small letters; a key is blotted out. */
  readonly headers: Readonly<Record<string, string>>;
  /** The content: parsed where it is JSON, else text; `undefined` where there was none. */
  readonly body: unknown;
  /** The status of the answer; `undefined` where there was none, or none yet. */
  readonly status: number | undefined;
}

/** A failure on demand. Its parts may be combined: a late 503, a 201 whose body never ends. */
export interface FakeFailure {
  /** Answers with this status and the provider's own error body for it, whatever the request. */
  readonly status?: number | undefined;
  /** Answers with this body instead: text as it is, anything else as JSON. */
  readonly body?: unknown;
  /** Headers of the answer, beside those that it has anyway. */
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

/**
 * So many requests in so many seconds, counted in windows. What exceeds it is refused until the window ends; by sFOX, as
 * it documents, for a minute.
 */
export interface FakeRateLimit {
  /** How many are let through. */
  readonly requests: number;
  /** In what time. */
  readonly seconds: number;
}

/** What the fakes of all providers have. */
export interface FakeProvider {
  /** Answers a request to this provider, whatever its host; takes what `fetch` takes. */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** Where the real provider answers, and this fake in its place. */
  readonly origins: readonly string[];
  /** Every request so far, oldest first. */
  readonly calls: readonly FakeCall[];
  /**
   * Accepts only the keys that are named in this way, from the first on; before, any key of the provider's form.
   *
   * @param environment - Where the key belongs, such as `sandbox`. It is refused elsewhere. By default it is good anywhere.
   */
  readonly acceptKey: (key: string, environment?: string) => void;
  /** Knows only the users who are named in this way, from the first on; before, everybody. */
  readonly addUser: (userId: string) => void;
  /** Lets the next requests fail: one, or as many as `times` says. */
  readonly failNext: (failure: FakeFailure, times?: number) => void;
  /** Lets every request fail, until it is called with nothing. */
  readonly failWith: (failure?: FakeFailure) => void;
  /** Answers with 429 what exceeds the limit, until it is called with nothing. */
  readonly limitRate: (limit?: FakeRateLimit) => void;
  /** Forgets everything but what the fakes were created with. */
  readonly reset: () => void;
}

/** What the fakes share, and what a test may control. */
export interface FakeWorld {
  /** The time, in milliseconds since 1970. */
  readonly now: () => number;
  /** The users that are known from the start; everybody where it is undefined. */
  readonly users: readonly string[] | undefined;
}

/** An answer in the making. */
export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent as it is, anything else as JSON. */
  readonly body: unknown;
}

/** A request whose key was accepted, as the providers' own code reads it. */
export interface FakeRequest {
  readonly method: string;
  /** The path with its query cut off, nothing decoded. */
  readonly path: string;
  readonly headers: Headers;
  readonly text: string;
  readonly key: string;
}

/** What a provider's fake says of itself; the rest is the same for all. */
export interface FakeDefinition {
  /** The origins at which the provider answers, each with its environment; `undefined` where keys of all are welcome. */
  readonly origins: Readonly<Record<string, string | undefined>>;
  /** The header that carries the key, and what stands before the key in it. */
  readonly keyHeader: { readonly name: string; readonly scheme?: string };
  /** Headers of every answer. */
  readonly headers?: () => Readonly<Record<string, string>>;
  /** Whether a key that nobody named has the provider's form. */
  readonly isKey: (key: string) => boolean;
  /** What the form of a key says of the environment that it is for, as in `origins`; `undefined` where it says nothing. */
  readonly environmentOf?: (key: string) => string | undefined;
  /** The answer to a request without a key, or with one that is not accepted. */
  readonly refuseKey: (key: string | undefined) => FakeAnswer;
  /** The provider's own error body for a status, for failures on demand. */
  readonly failure: (status: number) => FakeAnswer;
  /** How the provider answers beyond its rate limit, and for how many seconds it then answers so in any case. */
  readonly rateLimited: (secondsLeft: number) => FakeAnswer;
  readonly rateLimitPauseInSeconds?: number;
  readonly answer: (request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>;
  readonly reset: () => void;
}
