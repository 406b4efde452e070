import type { Deadline } from '../time.js';

/** The most that is read of any answer, in bytes, after decompression. A token with all that surrounds it has under 2 kB. */
const maxBodyBytes = 1_048_576;

/** An answer's body cannot be used; the message says why, as a part of a sentence. */
export class UnusableBodyError extends Error {}

/** Reads a body as UTF-8 text within a deadline, and lets go of its connection however that ends. */
export async function readBody(response: Response, deadline: Deadline): Promise<string> {
  if (response.body === null) return '';
  if (typeof TextDecoder !== 'function') {
    discardBody(response);
    throw new UnusableBodyError('this runtime has no TextDecoder to read it with');
  }
  const reader = response.body.getReader();
  try {
    return decode(await deadline.race(readChunks(reader)));
  } catch (error) {
    reader.cancel().catch(() => undefined);
    throw error;
  }
}

async function readChunks(reader: ReadableStreamDefaultReader<unknown>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return chunks;
    // By its shape, as it may come from another realm.
    if (!ArrayBuffer.isView(value)) throw new UnusableBodyError('the body is not made of bytes');
    bytes += value.byteLength;
    if (bytes > maxBodyBytes) throw new UnusableBodyError(`the body has more than ${String(maxBodyBytes)} bytes`);
    chunks.push(value as Uint8Array);
  }
}

/** Most answers are one chunk, which a decoder reads at once in a third of the time that it takes for a stream. */
function decode(chunks: readonly Uint8Array[]): string {
  const [only] = chunks;
  if (only === undefined) return '';
  const decoder = new TextDecoder();
  if (chunks.length === 1) return decoder.decode(only);
  return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('') + decoder.decode();
}

/** Lets go of what a `fetch` returned and nobody is going to read, whatever it is. */
export function discardBody(answer: unknown): void {
  try {
    const { body } = answer as { readonly body?: { cancel?: () => Promise<void>; destroy?: () => void } | null };
    // Streams of Node.js, as older packages return them, are destroyed.
    if (typeof body?.cancel === 'function') body.cancel().catch(() => undefined);
    else body?.destroy?.();
  } catch {
    // A body of another kind lets go in its own way.
  }
}
