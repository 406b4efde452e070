import type { RateLimitAnswer, RateLimiter, RateLimitRequest } from '../issuer/rate-limit.js';
import { isThenable, startDeadline } from '../time.js';

/** How long a limiter may take to answer, in milliseconds. */
const longestAnswer = 5_000;

type Place = Extract<RateLimitAnswer, { granted: true }>;

/** The limiter that was handed in threw, hung, or answered nonsense. */
export class LimiterFailure extends Error {}

/** Asks a limiter that may be anybody's; throws a {@link LimiterFailure}, or the reason of the signal. */
export function askLimiter(
  limiter: RateLimiter,
  request: RateLimitRequest,
  signal: AbortSignal | undefined,
): RateLimitAnswer | Promise<RateLimitAnswer> {
  let answer: unknown;
  try {
    answer = limiter.take(request);
  } catch (cause) {
    throw new LimiterFailure('it threw', { cause });
  }
  return isThenable(answer) ? inTime(answer, signal) : check(answer);
}

async function inTime(pending: PromiseLike<unknown>, signal: AbortSignal | undefined): Promise<RateLimitAnswer> {
  const deadline = startDeadline(longestAnswer, signal);
  try {
    return check(await deadline.race(pending));
  } catch (cause) {
    // Nobody waits for a place that is granted later.
    pending.then(
      (late) => {
        if (isPlace(late)) endPlace(late, 'unsent');
      },
      () => undefined,
    );
    if (cause instanceof LimiterFailure) throw cause;
    if (deadline.isExpired()) throw new LimiterFailure(`it did not answer within ${String(longestAnswer / 1000)} s`);
    if (deadline.signal.aborted) throw cause;
    throw new LimiterFailure('it rejected', { cause });
  } finally {
    deadline.stop();
  }
}

/** Tells a limiter how an attempt ended. A token that was issued is not lost because a limiter throws. */
export function endPlace(place: Place, ...[result, retryAfterSeconds]: Parameters<Place['end']>): void {
  try {
    const done = place.end(result, retryAfterSeconds);
    if (isThenable(done)) done.then(undefined, () => undefined);
  } catch {
    // The attempt has ended: there is nobody to tell.
  }
}

function check(answer: unknown): RateLimitAnswer {
  if (isPlace(answer)) return answer;
  const { granted, retryInMilliseconds } = (answer ?? {}) as Record<string, unknown>;
  if (granted === false && typeof retryInMilliseconds === 'number' && retryInMilliseconds >= 0)
    return { granted, retryInMilliseconds };
  throw new LimiterFailure('its answer is neither a place nor a time to come back');
}

function isPlace(answer: unknown): answer is Place {
  const { granted, end } = (answer ?? {}) as Record<string, unknown>;
  return granted === true && typeof end === 'function';
}
