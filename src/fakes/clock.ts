/** The clock of the fakes: the clock of the process, or a test's own, plus an offset that a test may set. */
export interface FakeClock {
  /** The time, in whole milliseconds since 1970. */
  readonly now: () => number;
  /** Sets the time: a date, milliseconds since 1970, or text in ISO 8601. The clock goes on from there. */
  readonly set: (now: Date | number | string) => void;
  /** Sets the clock forward. */
  readonly advance: (milliseconds: number) => void;
  /** Removes the offset. */
  readonly reset: () => void;
}

/** @param base - Called at each reading, and never at creation: a test may install fake timers later. */
export function createClock(base: () => number | Date): FakeClock {
  let offset = 0;
  return {
    // Whole milliseconds, as in the providers' answers: a test's own clock, and `advance`, may have fractions.
    now: () => Math.floor(Number(base()) + offset),
    set(now) {
      const time = toTime(now);
      if (!isTime(time)) throw new TypeError('`now` must be a time: milliseconds since 1970, or text in ISO 8601.');
      offset = time - Number(base());
    },
    advance(milliseconds) {
      const isNumber = typeof (milliseconds as unknown) === 'number' && milliseconds >= 0;
      if (!isNumber || !isTime(Number(base()) + offset + milliseconds)) {
        throw new TypeError('`milliseconds` must be a number, 0 or more, that leads to a valid date.');
      }
      offset += milliseconds;
    },
    reset() {
      offset = 0;
    },
  };
}

/** `NaN` if the value is not a time. `Number` alone would turn null, true and an empty list, which JSON may hold, into one. */
function toTime(now: unknown): number {
  if (typeof now === 'string') return Date.parse(now);
  // Not `instanceof Date`: a date may come from another realm, or be older than the fake timers.
  const isDate = typeof now === 'object' && now !== null && !Array.isArray(now);
  return isDate || typeof now === 'number' ? Number(now) : Number.NaN;
}

/** Whether a Date can hold the time, with room for the expiry times that are computed from it. */
function isTime(milliseconds: number): boolean {
  return Math.abs(milliseconds) <= 8.6e15;
}
