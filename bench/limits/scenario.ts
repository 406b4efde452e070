import type * as Tokenwright from '../../src/index.js';
import type { IssuedToken, RateLimit, RateLimiter, TokenIssuer } from '../../src/index.js';
import {
  createDoor,
  createTravel,
  type Door,
  type Limits,
  type Network,
  type Refusal,
  type Travel,
  wait,
} from './provider.js';
import { inVirtualTime } from './virtual-time.js';

/** Another build, such as an older one, which knows nothing of limits: what it is measured with is then left out. */
const otherBuild = process.env['TOKENWRIGHT'];
const { createClerk, createRateLimiter, createSfox } = (await import(
  otherBuild ?? '../../src/index.js'
)) as typeof Tokenwright;

/** A job of many users at a provider with limits. */
export interface Scenario {
  readonly name: string;
  readonly provider: 'clerk' | 'sfox';
  readonly users: number;
  readonly limits: Limits;
  /** @default 100 ms, half of it jitter, and one of two hundred a second or more late */
  readonly network?: Network;
  /** Where the chances of the network begin. @default 2 */
  readonly seed?: number | undefined;
  /** @default 8 */
  readonly concurrency?: number;
  /** How many users a request is for. @default 100 for sFOX */
  readonly batchSize?: number;
  /** What the client is told of the limit. */
  readonly rateLimit?: RateLimit | false;
  /** How many processes share the limit, and whether they share one window as well. @default 1 */
  readonly processes?: number;
  readonly isShared?: boolean;
  /** Milliseconds between two ids of the source. @default 0, a list in memory */
  readonly sourceInterval?: number;
  /** Single calls a second beside the job, from before its start to its end. */
  readonly singlesPerSecond?: number;
}

export interface Result {
  /** The time it took, divided by the shortest that is possible. */
  readonly ratio: number;
  readonly seconds: number;
  readonly requests: number;
  readonly refused: number;
  /** Users who got no token. */
  readonly lost: number;
  /** The longest time that a single call took beside the job, in seconds, and how many of them failed. */
  readonly longestSingle: number;
  readonly failedSingles: number;
}

export const rough: Network = { average: 100, jitter: 0.5, tail: 0.005 };

/** A provider as its clients see it, and the counts of what they sent. */
export interface Provider {
  readonly door: Door;
  readonly travel: () => Travel;
  readonly count: { requests: number; refused: number };
}

function createProvider(scenario: Scenario): Provider {
  return {
    door: createDoor(scenario.limits),
    travel: createTravel(scenario.network ?? rough, scenario.seed ?? 2),
    count: { requests: 0, refused: 0 },
  };
}

/** Sends a request as the network does. */
export async function visit({ door, travel, count }: Provider): Promise<Refusal | undefined> {
  const { there, inside, back } = travel();
  await wait(there);
  count.requests += 1;
  const refusal = door.enter();
  if (refusal === undefined) {
    await wait(inside);
    door.leave();
  } else count.refused += 1;
  await wait(back);
  return refusal;
}

/** The same as a `fetch`, for our clients. */
function createFetch(provider: Provider) {
  return async (url: string, init: RequestInit): Promise<Response> => {
    const refusal = await visit(provider);
    if (refusal !== undefined) {
      const headers: HeadersInit =
        refusal.retryAfter === undefined ? {} : { 'retry-after': String(refusal.retryAfter) };
      return Response.json({}, { status: refusal.status, headers });
    }
    return Response.json(toBody(url, init.body as string | undefined), { status: 201 });
  };
}

function toBody(url: string, body: string | undefined): unknown {
  const expires = '2099-01-01T00:00:00Z';
  const entry = (id: string) => ({ partner_user_id: id, token: `made-up-${id}`, expires });
  const { data, user_id: userId } = JSON.parse(body ?? '{}') as { data?: string[]; user_id?: string };
  if (data !== undefined) return { data: data.map(entry) };
  if (userId === undefined) return { data: entry(decodeURIComponent(url.slice(url.lastIndexOf('/') + 1))) };
  const times = { created_at: 1_700_000_000_000, updated_at: 1_700_000_000_000 };
  return { id: 'sit_1', status: 'pending', user_id: userId, token: 'made-up', ...times };
}

/** How many users a request is for. */
export const batchSizeOf = ({ provider, batchSize = provider === 'sfox' ? 100 : 1 }: Scenario) => batchSize;

/** How many users each process issues for. */
export const shareOf = ({ users, processes = 1 }: Scenario) => Math.ceil(users / processes);

function* idsOf(scenario: Scenario, process: number): Generator<string> {
  for (let index = 0; index < shareOf(scenario); index += 1) yield `user_${String(process)}_${String(index)}`;
}

