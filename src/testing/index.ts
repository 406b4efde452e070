/**
 * Fakes of the providers behind one `fetch`.
 *
 * @module tokenwright/testing
 */
import { createClock, type FakeClock } from '../fakes/clock.js';
import type { FakeEndpoint, FakeProvider } from '../fakes/contract.js';
import type { FakeSetting } from '../fakes/definition.js';
import { createRandom } from '../fakes/random.js';
import type { ProviderId } from '../providers/index.js';
import { checkNames } from './checks.js';
import { fakeFactories, type ProviderFakes } from './fakes.js';

export type { FakeClock } from '../fakes/clock.js';
export type { FakeCall, FakeEndpoint, FakeFailure, FakeProvider, FakeRateLimit, FakeToken } from '../fakes/contract.js';
export type { FakeClerk } from '../providers/clerk/fake.js';
export type { FakeClerkToken } from '../providers/clerk/fake-tokens.js';
export type { FakeJunction } from '../providers/junction/fake.js';
export type { FakeJunctionUser } from '../providers/junction/fake-team.js';
export type { FakeJunctionToken } from '../providers/junction/fake-tokens.js';
export type { FakeSfox, FakeSfoxToken } from '../providers/sfox/fake.js';
export type { ProviderFakes } from './fakes.js';

/** Options of {@link createFakeProviders}. */
export interface FakeProvidersOptions {
  /**
   * The clock of the fakes, in milliseconds since 1970 or as a date: creation times, expiry and rate limits go by it.
   * @default Date.now, so that the fake timers of a test framework count
   */
  readonly now?: (() => number | Date) | undefined;
  /**
   * The users that each provider knows; none for an empty list.
   * @default every user
   */
  readonly users?: Readonly<Partial<Record<ProviderId, readonly string[] | undefined>>> | undefined;
  /**
   * A seed for ids and tokens: with the same seed, the same sequence of requests gets the same ones.
   * @default ids and tokens differ each time
   */
  readonly randomSeed?: string | number | undefined;
  /**
   * The maximum number of calls, tokens, users and keys that each fake keeps. Beyond it, the oldest calls, tokens and
   * users created over the API are dropped, and `addUser`, `acceptKey` and `failNext` throw a TypeError.
   * @default all of them, until `reset()`
   */
  readonly keep?: number | undefined;
}

/** The fakes of all providers, behind one `fetch`. */
export interface FakeProviders extends ProviderFakes {
  /**
   * Answers like the provider whose host is in the URL. Pass it as the option `fetch` of a client. Rejects with a TypeError
   * for any other host: nothing leaves the process.
   */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** The origins of the real providers, at which the fakes answer. */
  readonly origins: readonly string[];
  /** The endpoints of all fakes. */
  readonly endpoints: readonly FakeEndpoint[];
  /** The clock of all fakes, which a test may set: `fakes.clock.advance(60_000)`. */
  readonly clock: FakeClock;
  /** Removes all calls, tokens, failures and limits, and all users and keys that were added; resets the clock. */
  readonly reset: () => void;
}

/**
 * Makes fakes of all providers, written from the providers' documentation, for tests and local work: they check
 * keys, paths and bodies, keep what they issued, and answer errors in the providers' own words.
 *
 * @example
 * const fakes = createFakeProviders({ users: { clerk: ['user_1'] } });
 * const clerk = createClerk({ apiKey: 'sk_test_x', fetch: fakes.fetch });
 */
export function createFakeProviders(options: FakeProvidersOptions = {}): FakeProviders {
  checkNames('option', options, ['now', 'users', 'randomSeed', 'keep']);
  const { now = () => Date.now(), users = {}, randomSeed, keep = Infinity } = options;
  if (!(keep >= 1)) throw new TypeError('`keep` must be a number, 1 or more.');
  if (typeof (now as unknown) !== 'function') throw new TypeError('`now` must be a function that returns the time.');
  const clock = createClock(now);
  const settingOf = (provider: ProviderId): FakeSetting => ({
    clock,
    random: createRandom(randomSeed, provider),
    users: users[provider],
    keep,
  });
  const ids = Object.keys(fakeFactories) as ProviderId[];
  const made = ids.map((id) => [id, fakeFactories[id](settingOf(id))] as const);
  const fakes = Object.fromEntries(made) as { [P in ProviderId]: ProviderFakes[P] };
  checkNames('provider', users, ids);
  const all: readonly FakeProvider[] = Object.values(fakes);
  return {
    ...fakes,
    clock,
    origins: all.flatMap(({ origins }) => origins),
    endpoints: all.flatMap(({ endpoints }) => endpoints),
    fetch: async (input, init) => {
      const { origin } = new URL(typeof input === 'object' && 'url' in input ? input.url : input);
      const fake = all.find(({ origins }) => origins.includes(origin));
      if (fake === undefined)
        throw new TypeError(
          `No fake answers at ${origin}, and nothing was sent. See \`origins\` for where they answer.`,
        );
      return fake.fetch(input, init);
    },
    reset() {
      clock.reset();
      for (const fake of all) fake.reset();
    },
  };
}
