import type { CallContext } from '../client/options.js';
import { ApiError, InvalidResponseError, TokenwrightError } from '../errors.js';
import type { CallEvent, EventBase, EventResult, TokenwrightEvent } from '../issuer/events.js';

/** Hands an event to whoever listens. */
export type Emit = (event: TokenwrightEvent) => void;

/** What is noted of a call that somebody listens to. */
export interface CallWatch {
  /** What all events of the call have. */
  readonly base: EventBase;
  /** An attempt begins; returns what to call when it has ended. */
  attempt(context: CallContext, users: number): (end: AttemptEnd) => void;
  readonly pause: (reason: 'refused' | 'limit', until: number) => void;
  end(error: unknown): void;
  /** The event of the end, after it. */
  ended(): CallEvent | undefined;
}

interface AttemptEnd {
  readonly error: unknown;
  readonly answer: AnswerFacts | undefined;
  readonly retryInMilliseconds?: number | undefined;
}

/** What an event tells of an answer. */
export interface AnswerFacts {
  readonly status: number;
  readonly requestId: string | undefined;
}

/** Shorter pauses at a limit are the ordinary pace, and shorter differences make no other pause. In milliseconds. */
const leastPause = 1_000;

let lastId = 0;

/** A name for a call or a bulk call, unique in this process. */
export const nextId = (): string => String((lastId += 1));

/** @returns `undefined` if nobody listens: nothing is made for events then. */
export function createEmit(listener: ((event: TokenwrightEvent) => unknown) | undefined): Emit | undefined {
  if (listener === undefined) return undefined;
  return (event) => {
    try {
      const done = listener(event);
      // What a listener throws or rejects with is its own.
      if (done instanceof Promise) done.catch(() => undefined);
    } catch {
      // As above.
    }
  };
}

/** What an event says of a failure; of none, that all is well. */
export function toResult(error: unknown): EventResult {
  if (error === undefined) return 'ok';
  return error instanceof TokenwrightError ? error.code : 'aborted';
}

/** Until when pauses were told of, by whom they were told to. */
const toldUntil = new WeakMap<Emit, number>();

/** Where nobody but a tracing channel listens. */
export const ignoreEvents: Emit = () => undefined;

export function watchCall(emit: Emit, context: CallContext, bulkId: string | undefined): CallWatch {
  const callId = nextId();
  const baseOf = ({ provider, operation }: CallContext): EventBase => ({
    provider: provider ?? '',
    operation,
    callId,
    ...(bulkId === undefined ? {} : { bulkId }),
  });
  const began = start();
  let attempts = 0;
  let attemptTime = 0;
  let mostUsers = 1;
  let last: AnswerFacts | undefined;
  let ended: CallEvent | undefined;
  return {
    base: baseOf(context),
    attempt(attemptContext, users) {
      const attemptBegan = start();
      mostUsers = Math.max(mostUsers, users);
      attempts += 1;
      const attempt = attempts;
      return ({ error, answer, retryInMilliseconds }) => {
        const time = attemptBegan();
        attemptTime += time.durationMilliseconds;
        last = answer ?? factsOf(error);
        const retry = retryInMilliseconds === undefined ? {} : { retryInMilliseconds };
        const ended = {
          ...baseOf(attemptContext),
          result: toResult(error),
          users,
          ...time,
          ...definedOf(last),
          ...retry,
        };
        emit({ type: 'attempt', ...ended, attempt });
      };
    },
    pause(reason, until) {
      const now = performance.now();
      // One pause is told once, however many wait for its end.
      if (until < (toldUntil.get(emit) ?? 0) + leastPause || (reason === 'limit' && until - now < leastPause)) return;
      toldUntil.set(emit, until);
      emit({ type: 'pause', provider: context.provider ?? '', reason, durationMilliseconds: until - now });
    },
    end(error) {
      const time = began();
      const waitedMilliseconds = Math.max(0, time.durationMilliseconds - attemptTime);
      const result = toResult(error);
      const about = { ...baseOf(context), result, users: mostUsers, ...time, ...definedOf(last) };
      ended = { type: 'call', ...about, attempts, waitedMilliseconds };
      emit(ended);
    },
    ended: () => ended,
  };
}

function start() {
  const startedAt = Date.now();
  const begin = performance.now();
  return () => ({ startedAt, durationMilliseconds: performance.now() - begin });
}

function factsOf(error: unknown): AnswerFacts | undefined {
  if (!(error instanceof ApiError || error instanceof InvalidResponseError)) return undefined;
  const { status, requestId } = error;
  return { status, requestId };
}

function definedOf(facts: AnswerFacts | undefined): { status?: number; requestId?: string } {
  if (facts === undefined) return {};
  const { status, requestId } = facts;
  return { status, ...(requestId === undefined ? {} : { requestId }) };
}