async function* slowly(ids: Iterable<string>, interval: number): AsyncGenerator<string> {
  for (const id of ids) {
    await wait(interval);
    yield id;
  }
}

/** What issues for the users of one process; returns how many got no token. */
export type Contender = (scenario: Scenario, provider: Provider) => Promise<number>;

/** This package: a client for each process, each with its own limiter unless they are given one. */
export const tokenwright: Contender = async (scenario, provider) => {
  const { concurrency = 8, processes = 1, isShared = false, rateLimit, sourceInterval } = scenario;
  const shared = isShared && rateLimit && otherBuild === undefined ? createRateLimiter(rateLimit) : rateLimit;
  const fetch = createFetch(provider);
  const makers = Array.from({ length: processes }, () => makeClient(scenario, fetch, shared));
  const lost = makers.map(async (issuer, process) => {
    const ids = idsOf(scenario, process);
    const source = sourceInterval === undefined ? ids : slowly(ids, sourceInterval);
    let missing = 0;
    for await (const { status } of issuer.streamTokens(source, { concurrency }))
      missing += Number(status !== 'fulfilled');
    return missing;
  });
  return sum(await Promise.all(lost));
};

function makeClient(
  { provider, batchSize }: Scenario,
  fetch: (url: string, init: RequestInit) => Promise<Response>,
  rateLimit: RateLimit | RateLimiter | false | undefined,
): TokenIssuer<IssuedToken> {
  const options = { fetch, ...(otherBuild === undefined ? { rateLimit } : {}) };
  return provider === 'clerk'
    ? createClerk({ apiKey: 'sk_test_made-up', ...options })
    : createSfox({ apiKey: 'made-up', environment: 'sandbox', batchSize, ...options });
}

/** Who knows the provider from inside: every request waits at its door until there is room, and is never refused. */
const oracle: Contender = async (scenario, { door, travel, count }) => {
  const { concurrency = 8, processes = 1, sourceInterval } = scenario;
  if (sourceInterval !== undefined) {
    await wait(sourceInterval * scenario.users);
    return 0;
  }
  let left = Math.ceil(scenario.users / batchSizeOf(scenario));
  const work = async () => {
    while (left > 0) {
      left -= 1;
      const { there, inside, back } = travel();
      await wait(there);
      for (let time = door.roomIn(); time > 0; time = door.roomIn()) await wait(Math.ceil(time));
      door.enter();
      count.requests += 1;
      await wait(inside);
      door.leave();
      await wait(back);
    }
  };
  await Promise.all(Array.from({ length: concurrency * processes }, work));
  return 0;
};

/** Sends single calls at a steady pace until it is told to stop. */
function startSingles(issuer: Pick<TokenIssuer, 'issueToken'>, perSecond: number) {
  const times: number[] = [];
  let failed = 0;
  const timer = setInterval(() => {
    const start = performance.now();
    issuer.issueToken(`single_${String(start)}`).then(
      () => times.push((performance.now() - start) / 1000),
      () => (failed += 1),
    );
  }, 1000 / perSecond);
  return () => {
    clearInterval(timer);
    return { longestSingle: Math.max(...times), failedSingles: failed };
  };
}

/** Our job beside single calls of the same client. */
async function besideSingles(scenario: Scenario, provider: Provider, perSecond: number) {
  const issuer = makeClient(scenario, createFetch(provider), scenario.rateLimit);
  const stop = startSingles(issuer, perSecond);
  let lost = 0;
  for await (const { status } of issuer.streamTokens(idsOf(scenario, 0))) lost += Number(status !== 'fulfilled');
  return { lost, ...stop() };
}

const optima = new Map<string, Promise<number>>();

/** The shortest time that is possible, in seconds. */
async function findOptimum(scenario: Scenario): Promise<number> {
  const key = JSON.stringify({ ...scenario, name: '', rateLimit: undefined });
  const known =
    optima.get(key) ?? inVirtualTime(() => oracle(scenario, createProvider(scenario))).then(({ seconds }) => seconds);
  optima.set(key, known);
  return known;
}

/** Runs a scenario, and says how it went. */
export async function run(scenario: Scenario, contender: Contender = tokenwright): Promise<Result> {
  const { singlesPerSecond } = scenario;
  const optimum = await findOptimum(scenario);
  const { value, seconds } = await inVirtualTime(async () => {
    const provider = createProvider(scenario);
    const noSingles = { longestSingle: 0, failedSingles: 0 };
    const counts =
      singlesPerSecond === undefined
        ? { lost: await contender(scenario, provider), ...noSingles }
        : await besideSingles(scenario, provider, singlesPerSecond);
    return { ...counts, ...provider.count };
  });
  return { ratio: seconds / optimum, seconds, ...value };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
