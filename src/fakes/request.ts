import type { FakeIncoming } from './definition.js';

/** A request with its body. */
export interface ReadRequest extends FakeIncoming {
  /** The path with its query. */
  readonly target: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * Reads the arguments of `fetch`. The signal is not passed to `new Request`, because Node.js refuses the signals of jsdom, which
 * come from another realm.
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

/** Rejects with the signal's reason if it is aborted. Not `throwIfAborted`, which older signals of jsdom lack. */
export function rejectIfAborted(signal: AbortSignal | undefined): Promise<void> {
  return signal?.aborted === true ? Promise.reject(signal.reason) : Promise.resolve();
}

/** The credential after `Bearer` in the header `authorization`; `undefined` if there is none. */
export function readBearer(headers: Headers): string | undefined {
  return /^Bearer (.+)$/.exec(headers.get('authorization') ?? '')?.[1];
}

/** Whether the header `content-type` begins with a media type. */
export function hasContentType(headers: Headers, type: string): boolean {
  return headers.get('content-type')?.toLowerCase().startsWith(type) === true;
}
