/**
 * Fakes of the providers behind one `fetch`.
 *
 * @module tokenwright/testing
 */
import type { FakeProvider } from '../fakes/contract.js';
import { createFakeClerk, type FakeClerk } from '../providers/clerk/fake.js';
import type { ProviderId } from '../providers/index.js';
import { createFakeJunction, type FakeJunction } from '../providers/junction/fake.js';
import { createFakeSfox, type FakeSfox } from '../providers/sfox/fake.js';

export type { FakeCall, FakeFailure, FakeProvider, FakeRateLimit } from '../fakes/contract.js';
export type { FakeClerk, FakeClerkToken } from '../providers/clerk/fake.js';
export type { FakeJunction, FakeJunctionToken, FakeJunctionUser } from '../providers/junction/fake.js';
export type { FakeSfox, FakeSfoxToken } from '../providers/sfox/fake.js';

/** Options of {@link createFakeProviders}. */
export interface FakeProvidersOptions {
  /**
   * The clock of the fakes, in milliseconds since 1970 or as a date: it rules creation times, expiry and rate limits.
   * @default Date.now, so that the fake timers of a test framework count
   */
  readonly now?: (() => number | Date) | undefined;
  /**
   * The users that each provider knows; an empty list is nobody.
   * @default everybody
   */
  readonly users?: Readonly<Partial<Record<ProviderId, readonly string[] | undefined>>> | undefined;
}

/** The fakes of all providers, behind one `fetch`. The compiler asks for one for each provider of the registry. */
export interface FakeProviders extends Readonly<Record<ProviderId, FakeProvider>> {
  /** The fake of Junction. */
  readonly junction: FakeJunction;
  /** The fake of sFOX. */
  readonly sfox: FakeSfox;
  /** The fake of Clerk. */
  readonly clerk: FakeClerk;
  /**
   * Answers as the provider would whose host is asked. Give it to a client's `fetch` option. For any other host it
   * rejects: nothing leaves the process.
   */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** Where the real providers answer, and the fakes in their place. */
  readonly origins: readonly string[];
  /** Forgets all calls, tokens, failures, limits, and the users and keys that were added. */
  readonly reset: () => void;
}

/**
 * Makes fakes of the three providers, written from the providers' documentation, for tests and local work: they check
 * keys, paths and bodies, keep what they issued, and answer errors in the providers' own words.
 *
 * @example
 * const fakes = createFakeProviders({ users: { clerk: ['user_1'] } });
 * const clerk = createClerk({ apiKey: 'sk_test_x', fetch: fakes.fetch });
 */
export function createFakeProviders(options: FakeProvidersOptions = {}): FakeProviders {
  checkNames(options, ['now', 'users']);
  const { now = () => Date.now(), users = {} } = options;
  const worldOf = (provider: ProviderId) => ({ now: () => Number(now()), users: users[provider] });
  const fakes = {
    junction: createFakeJunction(worldOf('junction')),
    sfox: createFakeSfox(worldOf('sfox')),
    clerk: createFakeClerk(worldOf('clerk')),
  };
  checkNames(users, Object.keys(fakes));
  const all: readonly FakeProvider[] = Object.values(fakes);
  return {
    ...fakes,
    origins: all.flatMap(({ origins }) => origins),
    fetch: async (input, init) => {
      const { origin } = new URL(input instanceof Request ? input.url : input);
      const fake = all.find(({ origins }) => origins.includes(origin));
      if (fake === undefined) throw new TypeError(`No fake answers at ${origin}, and nothing is sent there.`);
      return fake.fetch(input, init);
    },
    reset() {
      for (const fake of all) fake.reset();
    },
  };
}

/** A misspelt name would leave everybody known, and a test would prove nothing. */
function checkNames(options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new TypeError(`There may be ${known.join(', ')} here, and no '${unknown}'.`);
}
