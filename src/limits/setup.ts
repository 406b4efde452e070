import { type CallContext, checkOptionNames, invalidOption, ownProperties } from '../client/options.js';
import { checkLimitNumbers } from '../client/rate-limit.js';
import type { RateLimit, RateLimiter } from '../issuer/rate-limit.js';
import { createGate, type Gate } from './gate.js';
import { Window } from './window.js';

/**
 * The gates of default limits: one for each host, because the provider counts all clients together. `'open'` if a fake has
 * answered there: default limits do not apply. The host that was used last is last.
 */
const gates = new Map<string, Gate | 'open'>();
/** A process that makes clients for ever new hosts forgets the oldest. Their clients keep their gates. */
const maxHosts = 1_000;

function remember(host: string, gate: Gate | 'open'): void {
  gates.delete(host);
  gates.set(host, gate);
  const [oldest = ''] = gates.keys();
  if (gates.size > maxHosts) gates.delete(oldest);
}

/** Makes the gate of a client, or finds the one that it shares with others. */
export function gateFor(
  context: CallContext,
  option: RateLimit | RateLimiter | false | undefined,
  known: { readonly limit: RateLimit | undefined; readonly host: string },
): Gate {
  if (option !== undefined && option !== false) {
    return createGate(isLimiter(option) ? option : new Window(checkLimit(context, option, '`rateLimit`')));
  }
  const { limit, host } = known;
  const shared = gates.get(host);
  if (option === false || limit === undefined || shared === 'open') return createGate(undefined);
  const open = () => {
    remember(host, 'open');
  };
  const gate = shared ?? createGate(new Window(limit), open);
  remember(host, gate);
  return gate;
}

/**
 * Makes a limiter that several clients of one process share: pass it as the option `rateLimit` of each.
 *
 * @throws `ConfigurationError` (`invalid_option`) if the limit is wrong.
 */
export function createRateLimiter(limit: RateLimit): RateLimiter {
  const context: CallContext = { provider: undefined, label: 'createRateLimiter', operation: 'createClient' };
  const window = new Window(checkLimit(context, limit, undefined));
  return { take: (request) => window.take(request) };
}

const form = 'an object such as `{ requests: 100, perSeconds: 10 }`';
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

const isLimiter = (value: RateLimit | RateLimiter): value is RateLimiter =>
  isObject(value) && typeof (value as Partial<RateLimiter>).take === 'function';

/** @param option - The name of the option that holds the limit, in a message; `undefined` if the limit is the argument itself. */
function checkLimit(context: CallContext, limit: RateLimit, option: string | undefined): RateLimit {
  if (!isObject(limit)) {
    const others = option === undefined ? '' : ', a limiter that has `take`, or `false`';
    throw invalidOption(context, `${option ?? 'the limit'} must be ${form}${others}.`);
  }
  checkOptionNames(context, limit, ['requests', 'perSeconds', 'penaltySeconds'], option);
  return checkLimitNumbers(context, ownProperties(limit), option);
}
