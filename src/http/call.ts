import type { Connection } from '../client/connection.js';
import { type CallContext, checkOptionNames, ownProperties } from '../client/options.js';
import { checkOwnOptions, ownOptionNames } from '../client/own-options.js';
import { callOptionNames, resolveSettings } from '../client/settings.js';
import { type Operation, TokenwrightError, traceFromHere } from '../errors.js';
import type { CallOptions, ClientOptions } from '../issuer.js';
import { gateFor } from '../limits/setup.js';
import type { ApiRequest, BulkPart, CallState, Dialect } from './request.js';
import { sendRequest } from './send.js';
import { findTracingChannel, hasSubscribers, traceCall } from './trace.js';
import { createEmit, type Emit, ignoreEvents, watchCall } from './watch.js';

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
    bulk?: BulkPart,
  ) => Promise<R>;
  /** Hands an event to whoever listens, if anybody does. */
  readonly emit: Emit | undefined;
}

export function createApi(connection: Connection<ClientOptions>, dialect: Dialect): Api {
  const { profile, keyring, options: clientOptions } = connection;
  const { provider, label } = profile;
  const context = (operation: Operation): CallContext => ({ provider, label, operation, keyring });
  const known = { limit: profile.rateLimit, host: new URL(connection.url).host };
  const gate = gateFor(context('createClient'), clientOptions.rateLimit, known);
  const emit = createEmit(clientOptions.onEvent);
  const channel = findTracingChannel();
  const issueOptionNames = [...callOptionNames, ...ownOptionNames(profile, 'call')];

  const call: Api['call'] = async (operation, options, work, bulk) => {
    const own = context(operation);
    checkOptionNames(own, options, operation === 'issueToken' ? issueOptionNames : callOptionNames);
    const given = ownProperties(options);
    const settings = resolveSettings(own, given, connection.settings);
    checkOwnOptions(own, profile, given);
    if (settings.signal?.aborted === true) throw settings.signal.reason;
    const traced = channel !== undefined && hasSubscribers(channel) ? channel : undefined;
    const listener = emit ?? (traced && ignoreEvents);
    const watch = listener && watchCall(listener, own, bulk?.bulkId);
    const end = performance.now() + settings.timeout;
    const tokens = new Set<string>();
    const state: CallState = { connection, dialect, settings, operation, end, tokens, gate, bulk, watch };
    const started = async () => {
      try {
        const send: Call['send'] = (request) => sendRequest(state, context(request.operation), request);
        const result = await work({ options: given, send });
        watch?.end(undefined);
        return result;
      } catch (error) {
        watch?.end(error);
        throw error;
      }
    };
    try {
      return await (traced && watch ? traceCall(traced, watch, started) : started());
    } catch (error) {
      if (error instanceof TokenwrightError) traceFromHere(error, call);
      throw error;
    }
  };

  return { connection, context, call, emit };
}
