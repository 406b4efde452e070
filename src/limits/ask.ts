import type { RateLimitAnswer, RateLimiter, RateLimitRequest, RateLimitResult } from '../issuer/rate-limit.js';
import { Deadline, ignoreFailure, isThenable } from '../time.js';

/** How long a limiter may take to answer at most, in milliseconds. */
const longestAnswer = 5_000;

type Place = Extract<RateLimitAnswer, { granted: true }>;

/** The user's limiter threw, hung, or returned an invalid answer. The message is a part of a sentence. */
export class LimiterFailure extends Error {}

/** What ends the wait for an answer before `longestAnswer`. */
interface Asker {
  readonly signal: AbortSignal | undefined;
  /** The end of the asker's time, by `performance.now()`. */
  readonly end: number;
}

/** Asks a limiter, which may be the user's own. Throws a {@link LimiterFailure}, or the reason of the signal. */
export function askLimiter(
  limiter: RateLimiter,
  request: RateLimitRequest,
  asker: Asker,
): RateLimitAnswer | Promise<RateLimitAnswer> {
  try {
    const answer: unknown = limiter.take(request);
    // A promise of ours: a thenable may throw in `then`, or begin anew at each call of it.
    return isThenable(answer) ? inTime(Promise.resolve(answer), asker) : check(answer);
  } catch (cause) {
    throw cause instanceof LimiterFailure ? cause : new LimiterFailure('it threw an error', { cause });
  }
}

async function inTime(pending: Promise<unknown>, { signal, end }: Asker): Promise<RateLimitAnswer> {
  const milliseconds = Math.min(longestAnswer, Math.max(1, end - performance.now()));
  const deadline = new Deadline(milliseconds, signal);
  try {
    return check(await deadline.race(pending));
  } catch (cause) {
    // Give back a place that is granted too late.
    ignoreFailure(() =>
      pending.then((late) => {
        if (isPlace(late)) endPlace(late, 'unsent');
      }),
    );
    if (cause instanceof LimiterFailure) throw cause;
    if (deadline.isExpired) throw new LimiterFailure(`it did not answer within ${describe(milliseconds)}`);
    if (deadline.signal.aborted) throw cause;
    throw new LimiterFailure('its promise was rejected', { cause });
  } finally {
    deadline.stop();
  }
}

const describe = (milliseconds: number) =>
  milliseconds < longestAnswer
    ? `${String(Math.round(milliseconds))} ms, the time that the call had left`
    : `${String(longestAnswer / 1000)} s`;

/** Tells a limiter how an attempt ended. Ignores its errors: an issued token must not be lost because of them. */
export function endPlace(place: Place, result: RateLimitResult, retryAfterSeconds?: number): void {
  ignoreFailure(() => place.end(result, retryAfterSeconds));
}

function check(answer: unknown): RateLimitAnswer {
  if (isPlace(answer)) return answer;
  const { granted, retryInMilliseconds } = (answer ?? {}) as Record<string, unknown>;
  if (granted === false && isDuration(retryInMilliseconds)) return { granted, retryInMilliseconds };
  throw new LimiterFailure(
    'its answer is neither `{ granted: true, end }` nor `{ granted: false, retryInMilliseconds }`',
  );
}

const isDuration = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value < Infinity;

function isPlace(answer: unknown): answer is Place {
  const { granted, end } = (answer ?? {}) as Record<string, unknown>;
  return granted === true && typeof end === 'function';
}
