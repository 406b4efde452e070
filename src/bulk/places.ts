import { untilWoken } from '../time.js';

/** A semaphore: a place for each request that may be in flight at the same time. */
export interface Places {
  /** Takes a place if there is one. */
  takeFree(): boolean;
  /** Waits for a place. `refusals`: how often the request was refused. Rejects with the reason of the halt signal. */
  take(refusals: number): Promise<void>;
  /** Gives a place back. */
  release(): void;
  /** The number of taken places. */
  taken(): number;
}

/** A request that waits for a place, and how often it was refused. */
interface Waiting {
  readonly refusals: number;
  readonly wake: () => void;
}

/** @param isRefusing - While the provider keeps refusing, the request with the fewest refusals is next, else the first. */
export function createPlaces(count: number, halt: AbortSignal, isRefusing: () => boolean): Places {
  let taken = 0;
  const line = new Set<Waiting>();

  function findNext(): Waiting | undefined {
    let next: Waiting | undefined;
    for (const waiting of line) {
      if (next === undefined || waiting.refusals < next.refusals) next = waiting;
      if (!isRefusing()) break;
    }
    return next;
  }

  function takeFree(): boolean {
    if (taken >= count) return false;
    taken += 1;
    return true;
  }

  return {
    takeFree,
    async take(refusals) {
      if (takeFree()) return;
      await untilWoken((wake) => {
        const waiting = { refusals, wake };
        line.add(waiting);
        return () => line.delete(waiting);
      }, halt);
    },
    release() {
      const next = findNext();
      if (next === undefined) taken -= 1;
      else {
        line.delete(next);
        next.wake();
      }
    },
    taken: () => taken,
  };
}
