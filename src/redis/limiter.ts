import type { RateLimitAnswer, RateLimiter, RateLimitRequest } from '../issuer/rate-limit.js';
import { createWindow } from '../limits/window.js';
import { readOptions, type RedisRateLimiterOptions } from './options.js';
import { endScript, takeScript } from './scripts.js';

/** How long a single call waits for Redis before it goes by the limit of its own process, in milliseconds. */
const longestAnswer = 1_000;
/** After a failure of Redis single calls do not ask it for so long, in milliseconds. */
const restAfterFailure = 5_000;

/**
 * Makes a limiter that all processes share which give the same `key`, for the option `rateLimit` of their clients. Nobody is
 * refused as long as all of them use it: a place is free again one window after the answer, by the clock of the server. The
 * places of a process that died are free one window after the longest time that an attempt may take.
 *
 * It needs Redis 5 or Valkey, with `maxmemory-policy noeviction`: a server that forgets its keys forgets who has sent.
 *
 * @throws `ConfigurationError` (`invalid_option`) for options that are wrong. It connects to nothing.
 */
export function createRedisRateLimiter(options: RedisRateLimiterOptions): RateLimiter {
  const { evaluate, key, limit, onUnavailable } = readOptions(options);
  const windowLength = String(Math.ceil(limit.perSeconds * 1000));
  // Braces: one node of a cluster holds them all.
  const keys = ['places', 'singles', 'singles-since', 'penalty'].map((name) => `tokenwright:{${key}}:${name}`);
  /** What this process takes: its own limit, if Redis is away. */
  const local = createWindow(limit);
  let restUntil = 0;
  let processId: string | undefined;
  let count = 0;

  async function ask(request: RateLimitRequest): Promise<RateLimitAnswer> {
    const { priority, leaseMilliseconds } = request;
    // Made late: Workers have no random numbers while a module is loaded.
    processId ??= crypto.randomUUID();
    const id = `${processId}:${String((count += 1))}`;
    const lease = String(Math.ceil(leaseMilliseconds));
    const answer = await evaluate(takeScript, keys, [id, priority, String(limit.requests), windowLength, lease]);
    const [granted, retryInMilliseconds] = (Array.isArray(answer) ? answer : []).map(Number);
    if (granted === 0 && retryInMilliseconds !== undefined) return { granted: false, retryInMilliseconds };
    if (granted !== 1) throw new TypeError('Redis answered the script of the limiter with something else.');
    const counted = local.take(request, true);
    return {
      granted: true,
      end(result, retryAfterSeconds) {
        if (counted.granted) counted.end(result, retryAfterSeconds);
        const isCounted = result === 'answered' || result === 'unanswered' ? '1' : '0';
        const penalty = result === 'refused' ? (retryAfterSeconds ?? limit.penaltySeconds) : 0;
        return evaluate(endScript, keys, [id, priority, isCounted, windowLength, String(Math.ceil(penalty * 1000))]);
      },
    };
  }

  async function askOrGoOn(request: RateLimitRequest): Promise<RateLimitAnswer> {
    const answer = await inTime(ask(request));
    if (answer !== undefined) return answer;
    restUntil = performance.now() + restAfterFailure;
    return local.take(request);
  }

  return {
    take(request) {
      if (request.priority === 'bulk' || onUnavailable === 'fail') return ask(request);
      return performance.now() < restUntil ? local.take(request) : askOrGoOn(request);
    },
  };
}

/** Resolves with `undefined` if there is no answer in time, or none at all. A place that is granted later is given back. */
function inTime(asked: Promise<RateLimitAnswer>): Promise<RateLimitAnswer | undefined> {
  return new Promise((resolve) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      resolve(undefined);
    }, longestAnswer);
    const end = (answer: RateLimitAnswer | undefined): void => {
      clearTimeout(timer);
      resolve(answer);
    };
    asked
      .then((answer) => {
        end(answer);
        return isLate && answer.granted ? answer.end('unsent') : undefined;
      })
      // Redis is away, or has gone before the place was given back: that is free after its lease.
      .catch(() => {
        end(undefined);
      });
  });
}
