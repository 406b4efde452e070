/** The clock of the fakes: that of the process or of a test, set forward or back. */
export interface FakeClock {
  /** The time, in whole milliseconds since 1970. */
  readonly now: () => number;
  /** Sets the time; the clock goes on from there. */
  readonly set: (now: Date | number | string) => void;
  /** Sets the clock forward. */
  readonly advance: (milliseconds: number) => void;
  /** Back to what it was made with. */
  readonly reset: () => void;
}

/** @param base - Asked each time and never at creation: a test may put its own clock in place later. */
export function createClock(base: () => number | Date): FakeClock {
  let offset = 0;
  return {
    // Whole ones, as the providers answer them: a clock of a test, or a step of it, may have fractions.
    now: () => Math.floor(Number(base()) + offset),
    set(now) {
      const time = toTime(now);
      if (!isTime(time)) throw new TypeError('`now` must be a time: milliseconds since 1970, or text in ISO 8601.');
      offset = time - Number(base());
    },
    advance(milliseconds) {
      const isNumber = typeof (milliseconds as unknown) === 'number' && milliseconds >= 0;
      if (!isNumber || !isTime(Number(base()) + offset + milliseconds)) {
        throw new TypeError('`milliseconds` must be a number from 0 that leads to a date.');
      }
      offset += milliseconds;
    },
    reset() {
      offset = 0;
    },
  };
}

/** `NaN` for what is no time. `Number` alone makes one of null, of true and of an empty list, which JSON can hold. */
function toTime(now: unknown): number {
  if (typeof now === 'string') return Date.parse(now);
  // A date may be of another realm, or from before the fake timers: `instanceof` would not know it.
  const isDate = typeof now === 'object' && now !== null && !Array.isArray(now);
  return isDate || typeof now === 'number' ? Number(now) : Number.NaN;
}

/** Whether a date can hold it, with a year to spare for what is computed from it. */
function isTime(milliseconds: number): boolean {
  return Math.abs(milliseconds) <= 8.6e15;
}
