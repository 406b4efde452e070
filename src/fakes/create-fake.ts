import type {
  FakeAnswer,
  FakeCall,
  FakeDefinition,
  FakeFailure,
  FakeProvider,
  FakeRequest,
  FakeWorld,
} from './contract.js';
import { parseJson } from './json.js';
import { nextMacrotask } from './macrotask.js';
import { createRateCounter } from './rate-limit.js';
import { FakeConnectionDropped, sleep, toResponse } from './response.js';
import type { FakeUsers } from './users.js';

/** Makes a fake out of what is its own: the log, the failures on demand, the keys and the rate limit come from here. */
export function createFake(world: FakeWorld, users: FakeUsers, definition: FakeDefinition): FakeProvider {
  const calls: FakeCall[] = [];
  const keys = new Map<string, string | undefined>();
  const rate = createRateCounter(world, definition.rateLimitPauseInSeconds);
  const nextFailures: FakeFailure[] = [];
  let standingFailure: FakeFailure | undefined;
  // A request that nobody holds loses its signal to the garbage collection, and could never be aborted.
  const underWay = new Set<Request>();

  function isAccepted(key: string, origin: string): boolean {
    if (keys.size > 0 ? !keys.has(key) : !definition.isKey(key)) return false;
    const environment = definition.origins[origin];
    const belongsTo = keys.size > 0 ? keys.get(key) : definition.environmentOf?.(key);
    return environment === undefined || belongsTo === undefined || belongsTo === environment;
  }

  async function judge(
    request: Omit<FakeRequest, 'key'>,
    key: string | undefined,
    origin: string,
  ): Promise<FakeAnswer> {
    const secondsLeft = rate.count();
    if (secondsLeft !== undefined) return definition.rateLimited(secondsLeft);
    if (key === undefined || !isAccepted(key, origin)) return definition.refuseKey(key);
    if (!isDecodable(request.path)) return definition.failure(400);
    return definition.answer({ ...request, key });
  }

  async function fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const incoming = new Request(input, init);
    underWay.add(incoming);
    const leave = () => underWay.delete(incoming);
    try {
      const { response, isWhole } = await answer(incoming);
      if (isWhole) leave();
      else incoming.signal.addEventListener('abort', leave);
      return response;
    } catch (error) {
      leave();
      throw error;
    }
  }

  async function answer(incoming: Request): Promise<{ response: Response; isWhole: boolean }> {
    const { signal, method, headers } = incoming;
    signal.throwIfAborted();
    const { origin, pathname: path, search } = new URL(incoming.url);
    const text = await incoming.text();
    const key = readKey(headers, definition);
    const call = logCall(method, path + search, headers, text, key);
    calls.push(call);

    const failure = nextFailures.shift() ?? standingFailure ?? {};
    await nextMacrotask();
    signal.throwIfAborted();
    if (failure.delay !== undefined) await sleep(failure.delay, signal);
    if (failure.fault === 'stall') await sleep(undefined, signal);
    if (failure.fault === 'drop_connection') throw new FakeConnectionDropped();

    const usual =
      failure.status === undefined
        ? await judge({ method, path, headers, text }, key, origin)
        : definition.failure(failure.status);
    call.status = usual.status;
    const { retryAfter } = failure;
    const actual: FakeAnswer = {
      status: usual.status,
      headers: {
        ...definition.headers?.(),
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
    calls,
    acceptKey: (key, environment) => void keys.set(key, environment),
    addUser: (userId) => {
      users.add(userId);
    },
    failNext: (failure, times = 1) => {
      checkFailure(failure, times);
      nextFailures.push(...Array.from({ length: times }, () => failure));
    },
    failWith: (failure) => {
      if (failure !== undefined) checkFailure(failure);
      standingFailure = failure;
    },
    limitRate: (limit) => {
      if (limit !== undefined && !(limit.requests >= 0 && limit.seconds > 0)) {
        throw new TypeError('A limit has `requests`, from 0, and `seconds`, more than 0.');
      }
      rate.limit(limit);
    },
    reset() {
      calls.length = nextFailures.length = 0;
      underWay.clear();
      standingFailure = undefined;
      keys.clear();
      rate.limit();
      users.reset();
      definition.reset();
    },
  };
}

const failureFields = ['status', 'body', 'headers', 'retryAfter', 'delay', 'fault'];
const faults = ['drop_connection', 'stall', 'stall_body', 'malformed_body'];

/** A misspelt failure would be none, and its test would prove nothing. */
function checkFailure(failure: FakeFailure, times = 1): void {
  if (typeof failure !== 'object' || (failure as unknown) === null) {
    throw new TypeError('A failure is an object, such as { status: 500 }.');
  }
  if (!(Number.isInteger(times) && times > 0)) throw new TypeError('`times` must be a whole number from 1.');
  const unknown = Object.keys(failure).find((name) => !failureFields.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(`A failure may have ${failureFields.join(', ')}, and no '${unknown}'.`);
  }
  const { status, fault } = failure;
  if (fault !== undefined && !faults.includes(fault)) throw new TypeError(`\`fault\` may be ${faults.join(', ')}.`);
  if (status !== undefined && !(Number.isInteger(status) && status >= 200 && status <= 599)) {
    throw new TypeError('`status` must be from 200 to 599.');
  }
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function readKey(headers: Headers, { keyHeader: { name, scheme = '' } }: FakeDefinition): string | undefined {
  const value = headers.get(name);
  return value?.startsWith(scheme) === true ? value.slice(scheme.length) : undefined;
}

function logCall(
  method: string,
  path: string,
  headers: Headers,
  text: string,
  key: string | undefined,
): { -readonly [Field in keyof FakeCall]: FakeCall[Field] } {
  const clean = (value: string) => (key === undefined || key === '' ? value : value.replaceAll(key, '[redacted]'));
  // A key in the wrong header, or behind another scheme, is one all the same.
  const cleanHeader = (name: string, value: string) =>
    /authorization|api-?key/.test(name) && clean(value) === value ? '[redacted]' : clean(value);
  const cleanText = clean(text);
  return {
    method,
    path: clean(path),
    headers: Object.fromEntries([...headers].map(([name, value]) => [name, cleanHeader(name, value)])),
    body: text === '' ? undefined : (parseJson(cleanText) ?? cleanText),
    status: undefined,
  };
}
