import { onAbort } from '../time.js';

/** How much later than it wanted somebody may look again before the others take them for gone, in milliseconds. */
export const grace = 1_000;
const maxTimer = 2_147_483_647;

type Priority = 'single' | 'bulk';

/** Somebody who waits for a turn. */
export interface Waiter {
  readonly priority: Priority;
  readonly signal: AbortSignal | undefined;
  /** When they look again by themselves. On Workers, what belongs to a finished request never does. */
  looksAt: number;
  /** Whether they have asked the limiter, and wait for its answer. */
  isAsking: boolean;
  wake: () => void;
}

/** Those who wait for a turn: single calls first, then whoever came first. */
export interface Line {
  add(waiter: Waiter): void;
  remove(waiter: Waiter): void;
  /**
   * Who is next. Those who are gone are removed.
   *
   * @param isOneByOne - While one asks the limiter, nobody else does.
   */
  first(isOneByOne: boolean, now: number): Waiter | undefined;
  wakeAll(): void;
  clear(): void;
}

export function createLine(): Line {
  const lines: Readonly<Record<Priority, Set<Waiter>>> = { single: new Set(), bulk: new Set() };
  return {
    add: (waiter) => lines[waiter.priority].add(waiter),
    remove: (waiter) => lines[waiter.priority].delete(waiter),
    first(isOneByOne, now) {
      for (const line of [lines.single, lines.bulk]) {
        for (const waiter of line) {
          if (waiter.isAsking) {
            if (isOneByOne) return waiter;
          } else if (waiter.looksAt + grace < now) line.delete(waiter);
          else return waiter;
        }
      }
      return undefined;
    },
    wakeAll() {
      for (const line of [lines.single, lines.bulk]) for (const waiter of line) waiter.wake();
    },
    clear() {
      lines.single.clear();
      lines.bulk.clear();
    },
  };
}

/** Waits until woken, or for some time at the most, by a timer of its own: nobody depends on who may be gone. */
export function rest(waiter: Waiter): Promise<void> {
  const { signal, looksAt } = waiter;
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer);
      leaveSignal?.();
      waiter.wake = () => undefined;
      resolve();
    };
    const timer = setTimeout(wake, Math.min(maxTimer, Math.ceil(looksAt - performance.now())));
    const leaveSignal = signal && onAbort(signal, wake);
    waiter.wake = wake;
  });
}
