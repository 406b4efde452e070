/** The known users of a fake. */
export interface FakeUsers {
  has(userId: string): boolean;
  add(userId: string): void;
  reset(): void;
}

export function createFakeUsers(initial: readonly string[]): FakeUsers {
  const known = new Set(initial);
  return {
    has: (userId) => known.size === 0 || known.has(userId),
    add: (userId) => void known.add(userId),
    reset() {
      known.clear();
      for (const userId of initial) known.add(userId);
    },
  };
}
