import type { Connection } from '../client/connection.js';
import { type CallContext, checkOptionNames, ownProperties } from '../client/options.js';
import { checkOwnOptions, ownOptionNames } from '../client/own-options.js';
import { callOptionNames, resolveSettings } from '../client/settings.js';
import { type Operation, TokenwrightError, traceFromHere } from '../errors.js';
import type { CallOptions } from '../issuer.js';
import type { ApiRequest, CallState, Dialect } from './request.js';
import { sendRequest } from './send.js';

/** What an operation starts once, and through which it sends its requests within one deadline. */
export interface Call<Options extends CallOptions = CallOptions> {
  /** The options of the call, checked. */
  readonly options: Options;
  /** Sends a request, repeats it if that is worth it, and returns what its `read` made of the answer. */
  readonly send: <T, R>(request: ApiRequest<T, R>) => Promise<R>;
}

/** The one way to a provider. */
export interface Api {
  readonly connection: Connection;
  /** What the errors of an operation start from. */
  readonly context: (operation: Operation) => CallContext;
  /**
   * Starts a call. Rejects with a typed error, or with the reason of the call's signal. The provider's own options may be
   * given to `issueToken` alone.
   */
  readonly call: <R, Options extends CallOptions>(
    operation: Operation,
    options: Options,
    work: (call: Call<Options>) => Promise<R>,
  ) => Promise<R>;
}

export function createApi(connection: Connection, dialect: Dialect): Api {
  const { profile, keyring } = connection;
  const { provider, label } = profile;
  const context = (operation: Operation): CallContext => ({ provider, label, operation, keyring });
  const issueOptionNames = [...callOptionNames, ...ownOptionNames(profile, 'call')];

  const call: Api['call'] = async (operation, options, work) => {
    const own = context(operation);
    checkOptionNames(own, options, operation === 'issueToken' ? issueOptionNames : callOptionNames);
    const given = ownProperties(options);
    const settings = resolveSettings(own, given, connection.settings);
    checkOwnOptions(own, profile, given);
    if (settings.signal?.aborted === true) throw settings.signal.reason;
    const end = performance.now() + settings.timeout;
    const state: CallState = { connection, dialect, settings, end, tokens: new Set() };
    try {
      return await work({
        options: given,
        send: (request) => sendRequest(state, context(request.operation), request),
      });
    } catch (error) {
      if (error instanceof TokenwrightError) traceFromHere(error, call);
      throw error;
    }
  };

  return { connection, context, call };
}
