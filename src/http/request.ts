import type * as z from 'zod/mini';
import type { Connection } from '../client/connection.js';
import type { CallContext } from '../client/options.js';
import type { CallSettings } from '../client/settings.js';
import type { InvalidResponseError, InvalidResponseErrorCode, Operation } from '../errors.js';
import type { Gate, Turn, TurnResult } from '../limits/gate.js';
import type { FailureDescription } from './failure.js';
import type { CredentialUse } from './renewal.js';
import type { CallWatch } from './watch.js';

/** How one provider says who is calling and what went wrong. */
export interface Dialect {
  /** Headers of every request, besides those of the credentials. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The provider's id for a request, to quote to its support: from a header, or from the body, which may be anything. */
  readonly readRequestId: (header: (name: string) => string | undefined, body: unknown) => string | undefined;
  /** The names whose texts the provider documents in its error bodies. Texts under other names are cut. */
  readonly documentedNames: readonly string[];
  /** Reads an error body, redacted and bounded already; `undefined` if it was no JSON. */
  readonly describeFailure: (body: unknown, status: number, operation: Operation) => FailureDescription;
}

/** One request of a call. */
export interface ApiRequest<T, R> {
  /** What the errors of this request name. */
  readonly operation: Operation;
  /** How many users it is for. @default 1 */
  readonly users?: number;
  /** @default 'POST' */
  readonly method?: 'GET' | 'POST';
  /** What follows the version, each segment encoded. */
  readonly path: string;
  /** The content, if the request has one. */
  readonly json?: unknown;
  /** What may have happened at the provider if its answer cannot be used, for people. */
  readonly lostAnswerHint: string;
  /** What an answer must have; it may have more. */
  readonly schema: z.ZodMiniType<T>;
  /** Makes the result of an answer that has the right form, or throws what `invalid` returns for a wrong content. */
  readonly read: (data: T, answer: Answer) => R;
}

/** What is worth keeping of an answer, and is neither printed nor part of the JSON. */
export interface Unlisted {
  /** The body as it came. */
  readonly raw: unknown;
  /** The provider's id for its answer. */
  readonly requestId: string | undefined;
  /** When it answered, by its own clock. */
  readonly issuedAt: Date | undefined;
}

/** What there is of a success besides its checked content. */
export interface Answer {
  /** What a result holds besides its content, without listing it. */
  readonly unlisted: Unlisted;
  /** The error for an answer that has the right form and the wrong content. */
  readonly invalid: (problem: string, code?: InvalidResponseErrorCode) => InvalidResponseError;
}

/** What a bulk call has to say in each of its requests. */
export interface BulkPart {
  readonly bulkId: string;
  /** Ends its waiting: nothing more is sent, while an attempt under way goes on. */
  readonly halt: AbortSignal;
  /** Settles when it has a turn, if that may be waited for. */
  readonly turn: (take: () => Turn | Promise<Turn>) => Promise<Turn>;
  /**
   * Called with every end of an attempt. If it was a refusal that is waited out, which is not counted as an attempt, returns
   * for how many milliseconds.
   */
  readonly waitOut: (end: AttemptEnd) => number | undefined;
}

/** How an attempt ended, for a bulk call. */
export interface AttemptEnd {
  readonly result: TurnResult;
  /** When it began, as `performance.now()` has it. */
  readonly startedAt: number;
  /** For how many milliseconds it makes everybody wait. */
  readonly pause: number;
  /** Whether its answer may be repeated, and there is time for it. */
  readonly mayRepeat: boolean;
}

/** What all requests of one call share. */
export interface CallState {
  readonly connection: Connection;
  readonly dialect: Dialect;
  readonly settings: CallSettings;
  readonly operation: Operation;
  /** When the time of the call is up, as `performance.now()` has it. In bulk, waiting for a turn costs no time. */
  end: number;
  readonly gate: Gate;
  /** If it is a part of a bulk call. */
  readonly bulk: BulkPart | undefined;
  /** If somebody listens. */
  readonly watch: CallWatch | undefined;
  /** The tokens of the answers so far, which must not show in what comes after them. */
  readonly tokens: Set<string>;
}

/** One attempt at a request. */
export interface Attempt<T, R> {
  readonly call: CallState;
  readonly context: CallContext;
  readonly request: ApiRequest<T, R>;
  readonly url: string;
  readonly credentials: CredentialUse;
}

/** The ids that a request is about: whatever their form, they are no secrets. */
export function idsIn({ path, json }: Pick<ApiRequest<unknown, unknown>, 'path' | 'json'>): string[] {
  const inJson = (value: unknown): string[] => {
    if (typeof value === 'string') return [value];
    return typeof value === 'object' && value !== null ? Object.values(value).flatMap(inJson) : [];
  };
  return [...path.split('/').map(decodeURIComponent), ...inJson(json)];
}
