import type { RateLimit } from '../issuer/rate-limit.js';
import { type CallContext, invalidOption } from './options.js';

/** A rate limit without gaps. */
export interface CheckedRateLimit extends RateLimit {
  readonly penaltySeconds: number;
}

/**
 * Checks the numbers of a rate limit.
 *
 * @param option - The name of the option that holds the limit, in a message.
 */
export function checkLimitNumbers(context: CallContext, limit: RateLimit, option?: string): CheckedRateLimit {
  const { requests, perSeconds, penaltySeconds = 0 } = limit;
  const of = option === undefined ? '' : ` of ${option}`;
  const check = (name: keyof RateLimit, isRight: boolean, words: string): void => {
    if (!isRight) throw invalidOption(context, `\`${name}\`${of} must be ${words}.`);
  };
  check('requests', Number.isInteger(requests) && requests >= 1, 'a whole number of requests, 1 or more');
  check('perSeconds', Number.isFinite(perSeconds) && perSeconds > 0, 'a number of seconds above 0');
  check('penaltySeconds', Number.isFinite(penaltySeconds) && penaltySeconds >= 0, 'a number of seconds, 0 or more');
  return { requests, perSeconds, penaltySeconds };
}
