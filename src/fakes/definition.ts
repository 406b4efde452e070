import type { FakeClock } from './clock.js';
import type { FakeRandom } from './random.js';

/** What a fake is made with. */
export interface FakeSetting {
  readonly clock: FakeClock;
  readonly random: FakeRandom;
  /** The users that are known from the start; everybody if it is undefined. */
  readonly users: readonly string[] | undefined;
  /** How many calls, tokens, users and keys are kept at most. */
  readonly keep: number;
}

/** An answer in the making. */
export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent as it is, anything else as JSON; nothing if it is undefined. */
  readonly body: unknown;
}

/** A request before its key was looked at. */
export interface FakeIncoming {
  readonly method: string;
  /** Scheme and host. */
  readonly origin: string;
  /** The path without its query, nothing decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly text: string;
}

/** A request whose key was accepted, as the providers' own code reads it. */
export interface FakeRequest<World = unknown> extends FakeIncoming {
  /** What the `{…}` of its endpoint stand for, decoded. */
  readonly parameters: readonly string[];
  /** Empty at an endpoint that asks for none. */
  readonly key: string;
  /** The environment of the key, or else of the host. */
  readonly environment: string | undefined;
  /** What belongs to this key alone. */
  readonly world: World;
}

/** One endpoint. */
export interface FakeRoute<World> {
  /** Method and path, as `POST /v2/user/{user_id}/sign_in_token`. */
  readonly endpoint: string;
  /** Whether it belongs to the provider's frontend, where no key is asked for. */
  readonly isFrontend?: boolean;
  readonly answer: (request: FakeRequest<World>) => FakeAnswer;
}

/** What is a provider's own in its fake; the rest is the same for all. */
export interface FakeDefinition<World> {
  /** The origins at which the provider answers, each with its environment; `undefined` if keys of all are welcome. */
  readonly origins: Readonly<Record<string, string | undefined>>;
  /** The origin of its frontend. */
  readonly frontend?: string;
  /** All environments, if the origins do not tell. */
  readonly environments?: readonly string[];
  /** Headers that hold a key although their names do not tell, as `authorization` does. In lower case. */
  readonly credentialHeaders?: readonly string[];
  /** Reads the key of a request. */
  readonly readKey: (headers: Headers) => string | undefined;
  /** Whether a key has the provider's form. */
  readonly isKey: (key: string) => boolean;
  /** The environment that the form of a key names. */
  readonly environmentOf: (key: string) => string | undefined;
  readonly routes: readonly FakeRoute<World>[];
  /** Splits a path into its segments, decoded. */
  readonly toSegments?: (path: string) => string[];
  /** What a world begins with. */
  readonly createWorld: () => World;
  /** Headers of every answer. */
  readonly headers?: (incoming: FakeIncoming) => Readonly<Record<string, string>>;
  /** Refuses a request that is wrong at any endpoint. */
  readonly check?: (incoming: FakeIncoming) => FakeAnswer | undefined;
  /** The answer to a request without a key, or with one that is not accepted. */
  readonly refuseKey: (key: string | undefined) => FakeAnswer;
  readonly notFound: () => FakeAnswer;
  readonly wrongMethod: () => FakeAnswer;
  /** The provider's own error body for a status, for failures on demand. */
  readonly failure: (status: number) => FakeAnswer;
  /** How the provider answers beyond its rate limit. */
  readonly rateLimited: (secondsLeft: number) => FakeAnswer;
  readonly rate: {
    /** What shares a limit: the requests of an address, whatever their key, or those of a key. */
    readonly by: 'address' | 'key';
    readonly penaltySeconds?: number;
    /** The penalty of a limit that counts each endpoint by itself, if the provider has such limits. */
    readonly routePenaltySeconds?: number;
  };
  readonly reset: () => void;
}

/** Everything of a record may be changed by the fake that keeps it. */
export type Mutable<T> = { -readonly [Field in keyof T]: T[Field] };
