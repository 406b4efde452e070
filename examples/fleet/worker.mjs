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

/** Who has a token, here in Redis. Yours may be a column in your table of users. */
const ledgerOf = (campaign) => ({
  async delivered(userIds) {
    const found = await redis.smismember(`delivered:${campaign}`, ...userIds);
    return new Set(userIds.filter((_, index) => found[index] === 1));
  },
  note: (userId) => redis.sadd(`delivered:${campaign}`, userId),
});

/** Sends a token to its user. Never send it through the queue, which would store it. */
async function deliver({ userId, token }) {
  const body = JSON.stringify({ userId, token });
  const answer = await fetch(DELIVER_URL, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  if (!answer.ok) throw new Error(`The recipient answered ${answer.status}.`);
}

const connection = { url: REDIS_URL, maxRetriesPerRequest: null };
const queue = new Queue('issue-tokens', { connection });

const worker = new Worker(
  queue.name,
  async (job, lock, signal) => {
    const { campaign, userIds } = job.data;
    try {
      return await issueChunk({ issuer: clerk, userIds, ledger: ledgerOf(campaign), deliver, signal });
    } catch (error) {
      if (error.scope !== 'account') throw error;
      // No user can be served until the key is fixed: stop all workers, without using up an attempt of the job.
      console.error(`Paused: ${error.message}`);
      await queue.pause();
      await job.moveToWait(lock);
      throw new WaitingError();
    }
  },
  // A dead worker's job starts again when its lock expires, however often that happens.
  { connection, lockDuration, stalledInterval: lockDuration, maxStalledCount: 10 },
);
// A worker that stood still for longer than its lock: another one has taken over the job.
worker.on('lockRenewalFailed', (jobIds) => jobIds.forEach((jobId) => worker.cancelJob(jobId)));
worker.on('error', (error) => console.error('Worker:', error.message));
await worker.waitUntilReady();
console.log('ready');

process.once('SIGTERM', async () => {
  // Waits for the current job.
  await worker.close();
  await queue.close();
  await redis.quit();
});
