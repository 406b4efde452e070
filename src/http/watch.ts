import type { ProviderContext } from '../client/options.js';
import { ApiError, InvalidResponseError, TokenwrightError } from '../errors.js';
import type { CallEvent, EventBase, EventResult, TokenwrightEvent } from '../issuer/events.js';
import { ignoreFailure } from '../time.js';

/** Passes an event to the listener. */
export type Emit = (event: TokenwrightEvent) => void;

/** Emits the events of one call. */
export interface CallWatch {
  /** The fields that all events of the call have. */
  readonly base: EventBase;
  /** Called when a request begins to wait for its first attempt. It may end before there is one. */
  request(users: number): void;
  /** Called when an attempt begins. Returns the function to call at its end. */
  attempt(context: ProviderContext, users: number): EndAttempt;
  readonly pause: (reason: 'refused' | 'limit', until: number) => void;
  end(error: unknown): void;
  /** The event that `end` emitted; `undefined` before. */
  ended(): CallEvent | undefined;
}

/**
 * Takes the time of an attempt. Returns a function that emits its event: to be called once it is known whether another attempt
 * follows, which may be much later.
 */
type EndAttempt = (end: AttemptFacts) => (retryInMilliseconds?: number) => void;

interface AttemptFacts {
  /** Left out if it succeeded. */
  readonly error?: unknown;
  /** The facts of a success. */
  readonly answer?: AnswerFacts;
}

/** The facts of an answer that go into events. */
export interface AnswerFacts {
  readonly status: number;
  readonly requestId: string | undefined;
}

type Times = Pick<CallEvent, 'startedAt' | 'durationMilliseconds'>;
type LastAnswer = Pick<CallEvent, 'status' | 'requestId'>;

/** In milliseconds. Shorter pauses at a limit are normal; a pause that ends less than this later is not a new one. */
const leastPause = 1_000;

let lastId = 0;

/** An id for a call or a bulk call, unique in this process. */
export const nextId = (): string => String((lastId += 1));

/** @returns `undefined` without a listener, so that no events are made. */
export function createEmit(listener: ((event: TokenwrightEvent) => unknown) | undefined): Emit | undefined {
  if (listener === undefined) return undefined;
  return (event) => {
    ignoreFailure(() => listener(event));
  };
}

/** The `result` of an event, from the error of a call or an attempt, if it failed. */
export function toResult(error: unknown): EventResult {
  if (error === undefined) return 'ok';
  return error instanceof TokenwrightError ? error.code : 'aborted';
}

/** For each listener, the end of the last pause that it was called with. */
const reportedUntil = new WeakMap<Emit, number>();

/** Used if only the tracing channel has subscribers. */
export const ignoreEvents: Emit = () => undefined;

/** @param signal - The signal of the call. */
export function watchCall(
  emit: Emit,
  context: ProviderContext,
  bulkId: string | undefined,
  signal: AbortSignal | undefined,
): CallWatch {
  const callId = nextId();
  const baseOf = ({ provider, operation }: ProviderContext): EventBase => ({
    provider,
    operation,
    callId,
    ...(bulkId === undefined ? {} : { bulkId }),
  });
  const began = start();
  let attempts = 0;
  let attemptTime = 0;
  let mostUsers = 1;
  let last: LastAnswer = {};
  let ended: CallEvent | undefined;
  const describeEnd = (of: ProviderContext, error: unknown, users: number, time: Times) => ({
    ...baseOf(of),
    // The reason of an abort may be an error of this package, such as the one that made the caller give up.
    result: signal?.aborted === true && error === signal.reason ? 'aborted' : toResult(error),
    users,
    ...time,
    ...last,
  });
  return {
    base: baseOf(context),
    request(users) {
      mostUsers = Math.max(mostUsers, users);
    },
    attempt(attemptContext, users) {
      const attemptBegan = start();
      attempts += 1;
      const attempt = attempts;
      return ({ error, answer }) => {
        const time = attemptBegan();
        attemptTime += time.durationMilliseconds;
        const isAnswered = error instanceof ApiError || error instanceof InvalidResponseError;
        last = definedOf(isAnswered ? error : answer);
        const event = { type: 'attempt' as const, ...describeEnd(attemptContext, error, users, time), attempt };
        return (retryInMilliseconds) => {
          emit(retryInMilliseconds === undefined ? event : { ...event, retryInMilliseconds });
        };
      };
    },
    pause(reason, until) {
      const now = performance.now();
      // Many requests wait for the end of one pause: emit one event.
      if (until < (reportedUntil.get(emit) ?? 0) + leastPause || (reason === 'limit' && until - now < leastPause))
        return;
      reportedUntil.set(emit, until);
      emit({ type: 'pause', provider: context.provider, reason, durationMilliseconds: until - now });
    },
    end(error) {
      const time = began();
      const waitedMilliseconds = Math.max(0, time.durationMilliseconds - attemptTime);
      ended = { type: 'call', ...describeEnd(context, error, mostUsers, time), attempts, waitedMilliseconds };
      // A copy: what a listener does to its event, such as add the id of the user, must not get into the trace.
      emit({ ...ended });
    },
    ended: () => ended,
  };
}

function start(): () => Times {
  const startedAt = Date.now();
  const begin = performance.now();
  return () => ({ startedAt, durationMilliseconds: performance.now() - begin });
}

function definedOf(facts: AnswerFacts | undefined): LastAnswer {
  if (facts === undefined) return {};
  const { status, requestId } = facts;
  return { status, ...(requestId === undefined ? {} : { requestId }) };
}
