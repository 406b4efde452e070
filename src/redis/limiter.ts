import type { CheckedRateLimit } from '../client/rate-limit.js';
import type { RateLimitAnswer, RateLimiter, RateLimitRequest } from '../issuer/rate-limit.js';
import { Window } from '../limits/window.js';
import { readOptions, type RedisRateLimiterOptions } from './options.js';
import { endScript, takeScript } from './scripts.js';

type Place = Extract<RateLimitAnswer, { granted: true }>;

/** How long a single call waits for Redis before it uses the local limit of its process. */
const maxAnswerMilliseconds = 1_000;
/** How long it waits if Redis has failed, and for how long after that. */
const restAnswerMilliseconds = 100;
const restMilliseconds = 5_000;
/** The longest pause of all processes: a `Retry-After` may name any date, and nothing else would end the pause earlier. */
const maxPenaltySeconds = 86_400;

/**
 * Makes a limiter that all processes with the same `key` share over Redis: pass it as the option `rateLimit` of their
 * clients. If all of them use it, the provider refuses no request. A place is free again one window after the answer, by
 * the clock of the Redis server; a place of a process that died, one window after the longest time that an attempt may take.
 *
 * It needs Redis 5 or Valkey, with `maxmemory-policy noeviction`: if the server evicts keys, requests are no longer counted.
 *
 * @throws `ConfigurationError` (`invalid_option`) if an option is wrong. The function itself does not use the connection.
 */
export function createRedisRateLimiter(options: RedisRateLimiterOptions): RateLimiter {
  const { evaluate, key, limit, onUnavailable } = readOptions(options);
  const windowLength = String(Math.ceil(limit.perSeconds * 1000));
  // The braces are a hash tag: all keys are on one node of a cluster, as scripts need it.
  const keys = ['places', 'singles', 'singles-since', 'penalty', 'singles-waiting'].map(
    (name) => `tokenwright:{${key}}:${name}`,
  );
  /** Counts the requests of this process: its limit while Redis is unavailable. */
  const local = new Window(limit);
  let restUntil = 0;
  /** How many single calls have asked Redis and have no answer yet. */
  let asking = 0;

  async function ask({ priority, leaseMilliseconds }: RateLimitRequest): Promise<RateLimitAnswer> {
    const id = crypto.randomUUID();
    const lease = String(Math.ceil(leaseMilliseconds));
    const answer = await evaluate(takeScript, keys, [id, priority, String(limit.requests), windowLength, lease]);
    const [granted, retryInMilliseconds] = (Array.isArray(answer) ? answer : []).map(Number);
    if (granted === 0 && retryInMilliseconds !== undefined) return { granted: false, retryInMilliseconds };
    if (granted !== 1) throw new TypeError('Redis must return the array of the script: check `eval` of your client.');
    return {
      granted: true,
      end(result, retryAfterSeconds) {
        const isCounted = result === 'answered' || result === 'unanswered' ? '1' : '0';
        const penalty = result === 'refused' ? (retryAfterSeconds ?? limit.penaltySeconds) : 0;
        const penaltyLength = String(Math.ceil(Math.min(penalty, maxPenaltySeconds) * 1000));
        return evaluate(endScript, keys, [id, priority, isCounted, windowLength, penaltyLength]);
      },
    };
  }

  async function askAndCount(request: RateLimitRequest): Promise<RateLimitAnswer> {
    const answer = await ask(request);
    return answer.granted ? inBoth(local.count(request), Promise.resolve(answer), limit) : answer;
  }

  async function askOrUseLocal(request: RateLimitRequest): Promise<RateLimitAnswer> {
    const now = performance.now();
    const isResting = now < restUntil;
    // A Redis that hangs gets no more requests than the limit has places.
    if (isResting && asking >= limit.requests) return local.take(request);
    // After a rest without an answer, one call waits for longer, and the others rest on.
    if (!isResting && restUntil > 0) restUntil = now + restMilliseconds;
    asking += 1;
    const asked = ask(request).finally(() => (asking -= 1));
    const answer = await withinTime(asked, isResting ? restAnswerMilliseconds : maxAnswerMilliseconds);
    if (answer !== undefined) {
      restUntil = 0;
      return answer.granted ? inBoth(local.count(request), asked, limit) : answer;
    }
    if (!isResting) restUntil = performance.now() + restMilliseconds;
    // Redis counts what is sent meanwhile as soon as it is back: other processes may ask it before this one does.
    asked.then(
      () => (restUntil = 0),
      () => undefined,
    );
    const own = local.take(request);
    if (own.granted) return inBoth(own, asked, limit);
    asked.then((late) => late.granted && late.end('unsent')).catch(() => undefined);
    return own;
  }

  return {
    take: (request) =>
      request.priority === 'bulk' || onUnavailable === 'fail' ? askAndCount(request) : askOrUseLocal(request),
  };
}

/**
 * The place of an attempt in the window of this process, and the one in Redis, which may be granted only later.
 *
 * @param asked - The answer of Redis.
 */
function inBoth(own: Place, asked: Promise<RateLimitAnswer>, { perSeconds, penaltySeconds }: CheckedRateLimit): Place {
  return {
    granted: true,
    async end(result, retryAfterSeconds = penaltySeconds) {
      own.end(result, retryAfterSeconds);
      const endedAt = performance.now();
      try {
        const answer = await asked;
        const seconds = (performance.now() - endedAt) / 1000;
        if (!answer.granted) return;
        if (result === 'refused') await answer.end(result, Math.max(0, retryAfterSeconds - seconds));
        else await answer.end(seconds > perSeconds ? 'unsent' : result);
      } catch {
        // Redis has failed, and frees the place after its lease. A rejection that nobody reads would end the process.
      }
    },
  };
}

/** Resolves with `undefined` if Redis fails or does not answer in time. */
function withinTime(asked: Promise<RateLimitAnswer>, milliseconds: number): Promise<RateLimitAnswer | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    const end = (answer: RateLimitAnswer | undefined): void => {
      clearTimeout(timer);
      resolve(answer);
    };
    asked.then(end, () => {
      end(undefined);
    });
  });
}
