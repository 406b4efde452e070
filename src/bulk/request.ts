import { sleep } from '../time.js';
import {
  ConfigurationError,
  ConnectionError,
  CredentialError,
  InvalidResponseError,
  RateLimitError,
  ServerError,
  TimeoutError,
  TokenwrightError,
} from '../errors.js';
import { timeoutError } from '../http/failure.js';
import type { CallContext } from '../client/options.js';
import type { CallSettings } from '../client/settings.js';
import { createPacedRequest, type PacedCall, type PacedRequest, type Pacer } from '../limits/pacer.js';
import { isRepeated, retryDelay } from '../http/retry.js';

/** A user's own time, which ends like that of a single call. */
export interface Spender {
  /** Milliseconds spent on this user so far, without the pauses that are everybody's. */
  spent: number;
}

/** What a request of a bulk call is sent with. It is repeated here, and not on its way. */
export interface RequestOptions {
  readonly signal: AbortSignal;
  readonly timeout: number;
  readonly retry: 0;
}

/** Sends the requests of one bulk call at the provider's pace. */
export interface Requester {
  /** Why nothing more is asked for, where the provider would refuse everything. */
  readonly stopper: () => TokenwrightError | undefined;
  /** Sends a request for some users, and repeats it as a single call would. */
  readonly ask: <R>(users: readonly Spender[], send: (options: RequestOptions) => Promise<R>) => Promise<R>;
  /** Ends everything, requests under way included. */
  readonly abort: (reason?: unknown) => void;
}

export interface RequesterParts {
  readonly context: CallContext;
  readonly settings: CallSettings;
  readonly pacer: Pacer;
  readonly concurrency: number;
  /** Called when a request is deferred because it was refused; returns a function to call when it resumes. */
  readonly setAside: () => () => void;
  /** Aborts the requests under way. */
  readonly controller: AbortController;
  /** Whether everybody else would fail with the same error. */
  readonly isAboutEverybody: (error: unknown) => boolean;
}

export function createRequester(parts: RequesterParts): Requester {
  const { context, settings, pacer, concurrency, setAside, controller, isAboutEverybody } = parts;
  const { signal } = controller;
  // Wakes all who wait: nothing more is sent, while requests under way go on.
  const halt = new AbortController();
  const call: PacedCall = { concurrency, inFlight: 0 };
  let stopper: TokenwrightError | undefined;

  function stop(error: TokenwrightError): void {
    stopper ??= error;
    halt.abort(stopper);
  }

  /** Gives the turn back, and tells the pacer what the failure says about the pace. */
  function giveBack(request: PacedRequest, error: unknown): void {
    const isSent = !(error instanceof ConfigurationError || error instanceof CredentialError);
    if (signal.aborted || !isSent || !(error instanceof TokenwrightError)) pacer.release(request);
    else if (!isProviderFailure(error)) pacer.succeed(request);
    else if (!pacer.fail(request)) stop(error);
    if (!signal.aborted && error instanceof TokenwrightError && isAboutEverybody(error)) stop(error);
  }

  return {
    stopper: () => stopper,
    abort(reason) {
      controller.abort(reason);
      halt.abort(reason);
    },
    async ask(users, send) {
      const request = createPacedRequest(call);
      let takeBack: (() => void) | undefined;
      let failures = 0;
      let lastFailure: Error | undefined;
      let start = 0;
      const spend = () => {
        for (const user of users) user.spent += performance.now() - start;
      };
      const timeLeft = () => settings.timeout - Math.max(...users.map(({ spent }) => spent));
      try {
        for (;;) {
          await pacer.turn(request, halt.signal);
          start = performance.now();
          const timeout = Math.max(1, timeLeft());
          try {
            const result = await send({ signal, timeout, retry: 0 });
            pacer.succeed(request);
            return result;
          } catch (error) {
            spend();
            // A refusal for coming too often is everybody's pause, and no failure yet.
            if (isPaceRefusal(error) && !signal.aborted) {
              const isWorthWaiting = pacer.refuse(request, error.retryAfter);
              if (!isWorthWaiting) stop(error);
              const mayRepeat = settings.retryLimit > 0 && isRepeated(error.status, settings);
              if (!isWorthWaiting || !mayRepeat || timeLeft() <= 0) throw error;
              takeBack ??= setAside();
              continue;
            }
            giveBack(request, error);
            failures += 1;
            const delay = failures > settings.retryLimit ? undefined : retryDelay(error, failures, settings);
            if (halt.signal.aborted || delay === undefined || delay >= timeLeft()) {
              // The time that was left says nothing to who set the whole.
              const isOurs = error instanceof TimeoutError && error.timeout === timeout;
              throw isOurs ? timeoutError(context, 'timeout', settings.timeout, lastFailure) : error;
            }
            lastFailure = error as Error;
            // Others have their turn meanwhile.
            start = performance.now();
            await sleep(delay, halt.signal);
            spend();
          }
        }
      } finally {
        takeBack?.();
      }
    },
  };
}

function isPaceRefusal(error: unknown): error is RateLimitError | ServerError {
  return error instanceof RateLimitError || (error instanceof ServerError && error.status === 503);
}

/** Whether it was the provider, or the way to it, that failed: no answer about a user. */
function isProviderFailure(error: TokenwrightError): boolean {
  return (
    error instanceof ConnectionError ||
    error instanceof TimeoutError ||
    error instanceof ServerError ||
    error instanceof InvalidResponseError
  );
}
