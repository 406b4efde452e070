/** How many characters a kept entry may have on average, before the oldest make room. */
const charactersPerEntry = 2_000;

/** A list that forgets its oldest entries: there are never more than it may keep, nor longer ones. */
export interface KeptList<T> {
  readonly entries: T[];
  /** @param size - About how many characters it takes. */
  readonly add: (entry: T, size: number) => void;
  /** The newest entry that fits. */
  readonly find: (fits: (entry: T) => boolean) => T | undefined;
}

/** @param onForget - Called with an entry that made room for others. */
export function createKeptList<T>(keep: number, onForget: (entry: T) => void = () => undefined): KeptList<T> {
  const entries: T[] = [];
  const sizes: number[] = [];
  let total = 0;
  return {
    entries,
    add(entry, size) {
      if (keep === Infinity) {
        entries.push(entry);
        return;
      }
      if (entries.length < sizes.length) {
        // Somebody emptied the list.
        sizes.length = total = 0;
        sizes.push(...entries.map(() => 0));
      }
      entries.push(entry);
      sizes.push(size);
      total += size;
      while (entries.length > 1 && (entries.length > keep || total > keep * charactersPerEntry)) {
        total -= sizes.shift() ?? 0;
        const oldest = entries.shift();
        if (oldest !== undefined) onForget(oldest);
      }
    },
    find(fits) {
      for (let index = entries.length - 1; index >= 0; index -= 1) {
        const entry = entries[index];
        if (entry !== undefined && fits(entry)) return entry;
      }
      return undefined;
    },
  };
}
