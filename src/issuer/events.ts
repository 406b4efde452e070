import type { ErrorCode, Operation } from '../errors.js';

/** How a call, an attempt or a user's part of a bulk call ended. */
export type EventResult = 'ok' | 'aborted' | ErrorCode;

/** What most events have. */
export interface EventBase {
  /** Whose call it is. */
  readonly provider: string;
  /** What was being done. */
  readonly operation: Operation;
  /** Names the call within this process. */
  readonly callId: string;
  /** Names the bulk call that it is a part of. */
  readonly bulkId?: string;
}

/** What the events of something that has ended have. */
export interface EndedEvent extends EventBase {
  /** `ok`, `aborted`, or the code of the error. */
  readonly result: EventResult;
  /** How many users it was for. */
  readonly users: number;
  /** When it began, in milliseconds since 1970. */
  readonly startedAt: number;
  /** How long it took, in milliseconds. */
  readonly durationMilliseconds: number;
  /** The status of the last answer, if there was one. */
  readonly status?: number;
  /** The provider's own id of the request, to quote to its support. */
  readonly requestId?: string;
}

/** A request was sent, or could not be. */
export interface AttemptEvent extends EndedEvent {
  /** Tells it from other events. */
  readonly type: 'attempt';
  /** From 1. */
  readonly attempt: number;
  /** After so long it is repeated, in milliseconds; left out if it is not. */
  readonly retryInMilliseconds?: number;
}

/** A call has ended: a single one, or one of the requests that a bulk call makes. */
export interface CallEvent extends EndedEvent {
  /** Tells it from other events. */
  readonly type: 'call';
  /** How many attempts it made. */
  readonly attempts: number;
  /** How much of its time it waited: for its turns, and between its attempts. In milliseconds. */
  readonly waitedMilliseconds: number;
}

/** An input of a bulk call has its outcome. */
export interface OutcomeEvent extends EventBase {
  /** Tells it from other events. */
  readonly type: 'outcome';
  /** `ok`, or the code of the error. */
  readonly result: EventResult;
}

/** Requests wait: the provider refused some, or there is no place at its limit for a second or more. */
export interface PauseEvent {
  /** Tells it from other events. */
  readonly type: 'pause';
  /** Whose limit it is. */
  readonly provider: string;
  /** Why: the provider refused requests, or the limit that is known has no place. */
  readonly reason: 'refused' | 'limit';
  /** How long it will be at least, in milliseconds. */
  readonly durationMilliseconds: number;
}

/** What `onEvent` of a client is called with. */
export type TokenwrightEvent = AttemptEvent | CallEvent | OutcomeEvent | PauseEvent;

/**
 * What a subscriber of the tracing channel `tokenwright.call` is handed: at the start what names the call, at its end all that
 * its event says.
 */
export type CallTrace = EventBase &
  Partial<CallEvent> & {
    /** The code of the error, or `aborted`. */
    readonly error?: EventResult;
  };
