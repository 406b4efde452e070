import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll } from 'vitest';
import type { RequestLog } from './requests.js';

export interface RecordedRequest {
  readonly method: string | undefined;
  /** The path as it came over the wire, nothing decoded. */
  readonly path: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface CannedAnswer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  /** Text is sent as it is, anything else as JSON; nothing where it is left out. */
  readonly body?: unknown;
}

export type Responder = (response: ServerResponse, request: RecordedRequest, index: number) => void;

const running = new Set<Server>();

afterAll(() => {
  for (const server of running) {
    server.closeAllConnections();
    server.close();
  }
  running.clear();
});

/** A real HTTP server on loopback that ends with the tests of the file. It records every request before it answers. */
export async function startServer(
  respond: Responder,
): Promise<{ readonly url: string; readonly requests: RecordedRequest[]; readonly log: RequestLog }> {
  const requests: RecordedRequest[] = [];
  const responses: ServerResponse[] = [];
  const server = createServer((incoming, response) => {
    void text(incoming).then(
      (body) => {
        const { method, url: path, headers } = incoming;
        const request = { method, path, headers, body };
        requests.push(request);
        responses.push(response);
        respond(response, request, requests.length - 1);
      },
      () => undefined,
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  running.add(server);
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    requests,
    log: () =>
      responses.map(({ headersSent, statusCode }, index) => {
        const { method, path } = requests[index]!;
        return `${String(method)} ${String(path)}: ${headersSent ? String(statusCode) : 'no status'}`;
      }),
  };
}

/** Answers the first request with the first answer and so on, and every further one with the last. */
export function answers(...canned: CannedAnswer[]): Responder {
  return (response, _, index) => {
    const { status, headers = {}, body } = canned[Math.min(index, canned.length - 1)]!;
    const isText = typeof body === 'string';
    response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json', ...headers });
    response.end(body === undefined ? undefined : isText ? body : JSON.stringify(body));
  };
}
