import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { RequestLog } from '../support/requests.js';

/** One request as it came over the wire, and the socket on which to answer it, well or not. */
export interface Exchange {
  readonly socket: Socket;
  readonly method: string;
  /** The path, nothing decoded. */
  readonly path: string;
  /** All headers, as one text. */
  readonly head: string;
  readonly body: string;
  /** How many requests came before it. */
  readonly index: number;
  /** Writes the status line and the headers of an answer, and leaves its body to the fault. */
  readonly begin: (status: number, headers: Readonly<Record<string, string>>) => void;
  /** Writes a whole answer, and leaves the connection open for the next request. */
  readonly answer: (status: number, headers: Readonly<Record<string, string>>, body: string | Buffer) => void;
}

export type Serve = (exchange: Exchange) => void;

export interface FaultServer {
  readonly url: string;
  readonly exchanges: readonly Exchange[];
  readonly log: RequestLog;
  /** Connections that are still open although their last request has no whole answer. */
  readonly unfinished: () => number;
  readonly stop: () => Promise<void>;
}

const pem = (name: string) => readFileSync(new URL(`../fixtures/tls/${name}.pem`, import.meta.url));

/**
 * A server that knows just enough HTTP to read a request; what it answers is up to the fault.
 *
 * @param isUntrusted - Whether it speaks https, with a certificate that nobody vouches for.
 */
export async function startFaultServer(serve: Serve, isUntrusted = false): Promise<FaultServer> {
  const exchanges: Exchange[] = [];
  const statuses: (number | undefined)[] = [];
  const sockets = new Map<Socket, { isFinished: boolean }>();
  const read = (socket: Socket) => {
    const state = { isFinished: true };
    sockets.set(socket, state);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    let received = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      // Not HTTP, such as the greeting of TLS.
      if (!/^[A-Z]/.test(String.fromCharCode(received[0] ?? 0))) {
        socket.end(toHead(400, { connection: 'close' }));
        return;
      }
      const end = received.indexOf('\r\n\r\n');
      if (end === -1) return;
      const [requestLine = '', ...lines] = received.subarray(0, end).toString('latin1').split('\r\n');
      const head = lines.join('\n');
      const length = Number(/^content-length: *(\d+)$/im.exec(head)?.[1] ?? 0);
      const bodyStart = end + 4;
      if (received.length < bodyStart + length) return;
      const body = received.subarray(bodyStart, bodyStart + length).toString();
      received = received.subarray(bodyStart + length);
      state.isFinished = false;
      const [method = '', path = ''] = requestLine.split(' ');
      const index = exchanges.length;
      const begin: Exchange['begin'] = (status, headers) => {
        statuses[index] = status;
        socket.write(toHead(status, headers));
      };
      const exchange: Exchange = {
        socket,
        method,
        path,
        head,
        body,
        index,
        begin,
        answer(status, headers, content) {
          state.isFinished = true;
          begin(status, { 'content-length': String(Buffer.byteLength(content)), ...headers });
          socket.write(content);
        },
      };
      exchanges.push(exchange);
      serve(exchange);
    });
  };
  const server = isUntrusted
    ? createTlsServer({ key: pem('key'), cert: pem('certificate') }, read)
    : createServer(read);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `${isUntrusted ? 'https' : 'http'}://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    exchanges,
    log: () =>
      exchanges.map(({ method, path, index }) => `${method} ${path}: ${String(statuses[index] ?? 'no status')}`),
    unfinished: () => [...sockets.values()].filter(({ isFinished }) => !isFinished).length,
    async stop() {
      for (const socket of sockets.keys()) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The status line and the headers of an answer, with the empty line that ends them. */
export function toHead(status: number, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${String(status)} Made-Up\r\n${lines.join('')}\r\n`;
}
