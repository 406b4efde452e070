import type { RateLimitAnswer, RateLimiter, RateLimitRequest } from '../issuer/rate-limit.js';
import { Window } from '../limits/window.js';
import { readOptions, type RedisRateLimiterOptions } from './options.js';
import { endScript, takeScript } from './scripts.js';

/** How long a single call waits for Redis before it uses the local limit of its process. */
const maxAnswerMilliseconds = 1_000;
/** For how long single calls do not ask Redis after it has failed. */
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

  async function ask(request: RateLimitRequest): Promise<RateLimitAnswer> {
    const { priority, leaseMilliseconds } = request;
    const id = crypto.randomUUID();
    const lease = String(Math.ceil(leaseMilliseconds));
    const answer = await evaluate(takeScript, keys, [id, priority, String(limit.requests), windowLength, lease]);
    const [granted, retryInMilliseconds] = (Array.isArray(answer) ? answer : []).map(Number);
    if (granted === 0 && retryInMilliseconds !== undefined) return { granted: false, retryInMilliseconds };
    if (granted !== 1) throw new TypeError('Redis must return the array of the script: check `eval` of your client.');
    const counted = local.count(request);
    return {
      granted: true,
      end(result, retryAfterSeconds) {
        counted.end(result, retryAfterSeconds);
        const isCounted = result === 'answered' || result === 'unanswered' ? '1' : '0';
        const penalty = result === 'refused' ? (retryAfterSeconds ?? limit.penaltySeconds) : 0;
        const penaltyLength = String(Math.ceil(Math.min(penalty, maxPenaltySeconds) * 1000));
        return evaluate(endScript, keys, [id, priority, isCounted, windowLength, penaltyLength]);
      },
    };
  }

  async function askOrUseLocal(request: RateLimitRequest): Promise<RateLimitAnswer> {
    const answer = await withinTime(ask(request));
    if (answer !== undefined) return answer;
    restUntil = performance.now() + restMilliseconds;
    return local.take(request);
  }

  return {
    take(request) {
      if (request.priority === 'bulk' || onUnavailable === 'fail') return ask(request);
      return performance.now() < restUntil ? local.take(request) : askOrUseLocal(request);
    },
  };
}

/** Resolves with `undefined` if Redis fails or does not answer in time. Gives back a place that is granted too late. */
function withinTime(asked: Promise<RateLimitAnswer>): Promise<RateLimitAnswer | undefined> {
  return new Promise((resolve) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      resolve(undefined);
    }, maxAnswerMilliseconds);
    const end = (answer: RateLimitAnswer | undefined): void => {
      clearTimeout(timer);
      resolve(answer);
    };
    asked
      .then((answer) => {
        end(answer);
        return isLate && answer.granted ? answer.end('unsent') : undefined;
      })
      // Redis has failed. A place that could not be given back is free after its lease.
      .catch(() => {
        end(undefined);
      });
  });
}
