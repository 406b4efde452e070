import type {
  RateLimit,
  RateLimitAnswer,
  RateLimiter,
  RateLimitRequest,
  RateLimitResult,
} from '../issuer/rate-limit.js';
import { Queue } from './queue.js';

type Granted = Extract<RateLimitAnswer, { granted: true }>;

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
 * A window of requests in the memory of this process. A place is free again one window after the answer, not after the
 * departure: the provider counts a request somewhere between the two, so that no window of its own can hold more than the limit.
 */
export class Window implements RateLimiter {
  readonly #requests: number;
  readonly #length: number;
  readonly #penaltySeconds: number;
  readonly #inFlight = new Set<Place>();
  /** The places of ended requests, the first to be free first. */
  #ended = new Queue<Place>();
  /** When the last of them is free. */
  #lastFree = 0;
  #taken = 0;
  /** How many of the taken places are those of single calls, and when that number last rose from 0. */
  #singles = 0;
  #singlesSince = 0;
  #penaltyEnd = 0;
  #lastTime = 0;

  constructor({ requests, perSeconds, penaltySeconds = 0 }: RateLimit) {
    this.#requests = requests;
    this.#length = perSeconds * 1000;
    this.#penaltySeconds = penaltySeconds;
  }

  take(request: RateLimitRequest): RateLimitAnswer {
    const now = this.#update();
    if (now < this.#penaltyEnd) return { granted: false, retryInMilliseconds: this.#penaltyEnd - now };
    const reserve = request.priority === 'single' ? 0 : this.#reserve(now);
    // The index of the place that must become free first, among those of ended requests; below 0 if there is room.
    const excess = this.#taken - this.#requests + reserve;
    if (excess < 0) return this.#add(request, now);
    // The place of a request in flight is free one window from now at the earliest.
    return { granted: false, retryInMilliseconds: (this.#ended.at(excess)?.until ?? now + this.#length) - now };
  }

  /** Counts a request that is sent in any case. */
  count(request: RateLimitRequest): Granted {
    const place = this.#add(request, this.#update());
    // If more are taken than there are, the one that is free first decides nothing: it need not be remembered.
    if (this.#taken > this.#requests) this.#free(this.#ended.shift());
    return place;
  }

  #update(): number {
    const now = performance.now();
    if (now < this.#lastTime) {
      // Only the clock of a test goes back. What another test left behind is dropped.
      this.#inFlight.clear();
      this.#ended = new Queue();
      this.#lastFree = this.#taken = this.#singles = this.#penaltyEnd = 0;
    }
    this.#lastTime = now;
    this.#expire(now);
    while ((this.#ended.at(0)?.until ?? Infinity) <= now) this.#free(this.#ended.shift());
    return now;
  }

  /** Ends the requests whose end was never told. A lease that is longer than those after it holds them back until its end. */
  #expire(now: number): void {
    for (const place of this.#inFlight) {
      if (place.until > now) break;
      this.#settle(place, place.until);
    }
  }

  #add({ priority, leaseMilliseconds }: RateLimitRequest, now: number): Granted {
    const place: Place = { isSingle: priority === 'single', until: now + leaseMilliseconds };
    this.#inFlight.add(place);
    this.#taken += 1;
    if (this.#singles === 0) this.#singlesSince = now;
    if (place.isSingle) this.#singles += 1;
    return {
      granted: true,
      end: (result, retryAfterSeconds) => {
        this.#end(place, result, retryAfterSeconds);
      },
    };
  }

  #end(place: Place, result: RateLimitResult, retryAfterSeconds = this.#penaltySeconds): void {
    if (!this.#inFlight.delete(place)) return;
    const now = performance.now();
    // First, because it may have ended before this one.
    this.#expire(now);
    if (result === 'answered' || result === 'unanswered') this.#settle(place, now);
    // The provider does not count what it refused.
    else this.#free(place);
    if (result === 'refused') this.#penaltyEnd = Math.max(this.#penaltyEnd, now + retryAfterSeconds * 1000);
  }

  #settle(place: Place, end: number): void {
    this.#inFlight.delete(place);
    // Not before the one that ended last: a lease that was held back would be out of order.
    this.#lastFree = place.until = Math.max(this.#lastFree, end + this.#length);
    this.#ended.push(place);
  }

  #free(place: Place | undefined): void {
    if (place !== undefined) this.#taken -= 1;
    if (place?.isSingle === true) this.#singles -= 1;
  }

  /** How many free places bulk leaves to single calls: with those they have, as many as they take in one window, and a few more. */
  #reserve(now: number): number {
    if (this.#singles === 0) return 0;
    // During their first window, estimate the rest of it from their pace so far.
    const watched = Math.max(shortestWatchMilliseconds, now - this.#singlesSince);
    const expected = (this.#singles * this.#length) / Math.min(this.#length, watched);
    const kept = Math.min(this.#requests - 1, Math.ceil(expected + spareShare * this.#requests));
    return Math.max(0, kept - this.#singles);
  }
}
