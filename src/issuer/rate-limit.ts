/** What a provider allows: so many requests in so many seconds. */
export interface RateLimit {
  /** The most requests that it answers in any span of that length. */
  readonly requests: number;
  /** The length of the span, in seconds. */
  readonly perSeconds: number;
  /**
   * For how many seconds the provider refuses everything after a request too many, if its 429 does not say so itself.
   * @default 0
   */
  readonly penaltySeconds?: number | undefined;
}

/** How an attempt ended: with any answer but a 429, with a 429, without an answer, or before it was sent. */
export type RateLimitResult = 'answered' | 'refused' | 'unanswered' | 'unsent';

/** Whether an attempt may be sent now. */
export type RateLimitAnswer =
  | {
      /** There is no place yet. */
      readonly granted: false;
      /** When to ask again. */
      readonly retryInMilliseconds: number;
    }
  | {
      /** It may be sent, and has to be ended. */
      readonly granted: true;
      /**
       * Called once, when the attempt has ended. What it returns or throws is ignored.
       *
       * @param retryAfterSeconds - The provider's `Retry-After`, if it sent one.
       */
      end(result: RateLimitResult, retryAfterSeconds?: number): unknown;
    };

/**
 * A window of requests: one that several clients share, or one of your own, such as for a fleet of processes. It never
 * waits: who is not granted a place waits in the client, and asks again.
 */
export interface RateLimiter {
  /** Called before every attempt. An answer that takes more than 5 seconds counts as a failure of the limiter. */
  take(request: RateLimitRequest): RateLimitAnswer | Promise<RateLimitAnswer>;
}

/** Who asks for a place. */
export interface RateLimitRequest {
  /** Whose limit it is. */
  readonly provider: string;
  /** Single calls come first: a limiter should keep some places from bulk calls while there are any. */
  readonly priority: 'single' | 'bulk';
  /** After so long without `end`, the attempt is over: its process has died. */
  readonly leaseMilliseconds: number;
}
