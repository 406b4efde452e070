import type { FakeClock } from './clock.js';
import type { FakeRandom } from './random.js';

/** The settings that the fakes of all providers take. */
export interface FakeSetting {
  readonly clock: FakeClock;
  readonly random: FakeRandom;
  /** The users that are known from the start; every user if it is undefined. */
  readonly users: readonly string[] | undefined;
  /** The maximum number of each: calls, tokens, users and keys. */
  readonly keep: number;
}

/** An answer, before a Response is made from it. */
export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as it is, anything else as JSON; `undefined` means no body. */
  readonly body: unknown;
}

/** A request whose key has not been checked yet. */
export interface FakeIncoming {
  readonly method: string;
  /** Scheme, host and port. */
  readonly origin: string;
  /** The path without its query, not decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * A request whose key was accepted.
 *
 * @typeParam World - The state that belongs to one key in one environment, such as the users that were created with it.
 */
export interface FakeRequest<World = unknown> extends FakeIncoming {
  /** The decoded values of the `{…}` in the path of its endpoint. */
  readonly parameters: readonly string[];
  /** Empty if the endpoint needs no key. */
  readonly key: string;
  /** The environment of the key, else of the host. */
  readonly environment: string | undefined;
  /** The state of this key. */
  readonly world: World;
}

/** An endpoint, and how it answers. */
export interface FakeRoute<World> {
  /** Method and path, as `POST /v2/user/{user_id}/sign_in_token`. */
  readonly endpoint: string;
  /** Whether it belongs to the provider's frontend API, which needs no key. */
  readonly isFrontend?: boolean;
  readonly answer: (request: FakeRequest<World>) => FakeAnswer;
}

/** What differs between the fakes of the providers. */
export interface FakeDefinition<World> {
  /** The origins at which the provider answers, each with its environment; `undefined` if it serves all environments. */
  readonly origins: Readonly<Record<string, string | undefined>>;
  /** The origin of its frontend API, if it has one. */
  readonly frontend?: string;
  /** All environments, if the origins do not name them. */
  readonly environments?: readonly string[];
  /** The headers, in lower case, that hold a key although their names do not show it (as `authorization` does). */
  readonly credentialHeaders?: readonly string[];
  /** Reads the key of a request. */
  readonly readKey: (headers: Headers) => string | undefined;
  /** Whether a key has the provider's form. */
  readonly isKey: (key: string) => boolean;
  /** The environment that the prefix of a key stands for; `undefined` if it has no such prefix. */
  readonly environmentOf: (key: string) => string | undefined;
  readonly routes: readonly FakeRoute<World>[];
  /** Splits a path into its segments, decoded. */
  readonly toSegments?: (path: string) => string[];
  /** Makes the state of a key that is used for the first time. */
  readonly createWorld: () => World;
  /** Headers of every answer. */
  readonly headers?: (incoming: FakeIncoming) => Readonly<Record<string, string>>;
  /** Refuses a request that is wrong at every endpoint. */
  readonly check?: (incoming: FakeIncoming) => FakeAnswer | undefined;
  /** The answer to a request without a key, or with one that is not accepted. */
  readonly refuseKey: (key: string | undefined) => FakeAnswer;
  readonly notFound: () => FakeAnswer;
  readonly wrongMethod: () => FakeAnswer;
  /** The provider's own error body for a status, for failures on demand. */
  readonly failure: (status: number) => FakeAnswer;
  /** The answer to a request that exceeds the rate limit. */
  readonly rateLimited: (secondsLeft: number) => FakeAnswer;
  readonly rate: {
    /** What a limit counts: all requests from one address, or all with one key. */
    readonly by: 'address' | 'key';
    readonly penaltySeconds?: number;
    /** The penalty of a limit with `scope: 'route'`; `undefined` if the provider has no such limits. */
    readonly routePenaltySeconds?: number;
  };
  readonly reset: () => void;
}

/** A record without `readonly`, for the fake that updates it. */
export type Mutable<T> = { -readonly [Field in keyof T]: T[Field] };
