import type { CallTrace } from '../issuer/events.js';
import type { CallWatch } from './watch.js';

interface Channel {
  readonly hasSubscribers: boolean;
}

/** The used part of a `TracingChannel` of `node:diagnostics_channel`. */
interface TracingChannel extends Record<(typeof channelNames)[number], Channel> {
  tracePromise(work: () => Promise<unknown>, context: object): Promise<unknown>;
}

interface DiagnosticsChannel {
  tracingChannel?(name: string): TracingChannel;
}

interface RuntimeProcess {
  getBuiltinModule?(name: string): DiagnosticsChannel | undefined;
}

const channelNames = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const;

/** The tracing channel of calls, if the runtime has one. Not imported, because a bundler for browsers would fail on it. */
export function findTracingChannel(): TracingChannel | undefined {
  const { process } = globalThis as { process?: RuntimeProcess };
  return process?.getBuiltinModule?.('diagnostics_channel')?.tracingChannel?.('tokenwright.call');
}

/** Not `channel.hasSubscribers`: in Bun only the single channels have it. */
export function hasSubscribers(channel: TracingChannel): boolean {
  return channelNames.some((name) => channel[name].hasSubscribers);
}

/** Runs a call, and emits its event at the end. */
export function runWatched<R>(
  watch: CallWatch,
  channel: TracingChannel | undefined,
  run: () => Promise<R>,
): Promise<R> {
  const watched = async () => {
    try {
      const result = await run();
      watch.end(undefined);
      return result;
    } catch (error) {
      watch.end(error);
      throw error;
    }
  };
  return channel === undefined ? watched() : traceCall(channel, watch, watched);
}

/**
 * Runs a call in its trace.
 *
 * A channel passes the result of a traced promise to every subscriber. The result of a call is a secret token, so a promise
 * of how the call ended is traced instead.
 */
async function traceCall<R>(channel: TracingChannel, watch: CallWatch, work: () => Promise<R>): Promise<R> {
  const context: { -readonly [Name in keyof CallTrace]: CallTrace[Name] } = { ...watch.base };
  let outcome: Promise<R> | undefined;
  const traceEnd = async () => {
    outcome = work();
    // The caller gets the rejection from `outcome` itself.
    await outcome.catch(() => undefined);
    Object.assign(context, watch.ended());
    const end: unknown = context.result;
    return end === 'ok' ? end : Promise.reject(end);
  };
  await channel.tracePromise(traceEnd, context).catch(() => undefined);
  return outcome ?? work();
}
