import type { FakeIncoming } from './definition.js';

/** What `fetch` was called with, read. */
export interface ReadRequest extends FakeIncoming {
  /** The path with its query. */
  readonly target: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * Reads what `fetch` was called with. The signal is kept out of `new Request`: in jsdom it is of another realm, which Node.js
 * refuses.
 */
export async function readRequest(input: string | URL | Request, init: RequestInit = {}): Promise<ReadRequest> {
  if (typeof Request === 'undefined' || typeof Response === 'undefined') {
    throw new TypeError(
      'The fakes need `Request` and `Response`, which this environment lacks. In Jest, use the environment jest-fixed-jsdom.',
    );
  }
  const signal = init.signal ?? (typeof input === 'object' && 'signal' in input ? input.signal : undefined);
  await rejectIfAborted(signal);
  const request = new Request(input, { ...init, signal: null });
  const { origin, pathname: path, search, searchParams: query } = new URL(request.url);
  const { method, headers } = request;
  return { method, origin, path, query, headers, target: path + search, signal, text: await request.text() };
}

/** Rejects with the reason of an abort. By hand: older signals of jsdom have no `throwIfAborted`. */
export function rejectIfAborted(signal: AbortSignal | undefined): Promise<void> {
  return signal?.aborted === true ? Promise.reject(signal.reason) : Promise.resolve();
}
