// A worker of BullMQ: start as many as you like, on as many machines as you like. They share the limit of the key.
import { Queue, WaitingError, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { createClerk } from 'tokenwright';
import { createRedisRateLimiter } from 'tokenwright/redis';
import { issueChunk } from './issue-chunk.mjs';

const { REDIS_URL = 'redis://127.0.0.1:6379', DELIVER_URL, LIMIT = '1000', LOCK_SECONDS = '30' } = process.env;
const lockDuration = Number(LOCK_SECONDS) * 1000;

const redis = new Redis(REDIS_URL);
redis.on('error', (error) => console.error('Redis:', error.message));

// CLERK_SECRET_KEY is read by the client.
const rateLimit = createRedisRateLimiter({ redis, key: 'clerk', requests: Number(LIMIT), perSeconds: 10 });
const clerk = createClerk({ rateLimit });

/** Who was handed a token, in Redis for the example. Yours may be a column in the table of your users. */
const ledgerOf = (campaign) => ({
  async delivered(userIds) {
    const found = await redis.smismember(`delivered:${campaign}`, ...userIds);
    return new Set(userIds.filter((_, index) => found[index] === 1));
  },
  note: (userId) => redis.sadd(`delivered:${campaign}`, userId),
});

/** Hands a token over. Yours may send a message: never by way of the queue, which would store it. */
async function deliver({ userId, token }) {
  const body = JSON.stringify({ userId, token });
  const answer = await fetch(DELIVER_URL, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  if (!answer.ok) throw new Error(`The recipient answered ${answer.status}.`);
}

const connection = { url: REDIS_URL, maxRetriesPerRequest: null };
const queue = new Queue('issue-tokens', { connection });

const worker = new Worker(
  queue.name,
  async (job, lock) => {
    const { campaign, userIds } = job.data;
    try {
      return await issueChunk({ issuer: clerk, userIds, ledger: ledgerOf(campaign), deliver });
    } catch (error) {
      if (error.scope !== 'account') throw error;
      // Nobody will be served until somebody sees to the key: stop all workers, and spend no attempt of the job.
      console.error(`Paused: ${error.message}`);
      await queue.pause();
      await job.moveToWait(lock);
      throw new WaitingError();
    }
  },
  // A job of a worker that died begins again when its lock has run out, as often as workers die.
  { connection, lockDuration, stalledInterval: lockDuration, maxStalledCount: 10 },
);
worker.on('error', (error) => console.error('Worker:', error.message));
await worker.waitUntilReady();
console.log('ready');

process.once('SIGTERM', async () => {
  // Ends with the job under way.
  await worker.close();
  await queue.close();
  await redis.quit();
});
