import type { CallContext } from '../client/options.js';
import { LimiterError } from '../errors.js';
import { copyCause } from '../secrets/cause.js';
import type { LimiterFailure } from './ask.js';

export function limiterFailed({ provider, operation, keyring }: CallContext, failure: LimiterFailure): LimiterError {
  const message =
    `The limiter in \`rateLimit\` failed: ${failure.message}. Nothing was sent. ` +
    'See `cause`. Try again later, or fix the limiter.';
  const cause = copyCause(failure.cause ?? failure, (text) => keyring?.redact(text) ?? text);
  return new LimiterError({ code: 'limiter_failed', provider, operation, retryable: true, message, cause });
}

export function limitReached({ provider, label, operation }: CallContext, waitMilliseconds: number): LimiterError {
  const retryAfter = Math.max(1, Math.ceil(waitMilliseconds / 1000));
  const message =
    `The rate limit for ${label} left no room within the time of the call. Nothing was sent. ` +
    `Try again in ${String(retryAfter)} s, or allow a longer \`timeout\`.`;
  return new LimiterError({ code: 'limit_reached', provider, operation, retryable: true, message, retryAfter });
}
