import type { FakeCall, FakeProvider } from './contract.js';
import type { FakeDefinition, FakeSetting } from './definition.js';
import { applyFailure, createFailures } from './failures.js';
import { createJudge } from './judge.js';
import { createKeptList } from './keep.js';
import { sizeOfCall, toCall } from './log.js';
import { nextMacrotask } from './macrotask.js';
import { createRateLimits } from './rate-limits.js';
import { readRequest, type ReadRequest, rejectIfAborted } from './request.js';
import { FakeConnectionDropped, sleep, toResponse } from './response.js';
import { createRouter } from './router.js';
import type { FakeUsers } from './users.js';
import { createWorlds } from './worlds.js';

/** What all fakes do in the same way; tokens are each fake's own. */
export type FakeCore = Omit<FakeProvider, 'tokens' | 'consume'>;

/** Makes a fake from its definition: the log, failures on demand, keys, worlds and rate limits are the same for all. */
export function createFake<World>(setting: FakeSetting, users: FakeUsers, definition: FakeDefinition<World>): FakeCore {
  const { clock, keep } = setting;
  const calls = createKeptList<FakeCall>(keep);
  const failures = createFailures(keep);
  const rateLimits = createRateLimits(definition, clock);
  const router = createRouter(definition);
  const worlds = createWorlds(definition, keep);
  const judge = createJudge({ definition, router, worlds, rateLimits });
  // A request that nobody holds loses its signal to the garbage collection, and could never be aborted.
  const underWay = new Set<unknown>();

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
    // A browser asks first whether it may send the request: that question does not use up the request's failure.
    const failure = request.method === 'OPTIONS' ? {} : failures.take();
    const { status, fault, delay } = failure;
    await nextMacrotask();
    await rejectIfAborted(signal);
    if (delay !== undefined) await sleep(delay, signal);
    if (fault === 'stall') await sleep(undefined, signal);
    if (fault === 'drop_connection') throw new FakeConnectionDropped();

    const usual = status === undefined ? judge(request) : definition.failure(status);
    call.status = usual.status;
    const headers = { ...definition.headers?.(request), ...usual.headers };
    const response = toResponse(applyFailure({ ...usual, headers }, failure), fault, signal);
    return { response, isWhole: fault !== 'stall_body' };
  }

  return {
    fetch,
    origins: Object.keys(definition.origins),
    endpoints: router.endpoints,
    calls: calls.entries,
    acceptKey: worlds.acceptKey,
    addUser(userId, environment) {
      worlds.checkEnvironment(environment);
      users.add(userId, environment);
    },
    failNext: failures.failNext,
    failWith: failures.failWith,
    limitRate: rateLimits.limitRate,
    reset() {
      calls.entries.length = 0;
      underWay.clear();
      failures.reset();
      rateLimits.reset();
      worlds.reset();
      users.reset();
      setting.random.reset();
      definition.reset();
    },
  };
}
