import { type CallContext, checkOptionNames, configurationError, ownProperties } from '../client/options.js';
import { type CheckedRateLimit, checkLimitNumbers } from '../client/rate-limit.js';
import type { RateLimit } from '../issuer/rate-limit.js';
import { type Evaluate, type RedisClient, toEvaluate } from './client.js';

const context: CallContext = { provider: undefined, label: 'createRedisRateLimiter', operation: 'createClient' };
const optionNames = ['redis', 'key', 'requests', 'perSeconds', 'penaltySeconds', 'onUnavailable'];

/** A limit, and where it is kept. Give all processes the same. */
export interface RedisRateLimiterOptions extends RateLimit {
  /** A client of ioredis or node-redis, or anything with `eval(script, keys, args)`. It stays yours to close. */
  readonly redis: RedisClient;
  /** The name of the limit in Redis, such as `clerk-production`: whoever gives the same shares it. Never an API key. */
  readonly key: string;
  /**
   * What a single call does if Redis fails, or does not answer within a second: `'local'` keeps the limit within this process
   * alone, `'fail'` ends the call with a `LimiterError` (`limiter_failed`). Bulk calls wait until Redis is back.
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
  const refuse = (problem: string) => configurationError(context, 'invalid_option', problem);
  const evaluate = toEvaluate(redis);
  if (evaluate === undefined)
    throw refuse('`redis` must be a client of ioredis or node-redis, or have `eval(script, keys, args)`.');
  // Braces would change which part of the name decides on the node of a cluster.
  if (typeof key !== 'string' || !/^[^{}\s]{1,200}$/.test(key))
    throw refuse('`key` must be a name of 1 to 200 characters, without braces and blanks, such as `clerk-production`.');
  if (!['local', 'fail'].includes(onUnavailable)) throw refuse("`onUnavailable` may be 'local' or 'fail'.");
  return { evaluate, key, limit: checkLimitNumbers(context, own), onUnavailable };
}
