import type { ErrorCode, Operation } from '../errors.js';

/** How a call, an attempt, or one user of a bulk call ended: `ok`, `aborted`, or the code of the error. */
export type EventResult = 'ok' | 'aborted' | ErrorCode;

/** The fields that most events have. */
export interface EventBase {
  /** The provider that is called. */
  readonly provider: string;
  /** What runs. */
  readonly operation: Operation;
  /** The id of the call, unique within this process; in an {@link OutcomeEvent}, that of the bulk call. */
  readonly callId: string;
  /** The id of the bulk call that it belongs to; left out for single calls. */
  readonly bulkId?: string;
}

/** The fields of an event about something that has ended. */
export interface EndedEvent extends EventBase {
  /** `ok`, `aborted`, or the code of the error. */
  readonly result: EventResult;
  /** The number of users it was for. */
  readonly users: number;
  /** When it began, in milliseconds since 1970. */
  readonly startedAt: number;
  /** How long it took, in milliseconds. */
  readonly durationMilliseconds: number;
  /** The HTTP status of the answer, if there was one; for a call, that of its last attempt. */
  readonly status?: number;
  /** The provider's id of the request, to quote to its support. */
  readonly requestId?: string;
}

/** One attempt at a request has ended. */
export interface AttemptEvent extends EndedEvent {
  /** The kind of event. */
  readonly type: 'attempt';
  /** The number of the attempt, from 1. */
  readonly attempt: number;
  /**
   * The time until the next attempt, in milliseconds; left out if none is planned. The event comes before that wait: an abort
   * in it still ends the call without another attempt.
   */
  readonly retryInMilliseconds?: number;
}

/** A call has ended: a single one, or one of the requests that a bulk call makes. */
export interface CallEvent extends EndedEvent {
  /** The kind of event. */
  readonly type: 'call';
  /** The number of attempts, of all requests of the call. */
  readonly attempts: number;
  /** The part of the duration that was spent waiting: for the rate limit, and between attempts. In milliseconds. */
  readonly waitedMilliseconds: number;
}

/** An input of a bulk call has its outcome. */
export interface OutcomeEvent extends EventBase {
  /** The kind of event. */
  readonly type: 'outcome';
  /** `ok`, or the code of the error. */
  readonly result: EventResult;
}

/** Requests are paused: the provider refused some, or the rate limit has no place for a second or more. */
export interface PauseEvent {
  /** The kind of event. */
  readonly type: 'pause';
  /** The provider whose requests are paused. */
  readonly provider: string;
  /** `refused`: the provider refused requests, or your own limiter failed. `limit`: the rate limit of the client has no place. */
  readonly reason: 'refused' | 'limit';
  /** The minimum duration of the pause, in milliseconds. */
  readonly durationMilliseconds: number;
}

/** The argument of a client's `onEvent`. */
export type TokenwrightEvent = AttemptEvent | CallEvent | OutcomeEvent | PauseEvent;

/**
 * The message that subscribers of the tracing channel `tokenwright.call` receive: at the start the fields that identify the
 * call, at the end also the fields of its event.
 */
export type CallTrace = EventBase &
  Partial<CallEvent> & {
    /** The code of the error, or `aborted`. */
    readonly error?: EventResult;
  };
