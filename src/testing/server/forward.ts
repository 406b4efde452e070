import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FakeProvider } from '../../fakes/contract.js';
import { readBody } from './message.js';

/** A request to the server, and its response. */
export interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

/** The path of a request, divided: the first segment names the fake, and the rest is the path at the fake. */
interface Place {
  readonly prefix: string;
  /** With the query. */
  readonly path: string;
}

/** Sends a request on to a fake, and its answer back. */
export async function forward(
  fake: Pick<FakeProvider, 'fetch'>,
  { incoming, outgoing }: Exchange,
  { prefix, path }: Place,
): Promise<void> {
  const abort = new AbortController();
  outgoing.on('close', () => {
    abort.abort();
  });
  const headers = { ...toHeaders(incoming), 'x-forwarded-prefix': `/${prefix}` };
  const content = await readBody(incoming);
  const method = incoming.method ?? 'GET';
  const body = method === 'GET' || method === 'HEAD' ? null : content;
  const { signal } = abort;
  const response = await fake.fetch(toOrigin(incoming) + path, { method, headers, body, signal });
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  // Not with the first part of the body: a body that stalls may have none.
  outgoing.flushHeaders();
  if (response.body === null || method === 'HEAD') outgoing.end();
  else await pipeline(Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]), outgoing);
}

export function toHeaders({ headers }: IncomingMessage): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : value,
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Record<string, string>;
}

/** The origin that the request was sent to. Not a host of the provider, so the fake accepts keys of all environments. */
function toOrigin({ headers: { host = '' } }: IncomingMessage): string {
  const origin = `http://${host}`;
  return URL.canParse(origin) && new URL(origin).origin === origin.toLowerCase()
    ? origin.toLowerCase()
    : 'http://fake.invalid';
}
