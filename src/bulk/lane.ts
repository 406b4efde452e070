import { LimiterError } from '../errors.js';
import type { AttemptEnd, BulkPart } from '../http/request.js';
import { nextId } from '../http/watch.js';
import { backoff, sleep, untilWoken } from '../time.js';
import type { RunOptions } from './options.js';

/** Upper bound on deferred requests: those that were refused and wait, while others are sent. */
const maxDeferred = 1_000;
/** The longest extra wait of a request that is refused while others are answered, in milliseconds. */
const longestOwnWait = 120_000;

/** A request that waits for a place, and how often it was refused. */
interface Waiting {
  readonly refusals: number;
  readonly wake: () => void;
}

/** Controls the requests of one bulk call: how many are in flight, which are deferred, and when the call gives up. */
export class Lane {
  readonly bulkId = nextId();
  readonly #options: RunOptions<object>;
  readonly #halt: AbortSignal;
  readonly #onRoom: () => void;
  readonly #silence: Silence;
  /** The number of unfinished requests. */
  open = 0;
  /** The number of requests that have a place. Only these may be in flight. */
  #taken = 0;
  /** The number of requests that are deferred. */
  #deferred = 0;
  /** The requests that wait for a place, in the order of arrival. */
  readonly #line = new Set<Waiting>();

  /**
   * @param halt - Ends all waiting.
   * @param onRoom - Called when another request may begin.
   */
  constructor(options: RunOptions<object>, halt: AbortSignal, onRoom: () => void) {
    this.#options = options;
    this.#halt = halt;
    this.#onRoom = onRoom;
    this.#silence = new Silence(options.giveUpAfter);
  }

  /** Whether another request may begin. */
  get hasRoom(): boolean {
    // While refusals go on, have one new request ready: another user may succeed although the deferred ones do not.
    const isForeseen = this.#isRefusing && this.open - this.#taken - this.#deferred < 1;
    return (this.#taken < this.#options.concurrency || isForeseen) && this.#deferred < maxDeferred;
  }

  /** Whether `giveUpAfter` has passed without a useful answer. */
  get isSpent(): boolean {
    return this.#silence.isSpent;
  }

  /** Begins a request. Returns the part of this bulk call in it, and a function to call at its end. */
  begin(): { readonly bulk: BulkPart; readonly finish: () => void } {
    if (this.open === 0) this.#silence.resume();
    this.open += 1;
    let hasPlace = this.#takeFreePlace();
    let refusals = 0;
    let notBefore = 0;

    const turn: BulkPart['turn'] = async (take) => {
      if (!hasPlace) {
        if (refusals > 0) await sleep(notBefore - performance.now(), this.#halt);
        await this.#takePlace(refusals);
        hasPlace = true;
        if (refusals > 0) this.#deferred -= 1;
      }
      for (;;) {
        try {
          return await take();
        } catch (error) {
          if (!(error instanceof LimiterError)) throw error;
          // `limit_reached`: a pause that began before this call is longer than `giveUpAfter`.
          const pause = (error.retryAfter ?? 0) * 1000;
          this.#silence.note('unavailable', performance.now(), pause);
          // A limiter that fails is tried again, until the call gives up.
          if (this.isSpent) throw error;
        }
      }
    };

    const waitOut: BulkPart['waitOut'] = ({ result, startedAt, pause, mayRepeat }) => {
      this.#silence.note(result, startedAt, pause);
      if (!mayRepeat || this.isSpent || (result !== 'refused' && result !== 'unavailable')) return undefined;
      refusals += 1;
      this.#silence.refusals += 1;
      // A request that is refused while others are answered backs off more each time, so that it does not hold them up.
      const own = refusals - this.#silence.refusals;
      const wait = pause + (own > 0 ? backoff(own, longestOwnWait, pause) : 0);
      notBefore = performance.now() + wait;
      hasPlace = false;
      this.#deferred += 1;
      this.#releasePlace();
      this.#onRoom();
      return wait;
    };

    const finish = (): void => {
      this.open -= 1;
      if (this.open === 0) this.#silence.suspend();
      if (hasPlace) this.#releasePlace();
      else if (refusals > 0) this.#deferred -= 1;
      this.#onRoom();
    };
    const { bulkId } = this;
    return { bulk: { bulkId, giveUpAfter: this.#options.giveUpAfter, halt: this.#halt, turn, waitOut }, finish };
  }

  get #isRefusing(): boolean {
    return this.#silence.refusals > 1;
  }

  #takeFreePlace(): boolean {
    if (this.#taken >= this.#options.concurrency) return false;
    this.#taken += 1;
    return true;
  }

  async #takePlace(refusals: number): Promise<void> {
    if (this.#takeFreePlace()) return;
    await untilWoken((wake) => {
      const waiting = { refusals, wake };
      this.#line.add(waiting);
      return () => this.#line.delete(waiting);
    }, this.#halt);
  }

  /** Gives a place back, or hands it on. */
  #releasePlace(): void {
    let next: Waiting | undefined;
    for (const waiting of this.#line) {
      if (next === undefined || waiting.refusals < next.refusals) next = waiting;
      // While the provider keeps refusing, the request with the fewest refusals is next, else the first.
      if (!this.#isRefusing) break;
    }
    if (next === undefined) this.#taken -= 1;
    // Whoever is woken leaves the line.
    else next.wake();
  }
}

/** Measures how long there has been no useful answer. Time without open requests does not count. */
class Silence {
  readonly #giveUpAfter: number;
  /** The number of refusals since the last useful answer. */
  refusals = 0;
  /** Whether `giveUpAfter` has passed without a useful answer. */
  isSpent = false;
  #since: number | undefined;
  #idleSince = 0;

  constructor(giveUpAfter: number) {
    this.#giveUpAfter = giveUpAfter;
  }

  note(result: AttemptEnd['result'], startedAt: number, pause: number): void {
    if (result === 'unsent') return;
    if (result === 'answered') {
      this.#since = undefined;
      this.refusals = 0;
      this.isSpent = false;
      return;
    }
    this.#since ??= startedAt;
    this.isSpent ||= performance.now() + pause - this.#since > this.#giveUpAfter;
  }

  suspend(): void {
    this.#idleSince = performance.now();
  }

  resume(): void {
    if (this.#since !== undefined) this.#since += performance.now() - this.#idleSince;
  }
}
