import { type CheckedRateLimit, checkRateLimit } from './check.js';
import type { FakeClock } from './clock.js';
import type { FakeRateLimit } from './contract.js';
import type { FakeAnswer, FakeDefinition } from './definition.js';
import { createRateCounter, type RateCounter } from './rate-counter.js';

/** A Map or a WeakMap. */
interface Counters<Id> {
  get(id: Id): RateCounter | undefined;
  set(id: Id, counter: RateCounter): unknown;
}

/** The rate limits that a test sets for a fake, and their counters. */
export function createRateLimits(
  { rate, origins, rateLimited }: Pick<FakeDefinition<never>, 'rate' | 'origins' | 'rateLimited'>,
  clock: FakeClock,
) {
  let limit: CheckedRateLimit | undefined;
  let routeLimit: CheckedRateLimit | undefined;
  /** One for each environment, and one for each endpoint in it: all requests of a test are from the same address. */
  let addressCounters = new Map<string, RateCounter>();
  let keyCounters = new WeakMap<object, RateCounter>();

  function count<Id>(counters: Counters<Id>, id: Id, rateLimit: CheckedRateLimit | undefined): FakeAnswer | undefined {
    if (rateLimit === undefined) return undefined;
    const counter = counters.get(id) ?? createRateCounter();
    counters.set(id, counter);
    const secondsLeft = counter(rateLimit, clock.now());
    return secondsLeft === undefined ? undefined : rateLimited(secondsLeft);
  }

  return {
    /** Counts a request by its address, if the provider does so; the answer if it exceeds a limit. */
    countAddress(origin: string, endpoint: string | undefined): FakeAnswer | undefined {
      if (rate.by !== 'address') return undefined;
      const environment = origins[origin] ?? '';
      const refusal = count(addressCounters, environment, limit);
      if (refusal !== undefined || endpoint === undefined) return refusal;
      return count(addressCounters, `${environment} ${endpoint}`, routeLimit);
    },
    /** Counts a request by its key, if the provider does so; the answer if it exceeds the limit. */
    countKey(place: object): FakeAnswer | undefined {
      return rate.by === 'key' ? count(keyCounters, place, limit) : undefined;
    },
    /** Sets a limit, or removes all of them. All counts begin anew. */
    limitRate: (rateLimit?: FakeRateLimit): void => {
      if (rateLimit === undefined) limit = routeLimit = undefined;
      else {
        const checked = checkRateLimit(rateLimit, rate);
        if (rateLimit.scope === 'route') routeLimit = checked;
        else limit = checked;
      }
      addressCounters = new Map();
      keyCounters = new WeakMap();
    },
  };
}
