import type { Connection } from '../client/config.js';
import { type CallContext, checkOptionNames } from '../client/options.js';
import { callOptionNames, resolveSettings } from '../client/settings.js';
import { type Operation, TokenwrightError, traceFromHere } from '../errors.js';
import type { CallOptions } from '../issuer.js';
import type { ApiRequest, CallState, Dialect } from './request.js';
import { sendRequest } from './send.js';

/** What an operation starts once, and through which it sends its requests within one deadline. */
export interface Call {
  /** Sends a request, repeats it if that is worth it, and returns what its `read` made of the answer. */
  readonly send: <T, R>(request: ApiRequest<T, R>) => Promise<R>;
}

/** The one way to a provider. */
export interface Api {
  /** What the errors of an operation start from. */
  readonly context: (operation: Operation) => CallContext;
  /** Starts a call. Rejects with a typed error, or with the reason of the call's signal. */
  readonly call: <R>(operation: Operation, options: CallOptions, work: (call: Call) => Promise<R>) => Promise<R>;
}

export function createApi(connection: Connection, dialect: Dialect): Api {
  const { provider, label } = connection.profile;
  const context = (operation: Operation): CallContext => ({ provider, label, operation });

  async function call<R>(operation: Operation, options: CallOptions, work: (call: Call) => Promise<R>): Promise<R> {
    checkOptionNames(context(operation), options, callOptionNames);
    const settings = resolveSettings(context(operation), options, connection.settings);
    if (settings.signal?.aborted === true) throw settings.signal.reason;
    const state: CallState = { connection, dialect, settings, end: performance.now() + settings.timeout };
    try {
      return await work({ send: (request) => sendRequest(state, context(request.operation), request) });
    } catch (error) {
      if (error instanceof TokenwrightError) traceFromHere(error, call);
      throw error;
    }
  }

  return { context, call };
}
