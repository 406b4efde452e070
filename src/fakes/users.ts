import { bound, redactForms } from '../secrets.js';

/** The users that a fake knows. */
export interface FakeUsers {
  /** Whether a user is known. Until one is added, every user is. */
  has(userId: string, environment: string | undefined): boolean;
  add(userId: string, environment: string | undefined): void;
  /** The added users, for one environment. */
  list(environment: string | undefined): string[];
  reset(): void;
}

/** Stands for every environment. */
const everywhere = '';

/** @param toKey - Returns one text for all ways to write the same id. Throws a TypeError for an id that no user can have. */
export function createFakeUsers(
  { users: initial, keep }: { readonly users: readonly string[] | undefined; readonly keep: number },
  toKey = (userId: string): string => userId,
): FakeUsers {
  const isList: boolean = initial === undefined || Array.isArray(initial);
  if (!isList) throw new TypeError('The `users` of a provider must be a list of ids.');
  const known = new Map<string, Set<string>>();
  const setOf = (environment: string) => known.get(environment) ?? new Set();
  const users: FakeUsers = {
    // With a list that is given and empty, no user is known.
    has: (userId, environment = everywhere) =>
      (initial === undefined && known.size === 0) ||
      setOf(everywhere).has(toKey(userId)) ||
      setOf(environment).has(toKey(userId)),
    add(userId, environment = everywhere) {
      if (typeof userId !== 'string' || userId === '') {
        throw new TypeError('The id of a user must be a non-empty string.');
      }
      const named = setOf(environment);
      if (named.size >= keep)
        throw new TypeError(`There are ${String(keep)} users already, as many as \`keep\` allows.`);
      known.set(environment, named.add(toKey(userId)));
    },
    list: (environment = everywhere) => [...new Set([...setOf(everywhere), ...setOf(environment)])],
    reset() {
      known.clear();
      for (const userId of initial ?? []) users.add(userId, everywhere);
    },
  };
  users.reset();
  return users;
}

/** Quotes an id for a message. It may be a key in the wrong place. */
export function quoteId(userId: string): string {
  return `'${bound(redactForms(userId), 40)}'`;
}
