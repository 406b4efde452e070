import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { providerIds } from '../providers/create-issuer.js';
import type { ProviderId } from '../providers/index.js';
import { createFakeProviders, type FakeProviders } from '../testing/index.js';
import { type CliContext, exitCodes, print, UsageError } from './context.js';

/** The fakes as a running HTTP server. */
export interface FakeServer {
  /** Where it listens, without a slash at the end. */
  readonly url: string;
  /** The `baseUrl` for the client of each provider. */
  readonly baseUrls: Readonly<Record<ProviderId, string>>;
  readonly close: () => Promise<void>;
}

/** Serves fakes until it is interrupted, which is how a server ends and no failure. */
export async function serve(context: CliContext, flags: { port?: number; host?: string }): Promise<number> {
  const { port = 4010, host = '127.0.0.1' } = flags;
  const server = await serveFakes(createFakeProviders(), { port, host }).catch((error: unknown) => {
    const problem = error instanceof Error ? error.message : String(error);
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const isPort = code === 'EADDRINUSE' || code === 'EACCES';
    const advice = isPort ? 'Use another --port; 0 takes a free one.' : 'Use another --host.';
    throw new UsageError(`Cannot serve on port ${String(port)} of ${host} (${problem}). ${advice}`);
  });
  await print(context, providerIds.map((id) => `${id.padEnd(9)} ${server.baseUrls[id]}\n`).join(''));
  context.stderr.write('Serving fakes. Any key of the right form will do. Stop with Ctrl+C.\n');
  if (!context.signal.aborted) await once(context.signal, 'abort');
  await server.close();
  return exitCodes.done;
}

/** Serves the fakes over HTTP: one port, and a path prefix for each provider, as in `/clerk/v1/sign_in_tokens`. */
export async function serveFakes(fakes: FakeProviders, { port = 0, host = '127.0.0.1' } = {}): Promise<FakeServer> {
  const server = createServer((incoming, outgoing) => {
    answer(fakes, incoming, outgoing).catch(() => {
      // The client went away, or a test asked for a dropped connection: both end the same for whoever still listens.
      outgoing.destroy();
    });
  });
  server.listen(port, host);
  await once(server, 'listening');
  const { port: actualPort } = server.address() as AddressInfo;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${String(actualPort)}`;
  const baseUrls = Object.fromEntries(providerIds.map((id) => [id, `${url}/${id}`])) as Record<ProviderId, string>;
  return {
    url,
    baseUrls,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function answer(fakes: FakeProviders, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const [, prefix = '', path = '/'] = /^\/([^/?]*)(.*)$/.exec(incoming.url ?? '') ?? [];
  const provider = providerIds.find((id) => id === prefix);
  if (provider === undefined) {
    const known = providerIds.map((id) => `/${id}`).join(', ');
    outgoing.writeHead(404, { 'content-type': 'text/plain' }).end(`Begin the path with the provider: ${known}.\n`);
    return;
  }
  const abort = new AbortController();
  outgoing.on('close', () => {
    abort.abort();
  });
  const response = await fakes[provider].fetch(await toRequest(incoming, path, abort.signal));
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.flushHeaders();
  if (response.body === null) outgoing.end();
  else await pipeline(Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]), outgoing);
}

async function toRequest(incoming: IncomingMessage, path: string, signal: AbortSignal): Promise<Request> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const content = await buffer(incoming);
  const method = incoming.method ?? 'GET';
  const body = content.length === 0 || method === 'GET' || method === 'HEAD' ? null : new Uint8Array(content);
  // Not a host of the provider's: a served fake takes keys of every environment.
  return new Request(`http://fake.invalid${path}`, { method, headers, body, signal });
}
