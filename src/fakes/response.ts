import type { FakeFailure } from './contract.js';
import type { FakeAnswer } from './definition.js';

/** A header of every answer, so that no fake is taken for the provider. */
const fakeHeader = 'x-tokenwright-fake';

/** The connection ended without an answer. Has the form of the error that `fetch` throws then. */
export class FakeConnectionDropped extends TypeError {
  constructor() {
    super('fetch failed', {
      cause: Object.assign(new Error('The fake dropped the connection.'), { code: 'ECONNRESET' }),
    });
  }
}

/** Waits, without a time for ever. Rejects with the signal's reason if it is aborted meanwhile. */
export function sleep(milliseconds: number | undefined, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = () => {
      signal?.removeEventListener('abort', abort);
      resolve();
    };
    const timer = milliseconds === undefined ? undefined : setTimeout(finish, milliseconds);
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
  });
}

/** Makes the Response of an answer, broken as `fault` says. */
export function toResponse(
  { status, headers, body }: FakeAnswer,
  fault: FakeFailure['fault'],
  signal: AbortSignal | undefined,
): Response {
  const isText = typeof body === 'string';
  const type: Record<string, string> = isText
    ? { 'content-type': 'text/html' }
    : { 'content-type': 'application/json' };
  const init = { status, headers: { ...(body === undefined ? {} : type), ...headers, [fakeHeader]: '1' } };
  const text = isText ? body : JSON.stringify(body);
  if ([204, 205, 304].includes(status) || body === undefined) return new Response(null, init);
  if (fault !== 'malformed_body' && fault !== 'stall_body') return new Response(text, init);
  const half = text.slice(0, Math.ceil(text.length / 2));
  if (fault === 'malformed_body') return new Response(half, init);
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(half));
      signal?.addEventListener('abort', () => {
        controller.error(signal.reason);
      });
    },
  });
  return new Response(stream, init);
}
