import type { RateLimit, RateLimitAnswer, RateLimiter, RateLimitRequest } from '../issuer/rate-limit.js';
import { Queue } from './queue.js';

type Granted = Extract<RateLimitAnswer, { granted: true }>;

/** A window of requests in the memory of this process. */
export interface Window extends RateLimiter {
  take(request: RateLimitRequest): RateLimitAnswer;
  /** Counts a request that is sent in any case. */
  count(request: RateLimitRequest): Granted;
}

interface Place {
  readonly isSingle: boolean;
  /** While the request is in flight: its latest possible end. After that: when the place is free again. */
  until: number;
}

/** The share of all places that bulk leaves free beyond those that single calls are expected to take. */
const spareShare = 0.02;
/** Single calls are watched for at least so many milliseconds before their pace is estimated. */
const shortestWatchMilliseconds = 500;

/**
 * A place is free again one window after the answer, not after the departure: the provider counts a request somewhere
 * between the two, so that no window of its own can hold more than the limit.
 */
export function createWindow({ requests, perSeconds, penaltySeconds = 0 }: RateLimit): Window {
  const length = perSeconds * 1000;
  const inFlight = new Set<Place>();
  /** The places of ended requests, the first to be free first. */
  let ended = new Queue<Place>();
  let taken = 0;
  /** How many of the taken places are those of single calls, and when that number last rose from 0. */
  let singles = 0;
  let singlesSince = 0;
  let penaltyEnd = 0;
  let lastTime = 0;

  function free(place: Place | undefined): void {
    if (place !== undefined) taken -= 1;
    if (place?.isSingle === true) singles -= 1;
  }

  function settle(place: Place, now: number): void {
    inFlight.delete(place);
    place.until = now + length;
    ended.push(place);
  }

  function update(): number {
    const now = performance.now();
    if (now < lastTime) {
      // Only the clock of a test goes back. What another test left behind is dropped.
      inFlight.clear();
      ended = new Queue();
      taken = singles = penaltyEnd = 0;
    }
    lastTime = now;
    while ((ended.at(0)?.until ?? Infinity) <= now) free(ended.shift());
    return now;
  }

  function add({ priority, leaseMilliseconds }: RateLimitRequest, now: number): Granted {
    const place: Place = { isSingle: priority === 'single', until: now + leaseMilliseconds };
    inFlight.add(place);
    taken += 1;
    if (singles === 0) singlesSince = now;
    if (place.isSingle) singles += 1;
    return {
      granted: true,
      end(result, retryAfterSeconds) {
        if (!inFlight.delete(place)) return;
        const at = performance.now();
        if (result === 'answered' || result === 'unanswered') settle(place, at);
        // The provider does not count what it refused.
        else free(place);
        if (result === 'refused') penaltyEnd = Math.max(penaltyEnd, at + (retryAfterSeconds ?? penaltySeconds) * 1000);
      },
    };
  }

  return {
    take(request) {
      const now = update();
      if (taken >= requests) for (const place of inFlight) if (place.until <= now) settle(place, now);
      if (now < penaltyEnd) return { granted: false, retryInMilliseconds: penaltyEnd - now };
      const reserve = request.priority === 'single' ? 0 : reserveOf(singles, now - singlesSince, requests, length);
      // The index of the place that must become free first, among those of ended requests; below 0 if there is room.
      const excess = taken - requests + reserve;
      if (excess < 0) return add(request, now);
      // The place of a request in flight is free one window from now at the earliest.
      return { granted: false, retryInMilliseconds: (ended.at(excess)?.until ?? now + length) - now };
    },
    count(request) {
      const now = update();
      const place = add(request, now);
      if (taken <= requests) return place;
      for (const each of inFlight)
        if (each.until <= now) settle(each, now);
        else break;
      // If more are taken than there are, the one that is free first decides nothing: it need not be remembered.
      free(ended.shift());
      return place;
    },
  };
}

/**
 * How many free places bulk leaves to single calls: with those they have, as many as they take in one window, and a few more.
 *
 * @param watchedMilliseconds - For how long single calls have taken places.
 */
function reserveOf(singles: number, watchedMilliseconds: number, requests: number, length: number): number {
  if (singles === 0) return 0;
  // During their first window, estimate the rest of it from their pace so far.
  const expected = (singles * length) / Math.min(length, Math.max(shortestWatchMilliseconds, watchedMilliseconds));
  return Math.max(0, Math.min(requests - 1, Math.ceil(expected + spareShare * requests)) - singles);
}
