import { type Deadline, ignoreFailure } from '../time.js';

/** What to do about a body that the provider itself would not send. */
export const checkPathHint = 'Check the base URL, and any proxy or `fetch` of your own.';

/** The largest body that is read, in bytes after decompression. The answer with a token has under 2 kB. */
const maxBodyBytes = 1_048_576;

/** An answer's body cannot be used. The message is a part of a sentence: "… answered 200, but <message>." */
export class UnusableBodyError extends Error {
  /** What to do next. */
  readonly hint: string;

  constructor(message: string, hint = checkPathHint) {
    super(message);
    this.hint = hint;
  }
}

/** Reads a body as UTF-8 text within a deadline. If that fails, cancels the body, so that its connection is free again. */
export function readBody(response: Response, deadline: Deadline): Promise<string> {
  if (response.body === null) return Promise.resolve('');
  if (typeof TextDecoder !== 'function') {
    discardBody(response);
    throw new UnusableBodyError('this runtime has no TextDecoder to read it with', 'Load a polyfill of `TextDecoder`.');
  }
  const reader = response.body.getReader();
  // The reader of a user's `fetch` may be none of the platform.
  const cancel = () => {
    ignoreFailure(() => reader.cancel());
  };
  return deadline.race(readText(reader, cancel), cancel);
}

async function readText(reader: ReadableStreamDefaultReader<unknown>, cancel: () => void): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return decode(chunks);
      // Not `instanceof`: the array may come from another realm.
      if (!ArrayBuffer.isView(value)) throw new UnusableBodyError('the body is not made of bytes');
      bytes += value.byteLength;
      if (bytes > maxBodyBytes) throw new UnusableBodyError(`the body has more than ${String(maxBodyBytes)} bytes`);
      chunks.push(value as Uint8Array);
    }
  } catch (error) {
    cancel();
    throw error;
  }
}

/** Made when it is first needed: not every environment has a TextDecoder. */
let shared: TextDecoder | undefined;

/** Most answers are one chunk, which needs no decoder that keeps state between chunks. */
function decode(chunks: readonly Uint8Array[]): string {
  if (chunks.length <= 1) return (shared ??= new TextDecoder()).decode(chunks[0]);
  const decoder = new TextDecoder();
  return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('') + decoder.decode();
}

/** Cancels the unread body of an answer, so that its connection is free again. A user's `fetch` may return anything. */
export function discardBody(answer: unknown): void {
  ignoreFailure(() => {
    const { body } = answer as { readonly body: { cancel?: () => unknown; destroy: () => unknown } };
    // Older packages return a stream of Node.js as the body, which has `destroy`.
    return typeof body.cancel === 'function' ? body.cancel() : body.destroy();
  });
}
