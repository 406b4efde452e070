/** The known users of a fake. */
export interface FakeUsers {
  has(userId: string): boolean;
  add(userId: string): void;
  reset(): void;
}

export function createFakeUsers(initial: readonly string[] | undefined): FakeUsers {
  const known = new Set(initial);
  return {
    // A list that was given and is empty knows nobody.
    has: (userId) => (initial === undefined && known.size === 0) || known.has(userId),
    add: (userId) => void known.add(userId),
    reset() {
      known.clear();
      for (const userId of initial ?? []) known.add(userId);
    },
  };
}
