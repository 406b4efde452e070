import ky from 'ky';
import { type ApiAnswer, type ApiRequest, type Dialect, runAttempt } from './attempt.js';
import type { Connection } from '../client/config.js';
import { type Deadline, startDeadline } from '../time.js';
import { type ApiError, type Operation, TokenwrightError, traceFromHere } from '../errors.js';
import { timeoutError } from './failure.js';
import type { CallOptions } from '../issuer.js';
import { type CallContext, callOptionNames, checkOptionNames, resolveSettings } from '../client/options.js';
import { retryDelay } from './retry.js';

/** The one way to a provider. */
export interface Api {
  /** What the errors of an operation start from. */
  readonly context: (operation: Operation) => CallContext;
  /** Sends a request, repeats it where that is worth it, and returns the answer or throws a typed error. */
  readonly send: <T>(request: ApiRequest<T>, options: CallOptions) => Promise<ApiAnswer<T>>;
}

export function createApi(connection: Connection, dialect: Dialect): Api {
  const { provider, label } = connection.profile;
  const contextOf = (operation: Operation): CallContext => ({ provider, label, operation });

  async function send<T>(request: ApiRequest<T>, options: CallOptions): Promise<ApiAnswer<T>> {
    const context = contextOf(request.operation);
    checkOptionNames(context, options, callOptionNames);
    const settings = resolveSettings(context, options, connection.settings);
    const { signal } = settings;
    if (signal?.aborted) throw signal.reason;

    const end = (request.startedAt ?? performance.now()) + settings.timeout;
    const { method = 'POST' } = request;
    const url = `${connection.url}/${request.path}`;
    // An attempt may take no longer than the call.
    const timeLeft = () => Math.max(1, end - performance.now());
    const option = timeLeft() <= settings.attemptTimeout ? 'timeout' : 'attemptTimeout';
    let call: Deadline | undefined;
    const done: { answer?: ApiAnswer<T> } = {};
    let knownFailure: ApiError | undefined;
    let lastFailure: Error | undefined;

    // An attempt is whole in itself: it ends with its body read and judged, under a deadline that covers the body too.
    const attempt = async (): Promise<Response> => {
      const outcome = await runAttempt({
        context,
        connection,
        dialect,
        request,
        url,
        timeout: call === undefined ? Math.min(timeLeft(), settings.attemptTimeout) : settings.attemptTimeout,
        limit: { option, milliseconds: settings[option] },
        signal: call?.signal ?? signal,
        onFailureStatus: (error) => (knownFailure = error),
      });
      done.answer = outcome.answer;
      return outcome.response;
    };

    // ky repeats and waits, from the first failure on: where nothing fails, it costs nothing, and neither does a deadline
    // of the call beside that of its attempt. Neither key nor content passes through ky, since its errors hold the request.
    const repeat = (firstFailure: unknown): Promise<unknown> => {
      if (signal?.aborted || performance.now() >= end) throw firstFailure;
      const deadline = (call = startDeadline(timeLeft(), signal));
      let failure = { error: firstFailure } as { readonly error: unknown } | undefined;
      let delay = 0;
      const repeated = ky(url, {
        method,
        signal: deadline.signal,
        timeout: false,
        retry: {
          limit: settings.retryLimit,
          methods: [method],
          shouldRetry({ error, retryCount }) {
            const wait = retryDelay(error, retryCount, settings);
            if (wait === undefined || wait >= deadline.remaining()) return false;
            delay = wait;
            lastFailure = error;
            knownFailure = undefined;
            return true;
          },
          delay: () => delay,
        },
        fetch: () => {
          if (failure === undefined) return attempt();
          const { error } = failure;
          failure = undefined;
          // The attempt that ky would begin with has been made.
          return Promise.reject(error);
        },
      });
      return deadline.race(repeated);
    };

    let failure: unknown;
    try {
      await attempt().catch(repeat);
    } catch (error) {
      failure = error;
    } finally {
      call?.stop();
    }
    // What was issued in the same moment as a failure is not thrown away.
    if (done.answer !== undefined) return done.answer;
    if (signal?.aborted) throw signal.reason;
    if (call?.isExpired() === true)
      failure = knownFailure ?? timeoutError(context, 'timeout', settings.timeout, lastFailure);
    if (failure instanceof TokenwrightError) traceFromHere(failure, send);
    throw failure;
  }

  return { context: contextOf, send };
}
