import type { FakeFailure, FakeRateLimit } from './contract.js';
import type { FakeDefinition } from './definition.js';

const failureFields = ['status', 'body', 'headers', 'retryAfter', 'delay', 'fault'];
const faults = ['drop_connection', 'stall', 'stall_body', 'malformed_body'];
/** A longer timer would fire at once. */
const maxDelayMilliseconds = 2 ** 31 - 1;

/** Refuses unknown and wrong fields: a misspelt failure would be ignored, and its test would prove nothing. */
export function checkFailure(failure: FakeFailure, times = 1): void {
  checkObject(failure, 'A failure must be an object, such as { status: 500 }.');
  if (!(Number.isInteger(times) && times > 0)) throw new TypeError('`times` must be a whole number, 1 or more.');
  checkFields(failure, failureFields, 'A failure');
  const { status, fault, delay, retryAfter, headers } = failure;
  if (fault !== undefined && !faults.includes(fault))
    throw new TypeError(`\`fault\` must be one of ${faults.join(', ')}.`);
  if (status !== undefined && !(Number.isInteger(status) && status >= 200 && status <= 599)) {
    throw new TypeError('`status` must be a whole number from 200 to 599.');
  }
  if (delay !== undefined && !(isNonNegative(delay) && delay <= maxDelayMilliseconds)) {
    throw new TypeError(`\`delay\` must be a number of milliseconds, from 0 to ${String(maxDelayMilliseconds)}.`);
  }
  if (retryAfter !== undefined && typeof retryAfter !== 'string' && !isNonNegative(retryAfter)) {
    throw new TypeError('`retryAfter` must be a number of seconds, 0 or more, or the text of the header.');
  }
  if (headers !== undefined) checkObject(headers, '`headers` must be an object, such as { "x-name": "value" }.');
  checkHeaders({ ...headers, ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }) });
}

/** A checked limit; `seconds` has become `perSeconds`, and a missing penalty is the provider's. */
export interface CheckedRateLimit {
  readonly requests: number;
  readonly perSeconds: number;
  /** `undefined` until the window ends. */
  readonly penaltySeconds: number | undefined;
}

/** @param rate - The provider's own penalties. */
export function checkRateLimit(limit: FakeRateLimit, rate: FakeDefinition<never>['rate']): CheckedRateLimit {
  checkObject(limit, 'A limit must be an object, such as { requests: 250, perSeconds: 10 }.');
  const scopes = rate.routePenaltySeconds === undefined ? [] : ['scope'];
  checkFields(limit, ['requests', 'perSeconds', 'penaltySeconds', 'seconds', ...scopes], 'A limit');
  const { requests, seconds, perSeconds = seconds, scope } = limit;
  const { penaltySeconds = scope === 'route' ? rate.routePenaltySeconds : rate.penaltySeconds } = limit;
  if (!isNonNegative(requests)) throw new TypeError('`requests` of a limit must be a number, 0 or more.');
  if (!isNonNegative(perSeconds) || perSeconds === 0)
    throw new TypeError('`perSeconds` of a limit must be a number above 0.');
  if (penaltySeconds !== undefined && !isNonNegative(penaltySeconds)) {
    throw new TypeError('`penaltySeconds` of a limit must be a number, 0 or more.');
  }
  if (scope !== undefined && !['address', 'route'].includes(scope)) {
    throw new TypeError("`scope` of a limit must be 'address' or 'route'.");
  }
  return { requests, perSeconds, penaltySeconds };
}

function checkObject(value: object, message: string): void {
  if (typeof value !== 'object' || (value as unknown) === null || Array.isArray(value)) throw new TypeError(message);
}

function checkFields(value: object, known: readonly string[], what: string): void {
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new TypeError(`${what} has the unknown field '${unknown}'. Known fields: ${known.join(', ')}.`);
}

function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    const wrong = new TypeError(`\`headers\` has an invalid header: '${name}'.`);
    if (!['string', 'number'].includes(typeof value)) throw wrong;
    try {
      new Headers([[name, value]]);
    } catch {
      throw wrong;
    }
  }
}

function isNonNegative(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < Infinity;
}
