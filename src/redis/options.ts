import { type CallContext, checkOptionNames, invalidOption, ownProperties } from '../client/options.js';
import { type CheckedRateLimit, checkLimitNumbers } from '../client/rate-limit.js';
import type { RateLimit } from '../issuer/rate-limit.js';
import { type Evaluate, type RedisClient, toEvaluate } from './client.js';

const context: CallContext = { provider: undefined, label: 'createRedisRateLimiter', operation: 'createClient' };
const optionNames = ['redis', 'key', 'requests', 'perSeconds', 'penaltySeconds', 'onUnavailable'];

/** A rate limit, and the Redis key that holds it. All processes must use the same values. */
export interface RedisRateLimiterOptions extends RateLimit {
  /** A client of ioredis or node-redis, or any object with `eval(script, keys, args)`. Closing it is up to you. */
  readonly redis: RedisClient;
  /** The name of the limit in Redis, such as `clerk-production`; processes with the same name share it. Never an API key. */
  readonly key: string;
  /**
   * What a single call does if Redis fails or does not answer. `'local'`: after a second it counts only the requests of this
   * process. `'fail'`: after five seconds, or at the end of its `timeout`, it ends with a `LimiterError` (`limiter_failed`).
   * Bulk calls wait until Redis is back.
   * @default 'local'
   */
  readonly onUnavailable?: 'local' | 'fail' | undefined;
}

export interface Settings {
  readonly evaluate: Evaluate;
  readonly key: string;
  readonly limit: CheckedRateLimit;
  readonly onUnavailable: 'local' | 'fail';
}

export function readOptions(options: RedisRateLimiterOptions): Settings {
  checkOptionNames(context, options, optionNames);
  const own: RedisRateLimiterOptions = ownProperties(options);
  const { redis, key, onUnavailable = 'local' } = own;
  const refuse = (problem: string) => invalidOption(context, problem);
  const evaluate = toEvaluate(redis);
  if (evaluate === undefined)
    throw refuse('`redis` must be a client of ioredis or node-redis, or have `eval(script, keys, args)`.');
  // Braces in the name would change the hash tag, which selects the node of a cluster.
  if (typeof key !== 'string' || !/^[^{}\s]{1,200}$/.test(key))
    throw refuse(
      '`key` must be a name of 1 to 200 characters, without braces or white space, such as `clerk-production`.',
    );
  if (!['local', 'fail'].includes(onUnavailable)) throw refuse("`onUnavailable` must be 'local' or 'fail'.");
  return { evaluate, key, limit: checkLimitNumbers(context, own), onUnavailable };
}
