import type { Connection } from '../client/connection.js';
import { checkId } from '../client/ids.js';
import { type CallContext, checkOptionNames, ownProperties, type ProviderContext } from '../client/options.js';
import { checkOwnOptions, ownOptionNames } from '../client/own-options.js';
import { callOptionNames, resolveSettings } from '../client/settings.js';
import { type Operation, TokenwrightError } from '../errors.js';
import { traceFromHere } from '../errors/stack.js';
import type { CallOptions, ClientOptions } from '../issuer.js';
import { gateFor } from '../limits/setup.js';
import { runAttempt } from './attempt.js';
import { renewCredentials } from './renewal.js';
import { repeat } from './repeat.js';
import type { ApiRequest, AttemptOf, BulkPart, CallState, Dialect } from './request.js';
import { retryDelay } from './retry.js';
import { findTracingChannel, hasSubscribers, runWatched } from './trace.js';
import { endTurn, haltOf, takeTurn, toTurnEnd } from './turn.js';
import { createEmit, type Emit, ignoreEvents, watchCall } from './watch.js';

/** One call of a client method. All of its requests share one deadline. */
export interface Call<Options extends CallOptions = CallOptions> {
  /** The options of the call, checked. */
  readonly options: Options;
  /** Sends a request, retries it if it failed with a retryable error, and returns the result of its `read`. */
  readonly send: <T, R>(request: ApiRequest<T, R>) => Promise<R>;
}

/** The arguments of a call, except for the function that sends its requests. */
export interface CallRequest<Options extends CallOptions> {
  readonly operation: Operation;
  /** The options that the user passed; not checked yet. */
  readonly options: Options;
  /** Throws the error for a wrong argument of the method. Called before the options are checked. */
  readonly check?: (context: CallContext) => void;
  /** Only in a bulk call. */
  readonly bulk?: BulkPart;
}

/** Sends all requests of a client to its provider. */
export interface Api {
  readonly connection: Connection;
  /** The context for the errors of an operation. */
  readonly context: (operation: Operation) => ProviderContext;
  /**
   * Runs a call. Rejects with a typed error, or with the reason of the call's signal. Only `issueToken` takes the provider's
   * own options.
   */
  readonly call: <R, Options extends CallOptions>(
    request: CallRequest<Options>,
    work: (call: Call<Options>) => Promise<R>,
  ) => Promise<R>;
  /** Passes an event to `onEvent`; `undefined` if the client has none. */
  readonly emit: Emit | undefined;
}

export function createApi(connection: Connection<ClientOptions>, dialect: Dialect): Api {
  const { profile, keyring, options: clientOptions } = connection;
  const { provider, label } = profile;
  const contexts: Partial<Record<Operation, ProviderContext>> = {};
  const context = (operation: Operation) => (contexts[operation] ??= { provider, label, operation, keyring });
  const known = { limit: profile.rateLimit, host: new URL(connection.url).host };
  const gate = gateFor(context('createClient'), clientOptions.rateLimit, known);
  const emit = createEmit(clientOptions.onEvent);
  const channel = findTracingChannel();
  const issueOptionNames = [...callOptionNames, ...ownOptionNames(profile, 'call')];

  const call: Api['call'] = async ({ operation, options, check, bulk }, work) => {
    const callContext = context(operation);
    check?.(callContext);
    checkOptionNames(callContext, options, operation === 'issueToken' ? issueOptionNames : callOptionNames);
    const isDefault = Object.keys(options).length === 0;
    const given = ownProperties(options);
    const settings = isDefault ? connection.settings : resolveSettings(callContext, given, connection.settings);
    if (!isDefault) checkOwnOptions(callContext, profile, given);
    if (settings.signal?.aborted === true) throw settings.signal.reason;
    const traced = channel !== undefined && hasSubscribers(channel) ? channel : undefined;
    const listener = emit ?? (traced && ignoreEvents);
    const watch = listener && watchCall(listener, callContext, bulk?.bulkId, settings.signal);
    const end = performance.now() + settings.timeout;
    const state: CallState = { connection, dialect, settings, operation, end, answers: [], gate, bulk, watch };
    // Neither this function nor `issueToken` is `async`: each frame takes about a hundredth of the time of a call.
    const send: Call['send'] = <T, R>(request: ApiRequest<T, R>) => {
      const sending: Sending<T, R> = {
        call: state,
        context: context(request.operation),
        request,
        url: `${connection.url}/${request.path}`,
        used: undefined,
        renewed: undefined,
        isSent: false,
        success: undefined,
        failure: undefined,
        report: undefined,
      };
      watch?.request(request.users ?? 1);
      return attempt(sending).then(
        () => resultOf(sending),
        () => retry(sending),
      );
    };
    const run = () => work({ options: given, send });
    try {
      return await (watch === undefined ? run() : runWatched(watch, traced, run));
    } catch (error) {
      if (error instanceof TokenwrightError) traceFromHere(error, call);
      throw error;
    }
  };

  return { connection, context, call, emit };
}

