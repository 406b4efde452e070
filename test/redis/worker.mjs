// One process of a fleet: issues for its users at the limit that it shares, and writes the id of each who has a token.
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { createClerk } from 'tokenwright';
import { createRedisRateLimiter } from 'tokenwright/redis';

const { provider, redisUrl, kind, limit, userIds } = JSON.parse(process.argv[2]);
const redis = kind === 'ioredis' ? new Redis(redisUrl) : await createClient({ url: redisUrl }).connect();
const clerk = createClerk({
  apiKey: 'sk_test_made-up',
  baseUrl: provider,
  attemptTimeout: 2_000,
  rateLimit: createRedisRateLimiter({ redis, key: 'clerk', ...limit }),
});

for await (const { userId, status, reason } of clerk.streamTokens(userIds, { concurrency: 8 })) {
  console.log(status === 'fulfilled' ? userId : `${userId} ${reason.code}`);
}
await redis.quit();
