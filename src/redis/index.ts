/**
 * One rate limit for many processes, over Redis.
 *
 * @module tokenwright/redis
 */
export type { IoredisClient, NodeRedisClient, RedisClient, RedisEval } from './client.js';
export { createRedisRateLimiter } from './limiter.js';
export type { RedisRateLimiterOptions } from './options.js';
