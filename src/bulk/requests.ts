import { ApiError, CredentialError, InvalidInputError, TokenwrightError } from '../errors.js';
import type { BulkPart } from '../http/request.js';
import type { Job } from './jobs.js';
import type { Lane } from './lane.js';

/** The users of one request: a batch, or a part of one that was divided. */
interface Part {
  readonly jobs: readonly Job[];
  /** How many more requests of the original batch may be rejected before its users are sent one by one. */
  readonly budget: { left: number };
}

export interface RequestsOptions {
  readonly lane: Lane;
  /** Ends all waiting. */
  readonly halt: AbortController;
  /** Sends one request for some users, and settles those who were answered. */
  readonly ask: (jobs: readonly Job[], place: BulkPart) => Promise<void>;
  readonly settle: (job: Job, error: TokenwrightError) => void;
  /** Called with an error that ends the whole bulk call, such as the reason of an abort. */
  readonly fail: (error: unknown) => void;
  /** Called when a request has ended. */
  readonly onEnd: () => void;
  /** Whether the caller has aborted the bulk call. */
  readonly isAborted: () => boolean;
}

/** The requests of one bulk call, from the users to ask for to their outcomes. */
export interface Requests {
  /** Adds a request for some users, and sends it as soon as there is room. */
  push(jobs: readonly Job[]): void;
  /** Sends waiting requests while there is room; called when there may be room again. */
  dispatch(): void;
  /** Whether more users may be read: there is room, and no request waits for it. */
  hasRoom(): boolean;
  /** The most users in one request: fewer than in those that were refused as too large (413). */
  largest(): number;
  /** The number of requests that are in flight or wait. */
  count(): number;
  /** Whether nothing more is sent, because an error concerns all users. */
  isStopped(): boolean;
}

/** Statuses of a rejected batch that may be due to one of its users, or to its size: dividing the batch may help. */
const divisibleStatuses: readonly number[] = [400, 404, 413, 422];

export function createRequests(options: RequestsOptions): Requests {
  const { lane, halt, ask, settle, fail, onEnd, isAborted } = options;
  const parts: Part[] = [];
  let open = 0;
  let stopper: TokenwrightError | undefined;
  let largest = Infinity;

  function dispatch(): void {
    while (lane.hasRoom()) {
      const part = parts.shift();
      if (part === undefined) break;
      const size = part.budget.left <= 0 ? 1 : largest;
      if (part.jobs.length > size) parts.unshift(...cut(part, size));
      else {
        if (part.jobs.length > 1) part.budget.left -= 1;
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
      // Check for an abort first: its reason may be an error of this package.
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

  /** Whether requests for all other users would fail as well. This includes a failure of the user's key function. */
  function isForEverybody(error: TokenwrightError): boolean {
    // A batch that was too large says nothing about other requests.
    if (error instanceof ApiError && error.status === 413) return false;
    return error.scope === 'account' || error instanceof CredentialError || lane.isSpent();
  }

  function stop(error: TokenwrightError): void {
    stopper ??= error;
    halt.abort(stopper);
  }

  /** Divides a rejected batch into halves. Once its budget is used up, `dispatch` sends its users one by one. */
  function divide(part: Part, error: TokenwrightError): void {
    const half = Math.ceil(part.jobs.length / 2);
    if (error instanceof ApiError && error.status === 413) {
      largest = Math.min(largest, half);
      part.budget.left += 1;
    }
    parts.unshift(...cut(part, half));
  }

  return {
    push(jobs) {
      // Enough to find one bad user by halving: the whole batch, then both halves on each level.
      parts.push({ jobs, budget: { left: 2 * Math.ceil(Math.log2(jobs.length)) + 1 } });
      dispatch();
    },
    dispatch,
    hasRoom: () => lane.hasRoom() && parts.length === 0,
    largest: () => largest,
    count: () => open + parts.length,
    isStopped: () => stopper !== undefined,
  };
}

function isDivisible(error: TokenwrightError): boolean {
  // One of the ids holds a key that a function has only now returned.
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
