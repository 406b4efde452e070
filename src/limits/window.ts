import type {
  RateLimit,
  RateLimitAnswer,
  RateLimiter,
  RateLimitRequest,
  RateLimitResult,
} from '../issuer/rate-limit.js';

/** A window of requests in the memory of this process. */
export interface Window extends RateLimiter {
  /** @param isForced - The request is sent in any case: it only has to be counted. */
  take(request: RateLimitRequest, isForced?: boolean): RateLimitAnswer;
}

interface Place {
  readonly isSingle: boolean;
  /** While the request is under way, when it is over at the latest; then, when the place is free again. */
  until: number;
}

/** How many of all places bulk leaves free beyond those that single calls are expected to take. */
const spareShare = 0.02;
/** How long single calls are watched at least, in milliseconds, before what they take is taken for their pace. */
const firstMoment = 500;

/**
 * A place is free again one window after the answer, not after the departure: the provider counts a request somewhere
 * between the two, so that no window of its own can hold more than the limit.
 */
export function createWindow({ requests, perSeconds, penaltySeconds = 0 }: RateLimit): Window {
  const length = perSeconds * 1000;
  const underWay = new Set<Place>();
  /** The places of ended requests, the first to be free first. */
  let ended: Place[] = [];
  let taken = 0;
  let takenBySingles = 0;
  /** When single calls began to take places, after a window without any. */
  let singlesSince = 0;
  let penaltyEnd = 0;
  let lastTime = 0;

  function free(place: Place): void {
    taken -= 1;
    if (place.isSingle) takenBySingles -= 1;
  }

  function settle(place: Place, now: number): void {
    if (!underWay.delete(place)) return;
    place.until = now + length;
    ended.push(place);
  }

  function update(now: number): void {
    if (now < lastTime) {
      // A clock that goes back is one of a test. What another test has left says nothing to this one.
      underWay.clear();
      ended = [];
      taken = takenBySingles = penaltyEnd = 0;
    }
    lastTime = now;
    let count = 0;
    while (ended[count] !== undefined && (ended[count]?.until ?? 0) <= now) count += 1;
    for (const place of ended.splice(0, count)) free(place);
    if (taken < requests) return;
    for (const place of underWay) if (place.until <= now) settle(place, now);
  }

  /** How many places bulk leaves to single calls: as many as they take in one window, and a few more. */
  function reserve(now: number): number {
    if (takenBySingles === 0) return 0;
    // In the first window they have not taken all that they will.
    const expected = (takenBySingles * length) / Math.min(length, Math.max(firstMoment, now - singlesSince));
    return Math.min(requests - 1, Math.ceil(Math.max(takenBySingles, expected) + spareShare * requests));
  }

  /** How many places are missing, from 0 for one. */
  function missing(isSingle: boolean, now: number): number {
    const all = taken - requests;
    return isSingle ? all : Math.max(all, taken - takenBySingles + reserve(now) - requests);
  }

  return {
    take({ priority, leaseMilliseconds }, isForced = false) {
      const now = performance.now();
      update(now);
      const isSingle = priority === 'single';
      if (!isForced) {
        if (now < penaltyEnd) return { granted: false, retryInMilliseconds: penaltyEnd - now };
        const excess = missing(isSingle, now);
        // Requests under way are answered at some time from now on, and their places are free a window later.
        if (excess >= 0) return { granted: false, retryInMilliseconds: (ended[excess]?.until ?? now + length) - now };
      }
      const place: Place = { isSingle, until: now + leaseMilliseconds };
      underWay.add(place);
      taken += 1;
      if (isSingle) {
        if (takenBySingles === 0) singlesSince = now;
        takenBySingles += 1;
      }
      return {
        granted: true,
        end(result: RateLimitResult, retryAfterSeconds) {
          if (!underWay.has(place)) return;
          const time = performance.now();
          settle(place, time);
          // What the provider refused is not in its count.
          if (result === 'unsent' || result === 'refused') {
            ended.pop();
            free(place);
          }
          if (result === 'refused')
            penaltyEnd = Math.max(penaltyEnd, time + (retryAfterSeconds ?? penaltySeconds) * 1000);
        },
      };
    },
  };
}
