/** A provider's rate limit, as a sliding window: at most `requests` requests in any `perSeconds` seconds. */
export interface RateLimit {
  /** The maximum number of requests in any window of that length. */
  readonly requests: number;
  /** The length of the window, in seconds. */
  readonly perSeconds: number;
  /**
   * For how many seconds the provider refuses all requests after one too many, if its 429 has no `Retry-After`.
   * @default 0
   */
  readonly penaltySeconds?: number | undefined;
}

/** How an attempt ended: with an answer other than a 429, with a 429, without an answer, or before it was sent. */
export type RateLimitResult = 'answered' | 'refused' | 'unanswered' | 'unsent';

/** Whether an attempt may be sent now. */
export type RateLimitAnswer =
  | {
      /** There is no place in the window yet. */
      readonly granted: false;
      /** After how many milliseconds to ask again. */
      readonly retryInMilliseconds: number;
    }
  | {
      /** The attempt may be sent. */
      readonly granted: true;
      /**
       * Called once, when the attempt has ended. What it returns or throws is ignored.
       *
       * @param retryAfterSeconds - The provider's `Retry-After` in seconds, if it sent one.
       */
      end(result: RateLimitResult, retryAfterSeconds?: number): unknown;
    };

/**
 * Grants requests within a rate limit: one limit that several clients share, or your own implementation, such as for a fleet
 * of processes. `take` should answer at once: if it grants no place, the client waits and asks again.
 */
export interface RateLimiter {
  /** Called before every attempt. If it takes more than 5 seconds, throws or rejects, the limiter has failed. */
  take(request: RateLimitRequest): RateLimitAnswer | Promise<RateLimitAnswer>;
}

/** An attempt that asks for a place in the window. */
export interface RateLimitRequest {
  /** The provider that the attempt is for. */
  readonly provider: string;
  /** Single calls come first: while there are any, a limiter should keep some places free that bulk calls cannot take. */
  readonly priority: 'single' | 'bulk';
  /** Milliseconds after which an attempt without a call of `end` counts as ended, because its process has died. */
  readonly leaseMilliseconds: number;
}
