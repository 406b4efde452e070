import { type CheckedRateLimit, checkRateLimit } from './check.js';
import type { FakeClock } from './clock.js';
import type { FakeRateLimit } from './contract.js';
import type { FakeAnswer, FakeDefinition } from './definition.js';
import { createRateCounter, type RateCounter } from './rate-counter.js';

/** The rate limits that a test sets for a fake, and their counters. */
export function createRateLimits(
  { rate, origins, rateLimited }: Pick<FakeDefinition<never>, 'rate' | 'origins' | 'rateLimited'>,
  clock: FakeClock,
) {
  let limit: CheckedRateLimit | undefined;
  let routeLimit: CheckedRateLimit | undefined;
  /** One for each environment, and one for each endpoint in it: all requests of a test are from the same address. */
  const addressCounters = new Map<string, RateCounter>();
  let keyCounters = new WeakMap<object, RateCounter>();

  function count(counter: RateCounter, rateLimit: CheckedRateLimit | undefined): FakeAnswer | undefined {
    const secondsLeft = rateLimit === undefined ? undefined : counter.count(rateLimit, clock.now());
    return secondsLeft === undefined ? undefined : rateLimited(secondsLeft);
  }

  function addressCounterOf(id: string, penaltySeconds: number | undefined): RateCounter {
    const counter = addressCounters.get(id) ?? createRateCounter(penaltySeconds);
    addressCounters.set(id, counter);
    return counter;
  }

  function forgetCounts(): void {
    addressCounters.clear();
    keyCounters = new WeakMap();
  }

  return {
    /** Counts a request by its address, if the provider does so; the answer if it exceeds a limit. */
    countAddress(origin: string, endpoint: string | undefined): FakeAnswer | undefined {
      if (rate.by !== 'address') return undefined;
      const environment = origins[origin] ?? '';
      const refusal = count(addressCounterOf(environment, rate.penaltySeconds), limit);
      if (refusal !== undefined || endpoint === undefined) return refusal;
      return count(addressCounterOf(`${environment} ${endpoint}`, rate.routePenaltySeconds), routeLimit);
    },
    /** Counts a request by its key, if the provider does so; the answer if it exceeds the limit. */
    countKey(place: object): FakeAnswer | undefined {
      if (rate.by !== 'key') return undefined;
      const counter = keyCounters.get(place) ?? createRateCounter(rate.penaltySeconds);
      keyCounters.set(place, counter);
      return count(counter, limit);
    },
    limitRate: (rateLimit?: FakeRateLimit): void => {
      const checked =
        rateLimit === undefined ? undefined : checkRateLimit(rateLimit, rate.routePenaltySeconds !== undefined);
      if (rateLimit === undefined) limit = routeLimit = undefined;
      else if (rateLimit.scope === 'route') routeLimit = checked;
      else limit = checked;
      forgetCounts();
    },
    reset(): void {
      limit = routeLimit = undefined;
      forgetCounts();
    },
  };
}
