import { ApiError, InvalidInputError, type TokenwrightError } from '../errors.js';
import type { Job } from './jobs.js';

/** The users of one request: a batch, or a part of one that was divided. */
export interface Part {
  readonly jobs: readonly Job[];
  /** How many more requests of the original batch may be rejected before its users are sent one by one. */
  readonly budget: { left: number };
}

/** Statuses of a rejected batch that may be due to one of its users: dividing the batch may help. */
const divisibleStatuses: readonly number[] = [400, 404, 422];

/** Whether a batch was too large, which says nothing about other requests. */
export const isTooLarge = (error: unknown): boolean => error instanceof ApiError && error.status === 413;

/** The requests of one bulk call that are not sent yet. */
export class Parts {
  readonly #waiting: Part[] = [];
  /** The most users in one request: fewer than in those that were refused as too large (413). */
  largest = Infinity;

  add(jobs: readonly Job[]): void {
    // Enough to find one bad user by halving: the whole batch, then both halves on each level.
    this.#waiting.push({ jobs, budget: { left: 2 * Math.ceil(Math.log2(jobs.length)) + 1 } });
  }

  /** Takes the next part out. Once the budget of its batch is used up, its users are sent one by one. */
  take(): Part | undefined {
    const part = this.#waiting.shift();
    if (part === undefined) return undefined;
    const size = part.budget.left <= 0 ? 1 : this.largest;
    if (part.jobs.length > size) {
      this.#putBack(part, size);
      return this.take();
    }
    if (part.jobs.length > 1) part.budget.left -= 1;
    return part;
  }

  /** Divides a rejected batch into halves. Returns `false` if that cannot help. */
  divide(part: Part, error: TokenwrightError): boolean {
    if (part.jobs.length <= 1 || !isDivisible(error)) return false;
    const half = Math.ceil(part.jobs.length / 2);
    if (isTooLarge(error)) {
      this.largest = Math.min(this.largest, half);
      part.budget.left += 1;
    }
    this.#putBack(part, half);
    return true;
  }

  /** Puts a part back to the front, in pieces of at most `size` users. */
  #putBack({ jobs, budget }: Part, size: number): void {
    const count = Math.ceil(jobs.length / size);
    const pieces = Array.from({ length: count }, (_, index) => jobs.slice(index * size, (index + 1) * size));
    this.#waiting.unshift(...pieces.map((piece) => ({ jobs: piece, budget })));
  }
}

function isDivisible(error: TokenwrightError): boolean {
  // One of the ids holds a key that a function has only now returned.
  if (error instanceof InvalidInputError || isTooLarge(error)) return true;
  return error instanceof ApiError && divisibleStatuses.includes(error.status) && error.scope !== 'account';
}
