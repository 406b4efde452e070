import type { IncomingMessage, ServerResponse } from 'node:http';

/** The largest body of a request: 1 MiB. */
const maxBodyBytes = 2 ** 20;

/** The headers of the server's own answers, as opposed to those of the fakes. */
export const ownHeaders = { 'x-tokenwright-fake': '1', 'cache-control': 'no-store' };

/** A request that the server refuses with a status and a message. */
export class RequestRefusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** @throws RequestRefusal 413 as soon as a body is known to be too large. */
export async function readBody(incoming: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = Number(incoming.headers['content-length'] ?? 0) > maxBodyBytes ? Infinity : 0;
  if (length === 0) {
    for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
      const bytes = chunk as Uint8Array;
      chunks.push(bytes);
      length += bytes.length;
      if (length > maxBodyBytes) break;
    }
  }
  if (length > maxBodyBytes) {
    // Discard the rest: a client that is still sending would lose the answer if the connection was closed.
    incoming.resume();
    throw new RequestRefusal(413, 'The body must not exceed 1 MiB.');
  }
  return Buffer.concat(chunks);
}

/** Answers with JSON, or with 204 for `undefined`. */
export function sendJson(outgoing: ServerResponse, status: number, value: unknown, headers: object = {}): void {
  if (value === undefined) {
    outgoing.writeHead(204, { ...ownHeaders, ...headers }).end();
    return;
  }
  outgoing.writeHead(status, { 'content-type': 'application/json', ...ownHeaders, ...headers });
  outgoing.end(`${JSON.stringify(value)}\n`);
}
