import ky from 'ky';
import { type ApiAnswer, type ApiRequest, type Dialect, runAttempt, timeoutError } from './attempt.js';
import type { Connection } from './config.js';
import { startDeadline } from './deadline.js';
import { type ApiError, type Operation, TokenwrightError, traceFromHere } from './errors.js';
import type { CallOptions } from './issuer.js';
import { type CallContext, callOptionNames, checkOptionNames, resolveSettings } from './options.js';
import { retryDelay } from './retry.js';

/** The one way to a provider. */
export interface Api {
  /** What the errors of an operation start from. */
  readonly context: (operation: Operation) => CallContext;
  /** Sends a POST request, repeats it where that is worth it, and returns the answer or throws a typed error. */
  readonly post: <T>(request: ApiRequest<T>, options: CallOptions) => Promise<ApiAnswer<T>>;
}

export function createApi(connection: Connection, dialect: Dialect): Api {
  const { provider, label } = connection.profile;
  const contextOf = (operation: Operation): CallContext => ({ provider, label, operation });

  async function post<T>(request: ApiRequest<T>, options: CallOptions): Promise<ApiAnswer<T>> {
    const context = contextOf(request.operation);
    checkOptionNames(context, options, callOptionNames);
    const settings = resolveSettings(context, options, connection.settings);
    const { signal } = settings;
    if (signal?.aborted) throw signal.reason;

    const call = startDeadline(settings.timeout, signal);
    let answer: ApiAnswer<T> | undefined;
    let knownFailure: ApiError | undefined;
    let lastFailure: Error | undefined;
    let delay = 0;

    try {
      // ky repeats and waits. An attempt is whole in itself: it ends with its body read and judged, under a deadline that
      // covers the body too. Neither key nor content passes through ky, whose errors hold the request.
      const attempts = ky.post(`${connection.url}/${request.path}`, {
        signal: call.signal,
        timeout: false,
        throwHttpErrors: false,
        retry: {
          limit: settings.retryLimit,
          methods: ['post'],
          shouldRetry({ error, retryCount }) {
            const wait = retryDelay(error, retryCount, settings);
            if (wait === undefined || wait >= call.remaining()) return false;
            delay = wait;
            lastFailure = error;
            knownFailure = undefined;
            return true;
          },
          delay: () => delay,
        },
        async fetch(input) {
          const { url } = input as Request;
          const outcome = await runAttempt({
            context,
            connection,
            dialect,
            request,
            url,
            timeout: settings.attemptTimeout,
            signal: call.signal,
            onFailureStatus: (error) => (knownFailure = error),
          });
          answer = outcome.answer;
          return outcome.response;
        },
      });
      await call.race(attempts);
      if (answer !== undefined) return answer;
      throw new TypeError('ky returned without an attempt.');
    } catch (error) {
      // What was issued in the same moment is not thrown away.
      if (answer !== undefined) return answer;
      if (signal?.aborted) throw signal.reason;
      const failure = call.isExpired()
        ? (knownFailure ?? timeoutError(context, 'timeout', settings.timeout, lastFailure))
        : error;
      if (failure instanceof TokenwrightError) traceFromHere(failure, post);
      throw failure;
    } finally {
      call.stop();
    }
  }

  return { context: contextOf, post };
}
