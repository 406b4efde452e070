/** The average size of an entry, in characters, above which the oldest entries are dropped. */
const charactersPerEntry = 2_000;

/** A list that drops its oldest entries if there are too many, or they are too large together. */
export interface KeptList<T> {
  readonly entries: readonly T[];
  /** @param size - About the number of characters that it takes in memory. */
  readonly add: (entry: T, size: number) => void;
  /** The newest entry that fits. */
  readonly find: (fits: (entry: T) => boolean) => T | undefined;
  readonly clear: () => void;
}

/**
 * @param keep - The maximum number of entries; `Infinity` keeps all.
 * @param onForget - Called with each entry that is dropped.
 */
export function createKeptList<T>(keep: number, onForget: (entry: T) => void = () => undefined): KeptList<T> {
  const entries: T[] = [];
  const sizes: number[] = [];
  let total = 0;
  return {
    entries,
    add(entry, size) {
      entries.push(entry);
      sizes.push(size);
      total += size;
      while (entries.length > 1 && (entries.length > keep || total > keep * charactersPerEntry)) {
        total -= sizes.shift() ?? 0;
        const oldest = entries.shift();
        if (oldest !== undefined) onForget(oldest);
      }
    },
    find: (fits) => entries.findLast(fits),
    clear() {
      entries.length = sizes.length = total = 0;
    },
  };
}
