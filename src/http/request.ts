import type * as z from 'zod/mini';
import type { Connection } from '../client/connection.js';
import type { ProviderContext } from '../client/options.js';
import type { Credentials } from '../client/credentials.js';
import type { CallSettings } from '../client/settings.js';
import type { InvalidResponseError, InvalidResponseErrorCode, Operation } from '../errors.js';
import type { Gate, Turn } from '../limits/gate.js';
import type { TurnResult } from '../limits/pauses.js';
import type { FailureDescription } from './failure.js';
import type { CallWatch } from './watch.js';

/** The headers of one provider, and how its error answers are read. */
export interface Dialect {
  /** Headers of every request, besides those of the credentials. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Reads the provider's request id from a header, or from the body, which may have any form. */
  readonly readRequestId: (header: (name: string) => string | undefined, body: unknown) => string | undefined;
  /** Reads the seconds to wait from a header of the provider's own, if there is no `Retry-After`. */
  readonly readRetryAfter?: (header: (name: string) => string | undefined) => number | undefined;
  /** The documented fields of its error bodies. Texts in other fields are cut. */
  readonly documentedNames: readonly string[];
  /** Reads an error body. `body` is redacted and bounded; `undefined` if it was not JSON. */
  readonly describeFailure: (body: unknown, status: number, operation: Operation) => FailureDescription;
}

/** What is sent in one request of a call. */
export interface RequestBase {
  /** The operation that the errors of this request name. */
  readonly operation: Operation;
  /** How many users it is for. @default 1 */
  readonly users?: number;
  /** @default 'POST' */
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** The path after the version, each segment encoded. */
  readonly path: string;
  /** The body of the request, if it has one. */
  readonly json?: unknown;
  /** For messages: what may have happened at the provider if its answer cannot be used. */
  readonly lostAnswerHint: string;
}

/** One request of a call, and how its answer is read. */
export interface ApiRequest<T, R> extends RequestBase {
  /** The form that an answer must have; more fields are allowed. The body of a 204 is `undefined`. */
  readonly schema: z.ZodMiniType<T>;
  /** Makes the result from an answer of the right form. Throws the error from `invalid` if its content is wrong. */
  readonly read: (data: T, answer: Answer) => R;
}

/** Functions for the fields of a token that come from the answer, and are neither printed nor part of the JSON. */
export interface Unlisted {
  /** The body as it came. */
  readonly raw: () => unknown;
  /** The provider's id of the request. */
  readonly requestId: () => string | undefined;
  /** The time of the answer, by the provider's clock. */
  readonly issuedAt: () => Date | undefined;
}

/** What `read` gets besides the checked body of a success. */
export interface Answer {
  /** For the fields of the result that are not enumerable. */
  readonly unlisted: Unlisted;
  /** Makes the error for an answer of the right form with wrong content. */
  readonly invalid: (problem: string, code?: InvalidResponseErrorCode) => InvalidResponseError;
}

/** What a bulk call gives to each of its requests. */
export interface BulkPart {
  readonly bulkId: string;
  /** The longest pause after a refusal that it waits for, in milliseconds. */
  readonly giveUpAfter: number;
  /** Aborted when nothing more is to be sent; attempts in flight go on. */
  readonly halt: AbortSignal;
  /** Waits until the request may be sent; calls `take` to get its turn. */
  readonly turn: (take: () => Turn | Promise<Turn>) => Promise<Turn>;
  /**
   * Called when an attempt has ended. Returns for how many milliseconds the bulk call defers the request, or `undefined` if
   * it does not. The attempt after a deferral does not count as a retry.
   */
  readonly waitOut: (end: AttemptEnd) => number | undefined;
}

/** How an attempt ended, for a bulk call. */
export interface AttemptEnd {
  readonly result: TurnResult;
  /** When it began, by `performance.now()`. */
  readonly startedAt: number;
  /** The pause that it caused for all requests, in milliseconds. */
  readonly pause: number;
  /** Whether the retry options allow a retry, and there is time for one. */
  readonly mayRepeat: boolean;
}

/** The state that all requests of one call share. */
export interface CallState {
  readonly connection: Connection;
  readonly dialect: Dialect;
  readonly settings: CallSettings;
  readonly operation: Operation;
  /** The deadline of the call, by `performance.now()`. In bulk it moves by the time that requests wait for their turn. */
  end: number;
  readonly gate: Gate;
  /** Only in a bulk call. */
  readonly bulk: BulkPart | undefined;
  /** Only if the client has `onEvent`, or the tracing channel has subscribers. */
  readonly watch: CallWatch | undefined;
  /** The bodies of the answers so far: the tokens in them are redacted from later errors. */
  readonly answers: unknown[];
}

/** How long a call may still take, in milliseconds; at least 1, so that a result that is ready at once still counts. */
export const timeLeftOf = ({ end }: CallState): number => Math.max(1, end - performance.now());

/** An attempt at a request, and what is known from the one before. */
export interface Attempt {
  readonly call: CallState;
  readonly context: ProviderContext;
  readonly request: RequestBase;
  readonly url: string;
  /** Why the attempt before failed. */
  failure: unknown;
  /** The credentials of the attempt before. */
  used: Credentials | undefined;
  /** New credentials for this attempt, after a 401. */
  renewed: Credentials | undefined;
  /** Whether `fetch` was called. If not, the attempt does not count towards the rate limit. */
  isSent: boolean;
}

/** An attempt whose answer is read as `T` and returned as `R`. */
export interface AttemptOf<T, R> extends Attempt {
  readonly request: ApiRequest<T, R>;
}

/** The ids in a request. They are not secrets, even if they have the form of one. */
export function idsIn({ path, json }: RequestBase): string[] {
  const inJson = (value: unknown): string[] => {
    if (typeof value === 'string') return [value];
    return typeof value === 'object' && value !== null ? Object.values(value).flatMap(inJson) : [];
  };
  return [...path.split('/').map(decodeURIComponent), ...inJson(json)];
}
