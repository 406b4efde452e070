import { type CheckedRateLimit, checkFailure, checkRateLimit } from './check.js';
import type { FakeCall, FakeFailure, FakeProvider } from './contract.js';
import type { FakeAnswer, FakeDefinition, FakeSetting } from './definition.js';
import { createKeptList } from './keep.js';
import { sizeOfCall, toCall } from './log.js';
import { nextMacrotask } from './macrotask.js';
import { createRateCounter, type RateCounter } from './rate-limit.js';
import { readRequest, type ReadRequest, rejectIfAborted } from './request.js';
import { FakeConnectionDropped, sleep, toResponse } from './response.js';
import { createRouter } from './router.js';
import type { FakeUsers } from './users.js';
import { createWorlds } from './worlds.js';

/** What all fakes do in the same way; tokens are each fake's own. */
export type FakeCore = Omit<FakeProvider, 'tokens' | 'consume'>;

/** Makes a fake out of what is its own: the log, failures on demand, keys, worlds and the rate limit come from here. */
export function createFake<World>(setting: FakeSetting, users: FakeUsers, definition: FakeDefinition<World>): FakeCore {
  const { clock, keep } = setting;
  const calls = createKeptList<FakeCall>(keep);
  const router = createRouter(definition);
  const worlds = createWorlds(definition, keep);
  const nextFailures: { readonly failure: FakeFailure; left: number }[] = [];
  let standingFailure: FakeFailure | undefined;
  let limit: CheckedRateLimit | undefined;
  let routeLimit: CheckedRateLimit | undefined;
  /** What an address sent to each environment, and to each endpoint there. There is one address, that of the test. */
  const addresses = new Map<string, RateCounter>();
  // A request that nobody holds loses its signal to the garbage collection, and could never be aborted.
  const underWay = new Set<unknown>();

  function judge(request: ReadRequest): FakeAnswer {
    const segments = toSegments(request.path);
    const match = router.find(request.method, request.origin, segments ?? []);
    const excess = definition.rate.by === 'address' ? countAddress(request.origin, match.route?.endpoint) : undefined;
    if (excess !== undefined) return excess;
    const isFrontend = match.route === undefined ? request.origin === definition.frontend : match.route.isFrontend;
    const key = isFrontend === true ? '' : definition.readKey(request.headers);
    const place = isFrontend === true || key === undefined ? undefined : worlds.enter(key, request.origin);
    if (isFrontend !== true && place === undefined) return definition.refuseKey(key);
    const tooMany = definition.rate.by === 'key' && place !== undefined ? countRate(place.rate, limit) : undefined;
    if (tooMany !== undefined) return tooMany;
    if (segments === undefined) return definition.failure(400);
    const wrong = definition.check?.(request);
    if (wrong !== undefined) return wrong;
    if (match.route === undefined) {
      return match.methods.length === 0
        ? definition.notFound()
        : { ...definition.wrongMethod(), headers: { allow: match.methods.join(', ') } };
    }
    const { environment, world } = place ?? { environment: undefined, world: definition.createWorld() };
    return match.route.answer({ ...request, parameters: match.parameters, key: key ?? '', environment, world });
  }

  function countAddress(origin: string, endpoint: string | undefined): FakeAnswer | undefined {
    const { penaltySeconds, routePenaltySeconds } = definition.rate;
    const here = definition.origins[origin] ?? '';
    const counterOf = (id: string, penalty: number | undefined) => {
      const counter = addresses.get(id) ?? createRateCounter(penalty);
      addresses.set(id, counter);
      return counter;
    };
    const refusal = countRate(counterOf(here, penaltySeconds), limit);
    if (refusal !== undefined || endpoint === undefined) return refusal;
    return countRate(counterOf(`${here} ${endpoint}`, routePenaltySeconds), routeLimit);
  }

  function countRate(counter: RateCounter, rateLimit: CheckedRateLimit | undefined): FakeAnswer | undefined {
    const secondsLeft = rateLimit === undefined ? undefined : counter.count(rateLimit, clock.now());
    return secondsLeft === undefined ? undefined : definition.rateLimited(secondsLeft);
  }

  function toSegments(path: string): string[] | undefined {
    try {
      return definition.toSegments?.(path) ?? path.split('/').slice(1).map(decodeURIComponent);
    } catch {
      return undefined;
    }
  }

  function nextFailure(): FakeFailure {
    const [next] = nextFailures;
    if (next === undefined) return standingFailure ?? {};
    next.left -= 1;
    if (next.left === 0) nextFailures.shift();
    return next.failure;
  }

  async function fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const held = { input, init };
    underWay.add(held);
    const leave = () => underWay.delete(held);
    try {
      const request = await readRequest(input, init);
      const { response, isWhole } = await answer(request);
      if (isWhole) leave();
      else request.signal?.addEventListener('abort', leave);
      return response;
    } catch (error) {
      leave();
      throw error;
    }
  }

  async function answer(request: ReadRequest): Promise<{ response: Response; isWhole: boolean }> {
    const { signal } = request;
    const call = toCall(request, definition.credentialHeaders, clock.now());
    calls.add(call, sizeOfCall(request));
    const failure = nextFailure();
    await nextMacrotask();
    await rejectIfAborted(signal);
    if (failure.delay !== undefined) await sleep(failure.delay, signal);
    if (failure.fault === 'stall') await sleep(undefined, signal);
    if (failure.fault === 'drop_connection') throw new FakeConnectionDropped();

    const usual = failure.status === undefined ? judge(request) : definition.failure(failure.status);
    call.status = usual.status;
    const { retryAfter } = failure;
    const actual: FakeAnswer = {
      status: usual.status,
      headers: {
        ...definition.headers?.(request),
        ...usual.headers,
        ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
        ...failure.headers,
      },
      body: failure.body === undefined ? usual.body : failure.body,
    };
    return { response: toResponse(actual, failure.fault, signal), isWhole: failure.fault !== 'stall_body' };
  }

  return {
    fetch,
    origins: Object.keys(definition.origins),
    endpoints: router.endpoints,
    calls: calls.entries,
    acceptKey: (key, environment) => {
      worlds.acceptKey(key, environment);
    },
    addUser(userId, environment) {
      worlds.checkEnvironment(environment);
      users.add(userId, environment);
    },
    failNext(failure, times = 1) {
      checkFailure(failure, times);
      if (nextFailures.length >= keep) throw new TypeError('There are too many failures to come already.');
      nextFailures.push({ failure, left: times });
    },
    failWith(failure) {
      if (failure !== undefined) checkFailure(failure);
      standingFailure = failure;
    },
    limitRate(rateLimit) {
      const hasScopes = definition.rate.routePenaltySeconds !== undefined;
      const checked = rateLimit === undefined ? undefined : checkRateLimit(rateLimit, hasScopes);
      if (rateLimit === undefined) limit = routeLimit = undefined;
      else if (rateLimit.scope === 'route') routeLimit = checked;
      else limit = checked;
      addresses.clear();
      worlds.resetRates();
    },
    reset() {
      calls.entries.length = nextFailures.length = 0;
      underWay.clear();
      standingFailure = limit = routeLimit = undefined;
      addresses.clear();
      worlds.reset();
      users.reset();
      setting.random.reset();
      definition.reset();
    },
  };
}
