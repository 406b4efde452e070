import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createDoor } from '../../bench/limits/provider.js';
import { startRedis } from '../support/redis.js';
import { answers, startServer } from '../support/server.js';

const limit = { requests: 50, perSeconds: 1, penaltySeconds: 6 };
const worker = fileURLToPath(new URL('worker.mjs', import.meta.url));

/** Clerk with a sliding window: one request too many, and it refuses all for six seconds, begun anew by each. */
async function startProvider() {
  const door = createDoor({ ...limit, form: 'sliding', isBegunAnew: true });
  /** When each request was let in, in milliseconds. */
  const times: number[] = [];
  const issued: string[] = [];
  let refused = 0;
  const { url } = await startServer((response, request, index) => {
    const refusal = door.enter();
    if (refusal !== undefined) {
      refused += 1;
      answers({ status: 429, body: { errors: [] } })(response, request, index);
      return;
    }
    door.leave();
    times.push(performance.now());
    const { user_id } = JSON.parse(request.body) as { user_id: string };
    issued.push(user_id);
    const body = {
      id: 'sit_1',
      status: 'pending',
      user_id,
      token: 'made-up',
      created_at: 1_700_000_000_000,
      updated_at: 1_700_000_000_000,
    };
    setTimeout(() => {
      answers({ status: 200, body })(response, request, index);
    }, 20);
  });
  return { url, times, issued, refused: () => refused };
}

interface Worker {
  readonly process: ChildProcess;
  readonly delivered: string[];
  readonly ended: Promise<unknown>;
}

function startWorker(kind: string, userIds: string[], places: { provider: string; redisUrl: string }): Worker {
  const child = spawn(process.execPath, [worker, JSON.stringify({ ...places, kind, limit, userIds })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const delivered: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => delivered.push(line));
  return { process: child, delivered, ended: once(child, 'close') };
}

const kinds = ['ioredis', 'node-redis', 'ioredis', 'node-redis'];
const idsOf = (index: number, count: number) =>
  Array.from({ length: count }, (_, id) => `user_${String(index * count + id)}`);

it('four processes: nobody refused, nobody lost, nobody twice', async () => {
  const [redis, provider] = await Promise.all([startRedis(), startProvider()]);
  const places = { provider: provider.url, redisUrl: redis.url };
  const workers = kinds.map((kind, index) => startWorker(kind, idsOf(index, 150), places));
  await Promise.all(workers.map(({ ended }) => ended));
  const delivered = workers.flatMap((each) => each.delivered);
  expect(provider.refused()).toBe(0);
  expect(delivered.sort()).toEqual(kinds.flatMap((_, index) => idsOf(index, 150)).sort());
  expect(provider.issued).toHaveLength(600);
  // Fifty at once, and fifty in each second after that.
  const ratio = (provider.times.at(-1)! - provider.times[0]!) / 11_000;
  process.stdout.write(
    `Four processes, 600 users: ${ratio.toFixed(2)} times the optimum, ${String(provider.refused())} refused.\n`,
  );
});

it('one is killed: the others go on, and another takes over the rest of its users', async () => {
  const [redis, provider] = await Promise.all([startRedis(), startProvider()]);
  const places = { provider: provider.url, redisUrl: redis.url };
  const workers = kinds.map((kind, index) => startWorker(kind, idsOf(index, 100), places));
  const [victim] = workers;
  while (victim!.delivered.length < 20) await once(victim!.process.stdout!, 'data');
  victim!.process.kill('SIGKILL');
  const killedAt = performance.now();
  await victim!.ended;
  const rest = idsOf(0, 100).filter((id) => !victim!.delivered.includes(id));
  workers.push(startWorker('ioredis', rest, places));
  await Promise.all(workers.map(({ ended }) => ended));

  const delivered = workers.flatMap((each) => each.delivered);
  const twice = provider.issued.length - new Set(provider.issued).size;
  expect(provider.refused()).toBe(0);
  expect(delivered.sort()).toEqual(kinds.flatMap((_, index) => idsOf(index, 100)).sort());
  // What the killed one had under way.
  expect(twice).toBeLessThanOrEqual(8);
  const after = provider.times.filter((time) => time > killedAt);
  const pause = Math.max(...after.map((time, index) => time - (after[index - 1] ?? killedAt)));
  process.stdout.write(
    `One of four killed: longest pause ${(pause / 1000).toFixed(2)} s, ${String(twice)} issued twice, 0 lost.\n`,
  );
  // A window, and what a busy machine adds.
  expect(pause).toBeLessThan(2 * limit.perSeconds * 1000);
});