/** Makes the method `issueToken` of a client from the function that sends its request. */
export function createIssueToken<T, Options extends CallOptions>(
  api: Api,
  issue: (call: Call<Options>, userId: string) => Promise<T>,
): (userId: string, options?: Options) => Promise<T> {
  return (userId, options = {} as Options) => {
    const check = (context: CallContext) => {
      checkId(context, 'userId', userId);
    };
    return api.call({ operation: 'issueToken', options, check }, (call) => issue(call, userId));
  };
}

/** A request of a call, and how its attempts went. */
interface Sending<T, R> extends AttemptOf<T, R> {
  success: { readonly result: R } | undefined;
  /** Emits the event of the last attempt that failed; called once it is known whether a retry follows. */
  report: ((retryInMilliseconds?: number) => void) | undefined;
}

async function retry<T, R>(sending: Sending<T, R>): Promise<R> {
  const { url, call } = sending;
  const wait = nextWait(sending, 1);
  if (wait !== undefined) {
    await repeat({
      url,
      wait,
      attempt: () => attempt(sending),
      nextWait: (retryCount) => nextWait(sending, retryCount),
      call,
    });
  }
  sending.report?.();
  return resultOf(sending);
}

function resultOf<T, R>({ call, success, failure }: Sending<T, R>): R {
  // A token that arrived before an abort wins.
  if (success !== undefined) return success.result;
  if (call.settings.signal?.aborted === true) throw call.settings.signal.reason;
  throw failure;
}

/**
 * Makes one attempt. Makes it again, which does not count as a retry, at once if a 401 was answered to a key that has been
 * replaced, and later if a bulk call waits a refusal out.
 */
async function attempt<T, R>(sending: Sending<T, R>): Promise<Response> {
  const { call, context, request } = sending;
  for (let isRenewed = false; ;) {
    /** In a bulk call: how many milliseconds to wait after a refusal before the same attempt is made again. */
    let waitOut: number | undefined;
    try {
      const asked = takeTurn(call, context, sending.failure);
      const turn = asked instanceof Promise ? await asked : asked;
      sending.report?.(0);
      const startedAt = performance.now();
      const endAttempt = call.watch?.attempt(context, request.users ?? 1);
      try {
        const { result, response, answer } = await runAttempt(sending);
        endTurn(sending, turn, startedAt);
        endAttempt?.({ answer })();
        sending.success = { result };
        return response;
      } catch (error) {
        const emitEvent = endAttempt?.({ error });
        sending.report = (retryInMilliseconds) => {
          sending.report = undefined;
          emitEvent?.(retryInMilliseconds);
        };
        waitOut = endTurn(sending, turn, startedAt, { error });
        throw error;
      }
    } catch (error) {
      sending.failure = error;
      isRenewed = !isRenewed && (await renewCredentials(sending));
      if (isRenewed) continue;
      if (waitOut === undefined) throw sending.failure;
      sending.report?.(waitOut);
    }
  }
}

/** The milliseconds to wait before the next attempt, or `undefined` if there is no retry, or no time for one. */
function nextWait<T, R>({ call, failure, report }: Sending<T, R>, retryCount: number): number | undefined {
  const { settings, bulk } = call;
  if (retryCount > settings.retryLimit || haltOf(call)?.aborted === true) return undefined;
  // In bulk, `waitOut` has decided about refusals.
  if (bulk !== undefined && ['refused', 'unavailable'].includes(toTurnEnd(failure)[0])) return undefined;
  const wait = retryDelay(failure, retryCount, settings);
  if (wait === undefined || performance.now() + wait >= call.end) return undefined;
  report?.(wait);
  return wait;
}
