import { untilWoken } from '../time.js';

/** How late a waiter may check again before it counts as gone, in milliseconds. */
const grace = 1_000;
const maxTimer = 2_147_483_647;

type Priority = 'single' | 'bulk';

/** An attempt that waits for its turn. */
export interface Waiter {
  readonly priority: Priority;
  readonly signal: AbortSignal | undefined;
  /** When it checks again, by its own timer. On Workers, code of a finished request never runs again. */
  looksAt: number;
  /** Whether it has asked the limiter, and waits for the answer. */
  isAsking: boolean;
  wake: () => void;
}

const isGone = ({ looksAt }: Waiter, now: number) => looksAt + grace < now;

/** The attempts that wait for their turn: single calls first, then in the order of arrival. */
export function createLine() {
  const lines: Readonly<Record<Priority, Set<Waiter>>> = { single: new Set(), bulk: new Set() };
  return {
    add: (waiter: Waiter) => lines[waiter.priority].add(waiter),
    remove: (waiter: Waiter) => lines[waiter.priority].delete(waiter),
    /**
     * The next waiter. Removes waiters that are gone.
     *
     * @param isOneByOne - Whether only one waiter at a time asks the limiter.
     */
    first(isOneByOne: boolean, now: number): Waiter | undefined {
      for (const line of [lines.single, lines.bulk]) {
        for (const waiter of line) {
          if (waiter.isAsking) {
            if (isOneByOne) return waiter;
          } else if (isGone(waiter, now)) line.delete(waiter);
          else return waiter;
        }
      }
      return undefined;
    },
    /** Whether a bulk call waits. */
    hasBulk(now: number): boolean {
      for (const waiter of lines.bulk) if (!isGone(waiter, now)) return true;
      return false;
    },
  };
}

/**
 * Waits until woken, or until `looksAt`; or rejects with the signal's reason. Each waiter has its own timer, in case the one
 * that should wake it is gone.
 */
export function rest(waiter: Waiter): Promise<void> {
  const { signal, looksAt } = waiter;
  return untilWoken((wake) => {
    waiter.wake = wake;
    const timer = setTimeout(wake, Math.min(maxTimer, Math.ceil(looksAt - performance.now())));
    return () => {
      clearTimeout(timer);
    };
  }, signal);
}
