import type { IncomingMessage, ServerResponse } from 'node:http';

/** The most that a request may carry: 1 MiB. */
const maximalBodyBytes = 2 ** 20;

/** What every answer of the server has, its own ones too. */
export const ownHeaders = { 'x-tokenwright-fake': '1', 'cache-control': 'no-store' };

/** A request that is answered with a status and a sentence. */
export class RequestRefusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** @throws RequestRefusal 413 for a body that is too large, as soon as that shows. */
export async function readBody(incoming: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = Number(incoming.headers['content-length'] ?? 0) > maximalBodyBytes ? Infinity : 0;
  if (length === 0) {
    for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
      const bytes = chunk as Uint8Array;
      chunks.push(bytes);
      length += bytes.length;
      if (length > maximalBodyBytes) break;
    }
  }
  if (length > maximalBodyBytes) {
    // Who is still sending reads no answer, and would lose it if the connection was closed.
    incoming.resume();
    throw new RequestRefusal(413, 'The body must not exceed 1 MiB.');
  }
  const body = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.length;
  }
  return body;
}

/** Answers with JSON, and with nothing for `undefined`. */
export function sendJson(outgoing: ServerResponse, status: number, value: unknown, headers: object = {}): void {
  if (value === undefined) {
    outgoing.writeHead(204, { ...ownHeaders, ...headers }).end();
    return;
  }
  outgoing.writeHead(status, { 'content-type': 'application/json', ...ownHeaders, ...headers });
  outgoing.end(`${JSON.stringify(value)}\n`);
}
