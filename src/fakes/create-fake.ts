import type { FakeCall, FakeProvider } from './contract.js';
import type { FakeDefinition, FakeSetting } from './definition.js';
import { applyFailure, createFailures } from './failures.js';
import { createResponder } from './responder.js';
import { createKeptList } from './keep.js';
import { sizeOfCall, toCall } from './log.js';
import { nextMacrotask } from './macrotask.js';
import { createRateLimits } from './rate-limits.js';
import { readRequest, type ReadRequest, rejectIfAborted } from './request.js';
import { FakeConnectionDropped, sleep, toResponse } from './response.js';
import { createRouter } from './router.js';
import type { FakeUsers } from './users.js';
import { createWorlds } from './worlds.js';

/** The part of a fake that is the same for all providers. */
export type FakeCore = Omit<FakeProvider, 'tokens' | 'consume'>;

/** Makes the part of a fake that is the same for all providers: log, failures on demand, users, keys and rate limits. */
export function createFake<World>(setting: FakeSetting, users: FakeUsers, definition: FakeDefinition<World>): FakeCore {
  const { clock, keep } = setting;
  const calls = createKeptList<FakeCall>(keep);
  const failures = createFailures(keep);
  const rateLimits = createRateLimits(definition, clock);
  const router = createRouter(definition);
  const worlds = createWorlds(definition, keep);
  const respond = createResponder({ definition, router, worlds, rateLimits });
  // Keeps the signals of pending requests from garbage collection: otherwise such a request could never be aborted.
  const pending = new Set<unknown>();

  async function fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const held = { input, init };
    pending.add(held);
    const forget = () => pending.delete(held);
    try {
      const request = await readRequest(input, init);
      const { response, isComplete } = await answer(request);
      if (isComplete) forget();
      else request.signal?.addEventListener('abort', forget);
      return response;
    } catch (error) {
      forget();
      throw error;
    }
  }

  async function answer(request: ReadRequest): Promise<{ response: Response; isComplete: boolean }> {
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

    const usual = status === undefined ? respond(request) : definition.failure(status);
    call.status = usual.status;
    // As every server has it: clients count the lifetime of a token from it.
    const date = new Date(clock.now()).toUTCString();
    const headers = { date, ...definition.headers?.(request), ...usual.headers };
    const response = toResponse(applyFailure({ ...usual, headers }, failure), fault, signal);
    return { response, isComplete: fault !== 'stall_body' };
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
      calls.clear();
      pending.clear();
      failures.reset();
      rateLimits.limitRate();
      worlds.reset();
      users.reset();
      setting.random.reset();
      definition.reset();
    },
  };
}
