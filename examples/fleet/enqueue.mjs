// Reads user ids, one per line, and adds a job for each hundred: node enqueue.mjs <campaign> < users.txt
import { createInterface } from 'node:readline';
import { Queue } from 'bullmq';

const [campaign = 'all'] = process.argv.slice(2);
const queue = new Queue('issue-tokens', { connection: { url: process.env.REDIS_URL ?? 'redis://127.0.0.1:6379' } });
let userIds = [];
let count = 0;

async function add() {
  // The id is unique per chunk: running this again adds no job twice.
  const jobId = `${campaign}-${String((count += 1))}`;
  await queue.add(
    'chunk',
    { campaign, userIds },
    { jobId, attempts: 10, backoff: { type: 'exponential', delay: 1_000 } },
  );
  userIds = [];
}

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() !== '') userIds.push(line.trim());
  if (userIds.length === 100) await add();
}
if (userIds.length > 0) await add();
await queue.close();
console.log(`${count} jobs`);
