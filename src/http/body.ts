import type { Deadline } from '../time.js';

/** The most that is read of any answer, in bytes, after decompression. A token with all that surrounds it has under 2 kB. */
export const maxBodyBytes = 1_048_576;

/** An answer's body was larger than {@link maxBodyBytes}. */
export class BodyTooLargeError extends Error {}

/** Reads a body as UTF-8 text within a deadline, and lets go of its connection however that ends. */
export async function readBody(response: Response, deadline: Deadline): Promise<string> {
  if (response.body === null) return '';
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await deadline.race(reader.read());
      if (done) return text + decoder.decode();
      bytes += value.byteLength;
      if (bytes > maxBodyBytes) throw new BodyTooLargeError();
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    reader.cancel().catch(() => undefined);
    throw error;
  }
}

/** Lets go of an answer that nobody is going to read. */
export function discardBody({ body }: Response): void {
  try {
    body?.cancel().catch(() => undefined);
  } catch {
    // A body of another kind than the platform's lets go in its own way.
  }
}
