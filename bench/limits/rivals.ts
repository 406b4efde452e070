import Bottleneck from 'bottleneck';
import pLimit from 'p-limit';
import PQueue from 'p-queue';
import pThrottle from 'p-throttle';
import type { RateLimit } from '../../src/index.js';
import { type Refusal, wait } from './provider.js';
import { batchSizeOf, type Contender, shareOf, visit } from './scenario.js';

type Send = () => Promise<Refusal | undefined>;

/** What lets requests through at the pace of a limit. */
interface Throttle {
  readonly run: (send: Send) => Promise<Refusal | undefined>;
  readonly stop?: () => void;
}

/** Sends a request up to ten times: after `Retry-After`, else after 1, 2, 4 … up to 30 seconds. */
async function repeat(send: Send): Promise<boolean> {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const refusal = await send();
    if (refusal === undefined) return true;
    await wait(1_000 * (refusal.retryAfter ?? Math.min(2 ** attempt, 30)));
  }
  return false;
}

/** A pool of requests in each process, where every attempt asks the process's throttle. */
const createRival =
  (createThrottle: (limit: RateLimit) => Throttle): Contender =>
  async (scenario, provider) => {
    const { concurrency = 8, processes = 1, rateLimit } = scenario;
    const batchSize = batchSizeOf(scenario);
    const batches = Array<number>(Math.ceil(shareOf(scenario) / batchSize)).fill(batchSize);
    const issueAll = async () => {
      const { run, stop } = rateLimit ? createThrottle(rateLimit) : bare;
      const pool = pLimit(concurrency);
      const issue = async (users: number) => ((await repeat(() => run(() => visit(provider)))) ? 0 : users);
      const lost = await pool.map(batches, issue);
      stop?.();
      return lost.reduce((sum, users) => sum + users, 0);
    };
    const lost = await Promise.all(Array.from({ length: processes }, issueAll));
    return lost.reduce((sum, users) => sum + users, 0);
  };

const bare: Throttle = { run: (send) => send() };

/** What people write who have no limiter of ours, each with the documented limit, and in its strict mode if there is one. */
export const rivals: Readonly<Record<string, Contender>> = {
  'p-limit': createRival(() => bare),
  'p-queue': createRival(({ requests, perSeconds }) => {
    const queue = new PQueue({ intervalCap: requests, interval: 1_000 * perSeconds, strict: true });
    return { run: (send) => queue.add(send) };
  }),
  'p-throttle': createRival(({ requests, perSeconds }) => {
    const throttle = pThrottle({ limit: requests, interval: 1_000 * perSeconds, strict: true });
    return { run: throttle((send: Send) => send()) };
  }),
  bottleneck: createRival(({ requests, perSeconds }) => {
    const limiter = new Bottleneck({
      reservoir: requests,
      reservoirRefreshAmount: requests,
      reservoirRefreshInterval: 1_000 * perSeconds,
    });
    return { run: (send) => limiter.schedule(send), stop: () => void limiter.disconnect() };
  }),
};
