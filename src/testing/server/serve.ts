import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { redactorOf } from '../../fakes/log.js';
import { FakeConnectionDropped } from '../../fakes/response.js';
import { providerIds } from '../../providers/create-issuer.js';
import { type ProviderId, providers } from '../../providers/index.js';
import type { FakeProviders } from '../../testing/index.js';
import { runControl } from './controls.js';
import { createEvents } from './events.js';
import { type Exchange, forward, toHeaders } from './forward.js';
import { findForeignProblem } from './guard.js';
import { readBody, RequestRefusal, sendJson } from './message.js';
import { sendPage } from './page.js';

/** Options of {@link serveFakes}. */
export interface ServeOptions {
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  readonly onRequest?: ((line: string) => void) | undefined;
  /** How long a request may take to arrive, in milliseconds. */
  readonly requestTimeout?: number | undefined;
}

/** Fakes that are being served. */
export interface ServedFakes {
  readonly url: string;
  readonly baseUrls: Readonly<Record<ProviderId, string>>;
  readonly close: () => Promise<void>;
}

/** The path of the controls. */
const controlPrefix = '/_fakes';

/** The headers that hold the providers' keys. */
const credentialHeaders = Object.values(providers).flatMap(({ profile }) =>
  Object.values(profile.credentials).map(({ header }) => header),
);

/** A socket that is silent for longer is closed. Stalled answers and open pages are silent for less. */
const idleMilliseconds = 600_000;

/** Serves fakes over HTTP: one port, and a path prefix for each provider, as in `/clerk/v1/sign_in_tokens`. */
export async function serveFakes(fakes: FakeProviders, options: ServeOptions = {}): Promise<ServedFakes> {
  const { port = 0, host = '127.0.0.1', onRequest, requestTimeout = 30_000 } = options;
  const events = createEvents(fakes);
  const timeouts = { requestTimeout, headersTimeout: requestTimeout, connectionsCheckingInterval: requestTimeout / 10 };
  const server = createServer(timeouts, (incoming, outgoing) => {
    if (onRequest !== undefined) report({ incoming, outgoing }, onRequest);
    answer({ incoming, outgoing }).catch((error: unknown) => {
      answerFailure(outgoing, error);
    });
  });
  server.timeout = idleMilliseconds;

  async function answer(exchange: Exchange): Promise<void> {
    const { incoming } = exchange;
    const method = incoming.method ?? 'GET';
    const [, target = '', query = ''] = /^(\/[^?#]*)(.*)$/.exec(incoming.url ?? '') ?? [];
    // A Request cannot have this method. CONNECT and TRACK do not get this far.
    if (method === 'TRACE') {
      throw new RequestRefusal(405, 'The fakes do not take TRACE.', {
        allow: 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
      });
    }
    if (target === controlPrefix || target.startsWith(`${controlPrefix}/`)) {
      await control(exchange, target.slice(controlPrefix.length + 1));
      return;
    }
    const [, prefix, path = ''] = /^\/([^/]*)(.*)$/.exec(target) ?? [];
    const provider = providerIds.find((id) => id === prefix);
    if (provider === undefined) {
      const known = [...providerIds.map((id) => `/${id}`), `${controlPrefix}/`].join(', ');
      throw new RequestRefusal(404, `Begin the path with one of these: ${known}.`);
    }
    await forward(fakes[provider], exchange, { prefix: provider, path: path + query });
  }

  async function control({ incoming, outgoing }: Exchange, path: string): Promise<void> {
    const method = incoming.method ?? 'GET';
    const isPage = path === '' && (method === 'GET' || method === 'HEAD');
    // A link on another site may lead to the page, which holds no data by itself.
    const isVisit = isPage && incoming.headers['sec-fetch-mode'] === 'navigate';
    const refusal = findForeignProblem(isVisit ? { host: incoming.headers.host } : incoming.headers, host);
    if (refusal !== undefined) throw new RequestRefusal(403, refusal);
    if (isPage) sendPage(outgoing);
    else if (path === 'events' && method === 'GET') events.watch(outgoing);
    else sendJson(outgoing, 200, await runControl(fakes, { method, path }, () => readBody(incoming)));
  }

  server.listen(port, host);
  await once(server, 'listening');
  const { port: actualPort } = server.address() as AddressInfo;
  // A server that listens on all addresses is reached on loopback.
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  const url = `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${String(actualPort)}`;
  return {
    url,
    baseUrls: Object.fromEntries(providerIds.map((id) => [id, `${url}/${id}`])) as Record<ProviderId, string>,
    async close() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Answers a request that was refused or failed. */
function answerFailure(outgoing: ServerResponse, error: unknown): void {
  // The client went away, or a test asked for a dropped connection: both end the connection.
  if (outgoing.headersSent || outgoing.closed || error instanceof FakeConnectionDropped) outgoing.destroy();
  else if (error instanceof RequestRefusal) sendJson(outgoing, error.status, { error: error.message }, error.headers);
  else sendJson(outgoing, 500, { error: `The server failed: ${String(error)}` });
}

/** Calls `onRequest` at the end of a request. Its line has no query, which may hold a ticket. */
function report({ incoming, outgoing }: Exchange, onRequest: (line: string) => void): void {
  const start = performance.now();
  outgoing.on('close', () => {
    const redact = redactorOf(new Headers(toHeaders(incoming)), credentialHeaders);
    const path = redact((incoming.url ?? '').replace(/\?.*$/s, '?…').slice(0, 200));
    const status = outgoing.headersSent ? String(outgoing.statusCode) : 'no answer';
    onRequest(`${incoming.method ?? ''} ${path} ${status} ${String(Math.round(performance.now() - start))} ms`);
  });
}
