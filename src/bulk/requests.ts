import { ApiError, CredentialError, InvalidInputError, TokenwrightError } from '../errors.js';
import type { BulkPart } from '../http/request.js';
import type { Job } from './jobs.js';
import type { Lane } from './lane.js';

/** Users to ask for in one request. */
interface Part {
  readonly jobs: readonly Job[];
  /** How many more requests of this batch may be refused before its users are asked for one by one. */
  readonly budget: { left: number };
}

export interface RequestsOptions {
  readonly lane: Lane;
  /** Ends all waiting. */
  readonly halt: AbortController;
  /** Asks for some users in one request, and settles those who were answered. */
  readonly ask: (jobs: readonly Job[], place: BulkPart) => Promise<void>;
  readonly settle: (job: Job, error: TokenwrightError) => void;
  /** Called with what ends everything, such as the reason of an abort. */
  readonly fail: (error: unknown) => void;
  /** Called when a 413 has shown that a request for so many users is too large. */
  readonly onTooLarge: (size: number) => void;
  /** Called when a request has ended. */
  readonly onEnd: () => void;
  /** Whether the caller has ended it all. */
  readonly isAborted: () => boolean;
}

/** The requests of one bulk call, from the users to ask for to their outcomes. */
export interface Requests {
  /** Asks for some users, as soon as there is room. */
  push(jobs: readonly Job[]): void;
  /** Sends what waits, as far as there is room: to be called when there is room again. */
  dispatch(): void;
  /** Whether more users may be read: there is room, and nobody waits for it. */
  hasRoom(): boolean;
  /** How many are under way or wait. */
  count(): number;
  /** Whether nobody else will be asked for, since all would fare the same. */
  isStopped(): boolean;
}

/** Statuses with which a batch may be refused for the sake of one of its users, or for its size. */
const divisibleStatuses: readonly number[] = [400, 404, 413, 422];

export function createRequests(options: RequestsOptions): Requests {
  const { lane, halt, ask, settle, fail, onTooLarge, onEnd, isAborted } = options;
  const parts: Part[] = [];
  let open = 0;
  let stopper: TokenwrightError | undefined;

  function dispatch(): void {
    while (lane.hasRoom()) {
      const part = parts.shift();
      if (part === undefined) break;
      const isBatch = part.jobs.length > 1;
      if (isBatch && part.budget.left <= 0) parts.unshift(...cut(part, 1));
      else {
        if (isBatch) part.budget.left -= 1;
        void send(part);
      }
    }
  }

  async function send(part: Part): Promise<void> {
    const { jobs, budget } = part;
    open += 1;
    const { part: place, finish } = lane.begin();
    try {
      if (stopper === undefined) {
        await ask(jobs, place);
        budget.left += jobs.length;
      } else for (const job of jobs) settle(job, stopper);
    } catch (error) {
      // An abort may have an error of ours for its reason.
      if (isAborted() || !(error instanceof TokenwrightError)) fail(error);
      else if (jobs.length > 1 && isDivisible(error)) divide(part, error);
      else {
        for (const job of jobs) settle(job, error);
        if (isForEverybody(error)) stop(error);
      }
    } finally {
      open -= 1;
      finish();
      onEnd();
    }
  }

  /** Whether all others would fare the same. The function for a key, too, would be called, and fail, for each of them. */
  function isForEverybody(error: TokenwrightError): boolean {
    // A batch that is too large says nothing of the others.
    if (error instanceof ApiError && error.status === 413) return false;
    return error.scope === 'account' || error instanceof CredentialError || lane.isSpent();
  }

  function stop(error: TokenwrightError): void {
    stopper ??= error;
    halt.abort(stopper);
  }

  /** Has a batch that was refused asked for in halves; or one by one, if halving has cost as much as that would. */
  function divide(part: Part, error: TokenwrightError): void {
    const half = Math.ceil(part.jobs.length / 2);
    if (error instanceof ApiError && error.status === 413) {
      onTooLarge(half);
      part.budget.left += 1;
    }
    parts.unshift(...cut(part, half));
  }

  return {
    push(jobs) {
      // Twice the way down the halves to one user, and back.
      parts.push({ jobs, budget: { left: 2 * Math.ceil(Math.log2(jobs.length)) + 1 } });
      dispatch();
    },
    dispatch,
    hasRoom: () => lane.hasRoom() && parts.length === 0,
    count: () => open + parts.length,
    isStopped: () => stopper !== undefined,
  };
}

function isDivisible(error: TokenwrightError): boolean {
  // An id that turns out to hold a key, once that is known.
  if (error instanceof InvalidInputError) return true;
  if (!(error instanceof ApiError) || !divisibleStatuses.includes(error.status)) return false;
  return error.status === 413 || error.scope !== 'account';
}

function cut({ jobs, budget }: Part, length: number): Part[] {
  const count = Math.ceil(jobs.length / length);
  return Array.from({ length: count }, (_, index) => ({
    jobs: jobs.slice(index * length, (index + 1) * length),
    budget,
  }));
}
