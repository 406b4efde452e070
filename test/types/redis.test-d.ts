import type { Cluster, Redis } from 'ioredis';
import type { createClient, createClientPool, createCluster } from 'redis';
import { describe, expectTypeOf, it } from 'vitest';
import type { RedisClient } from '../../src/redis/index.js';

describe('`redis` takes', () => {
  it('clients of ioredis and of node-redis as they are', () => {
    expectTypeOf<Redis>().toExtend<RedisClient>();
    expectTypeOf<Cluster>().toExtend<RedisClient>();
    expectTypeOf<ReturnType<typeof createClient>>().toExtend<RedisClient>();
    expectTypeOf<ReturnType<typeof createCluster>>().toExtend<RedisClient>();
    expectTypeOf<ReturnType<typeof createClientPool>>().toExtend<RedisClient>();
  });

  it('an object of one’s own, and no address', () => {
    expectTypeOf<{ eval(script: string, keys: string[], args: string[]): Promise<number[]> }>().toExtend<RedisClient>();
    expectTypeOf<string>().not.toExtend<RedisClient>();
  });
});
