/** The known users of a fake. */
export interface FakeUsers {
  has(userId: string): boolean;
  add(userId: string): void;
  reset(): void;
}

/** @param toKey - What is the same for every way to write the same id. */
export function createFakeUsers(
  initial: readonly string[] | undefined,
  toKey = (userId: string): string => userId,
): FakeUsers {
  const isList: boolean = initial === undefined || Array.isArray(initial);
  if (!isList) throw new TypeError('The `users` of a provider must be a list of ids.');
  const known = new Set(initial?.map(toKey));
  return {
    // A list that was given and is empty knows nobody.
    has: (userId) => (initial === undefined && known.size === 0) || known.has(toKey(userId)),
    add(userId) {
      if (typeof userId !== 'string') throw new TypeError('The id of a user must be a string.');
      known.add(toKey(userId));
    },
    reset() {
      known.clear();
      for (const userId of initial ?? []) known.add(toKey(userId));
    },
  };
}
