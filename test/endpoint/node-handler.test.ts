import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, type RequestListener, request as sendHttp } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { json, text } from 'node:stream/consumers';
import express from 'express';
import fastify from 'fastify';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type NodeContext, toNodeHandler } from '../../src/endpoint/index.js';
import { prepareEndpoint } from '../support/endpoint.js';

const running: Server[] = [];

afterEach(() => {
  for (const server of running.splice(0)) {
    server.close();
    (server as { closeAllConnections?: () => void }).closeAllConnections?.();
  }
});

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  running.push(server);
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

const serve = (listener: RequestListener) => listen(createServer(listener));
type Handler = ReturnType<typeof toNodeHandler>;

const json7 = { method: 'POST', body: '{"userId":"user_7"}', headers: { 'content-type': 'application/json' } };

const frameworks: Record<string, (handler: Handler) => Promise<string>> = {
  'node:http': (handler) => serve((req, res) => void handler(req, res)),
  'Express behind express.json()': (handler) => {
    const app = express();
    app.use(express.json());
    app.all('/token', handler);
    return serve(app as RequestListener);
  },
  'Express before express.json()': (handler) => {
    const app = express();
    app.use('/token', handler);
    app.use(express.json());
    return serve(app as RequestListener);
  },
  'Fastify, its own parsers included': async (handler) => {
    const app = fastify({ forceCloseConnections: true });
    app.all('/token', (request, reply) => {
      reply.hijack();
      return handler(request.raw, reply.raw);
    });
    const address = await app.listen({ host: '127.0.0.1', port: 0 });
    running.push(app.server);
    return address;
  },
};

describe.each(Object.entries(frameworks))('behind %s', (_, start) => {
  it('answers', async () => {
    const { endpoint, fake } = prepareEndpoint({
      authorize: (request) => request.headers.get('x-session'),
      origins: ['https://app.example'],
    });
    const place = `${await start(toNodeHandler(endpoint))}/token`;
    const ask = async (init: RequestInit = {}, session = 'user_1') => {
      const headers = { 'x-session': session, ...(init.headers as Record<string, string> | undefined) };
      const response = await fetch(place, { method: 'POST', ...init, headers });
      return { status: response.status, headers: response.headers, text: await response.text() };
    };

    const signedIn = await ask(json7);
    expect(signedIn.status).toBe(200);
    expect(signedIn.headers.get('cache-control')).toBe('no-store');
    expect(JSON.parse(signedIn.text)).toMatchObject({ userId: 'user_1', token: fake.tokens[0]?.token });
    expect((await ask()).status).toBe(200);
    expect((await ask({}, '')).status).toBe(401);
    expect((await ask({ method: 'GET' })).status).toBe(405);
    expect((await ask({ headers: { origin: 'https://evil.example' } })).status).toBe(403);
    const preflight = { origin: 'https://app.example', 'access-control-request-method': 'POST' };
    const { status, headers } = await ask({ method: 'OPTIONS', headers: preflight });
    expect({ status, origin: headers.get('access-control-allow-origin') }).toEqual({
      status: 204,
      origin: 'https://app.example',
    });
    fake.failWith({ fault: 'drop_connection' });
    expect((await ask()).status).toBe(503);
  });

  it('ends the call when the client goes', async () => {
    const { endpoint, fake, records } = prepareEndpoint();
    fake.failWith({ fault: 'stall' });
    const place = `${await start(toNodeHandler(endpoint))}/token`;
    const controller = new AbortController();
    const answer = fetch(place, { ...json7, signal: controller.signal }).catch(() => 'gone');
    await vi.waitFor(() => {
      expect(fake.calls).toHaveLength(1);
    }, 10_000);
    controller.abort();
    expect(await answer).toBe('gone');
    await vi.waitFor(() => {
      expect(records).toMatchObject([{ outcome: 'aborted' }]);
    }, 10_000);
  });
});

it('makes the Request of what came in, and hands on the objects of the framework', async () => {
  const seen: { url: string; headers: Headers; req: unknown }[] = [];
  const { endpoint } = prepareEndpoint<NodeContext<express.Request>>({
    authorize: ({ url, headers }, { req }) => {
      seen.push({ url, headers, req: req.baseUrl });
      return (req as { user?: string }).user;
    },
  });
  const app = express();
  app.use((req, _, next) => {
    Object.assign(req, { user: 'user_1' });
    next();
  });
  app.use('/api', express.Router().all('/token', toNodeHandler(endpoint)));
  const url = await serve(app as RequestListener);
  expect((await fetch(`${url}/api/token?a=1&b=%2F`, { method: 'POST', headers: { cookie: 'a=1' } })).status).toBe(200);
  expect(seen[0]?.url).toBe(`${url}/api/token?a=1&b=%2F`);
  expect(seen[0]?.headers.get('cookie')).toBe('a=1');
  expect(seen[0]?.req).toBe('/api');
});

it('takes headers that are numbers, as adapters for AWS Lambda set them', async () => {
  const { endpoint } = prepareEndpoint();
  const handler = toNodeHandler(endpoint);
  const url = await serve((req, res) => {
    req.headers['content-length'] = 2 as never;
    void handler(req, res);
  });
  expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(200);
});

it('reads no body, and leaves the connection good for the next request', async () => {
  const { endpoint } = prepareEndpoint();
  const connections = new Set<unknown>();
  const url = await serve((req, res) => {
    connections.add(req.socket);
    void toNodeHandler(endpoint)(req, res);
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let time = 0; time < 3; time += 1) {
    const outgoing = sendHttp(url, { method: 'POST', agent }).end('x'.repeat(20_000));
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    expect(incoming.statusCode).toBe(200);
    await text(incoming);
  }
  expect(connections.size).toBe(1);
  agent.destroy();
});

it('sends answers of your own as they are, cookies one by one', async () => {
  const own = () => {
    const headers = new Headers({ 'x-mine': 'yes' });
    headers.append('set-cookie', 'a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT');
    headers.append('set-cookie', 'b=2');
    return new Response('mine: é', { status: 418, headers });
  };
  const { endpoint } = prepareEndpoint({ authorize: own });
  const response = await fetch(await serve(toListener(toNodeHandler(endpoint))), { method: 'POST' });
  expect(response.status).toBe(418);
  expect(response.headers.getSetCookie()).toEqual(['a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT', 'b=2']);
  expect(await response.text()).toBe('mine: é');
});

it('keeps a cookie that a middleware has set before', async () => {
  const handler = toNodeHandler(prepareEndpoint().endpoint);
  const url = await serve((req, res) => {
    res.setHeader('set-cookie', 'sid=1');
    void handler(req, res);
  });
  const response = await fetch(url, { method: 'POST' });
  expect(response.status).toBe(200);
  expect(response.headers.getSetCookie()).toEqual(['sid=1']);
});

it('does not abort the signal of a request that was answered', async () => {
  const signals: AbortSignal[] = [];
  const { endpoint } = prepareEndpoint({
    authorize: ({ signal }) => {
      signals.push(signal);
      return 'user_1';
    },
  });
  const handler = toNodeHandler(endpoint);
  const closed: Promise<unknown>[] = [];
  const url = await serve((req, res) => {
    closed.push(once(res, 'close'));
    void handler(req, res);
  });
  expect((await fetch(url, { method: 'POST' })).status).toBe(200);
  await closed[0];
  expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
});

const toListener =
  (handler: Handler): RequestListener =>
  (req, res) =>
    void handler(req, res);

describe('an error of your own code', () => {
  const reason = new Error('mine');
  const failing = {
    authorize: () => {
      throw reason;
    },
  };

  /** Sends a request to an endpoint in Express. Returns the status, and what its handler of errors was told. */
  async function askExpress(handler: Handler) {
    const app = express();
    app.all('/token', handler);
    app.use((_, res) => res.status(200).end('the next handler'));
    const told: unknown[] = [];
    const answerError: express.ErrorRequestHandler = (error, _, res, next) => {
      told.push(error);
      if (res.headersSent) next(error);
      else res.status(555).end();
    };
    app.use(answerError);
    const { status } = await fetch(`${await serve(app as RequestListener)}/token`, { method: 'POST' });
    return { status, told };
  }

  it('goes to `next`', async () => {
    const { endpoint } = prepareEndpoint(failing);
    const onError = vi.fn();
    expect(await askExpress(toNodeHandler(endpoint, { onError }))).toEqual({ status: 555, told: [reason] });
    expect(onError).not.toHaveBeenCalled();
  });

  it.each([undefined, null, 'route', 'router', 0])('is an error for `next` also if it is %j', async (thrown) => {
    const authorize = vi.fn<() => Promise<string>>().mockRejectedValue(thrown);
    const { endpoint } = prepareEndpoint({ authorize });
    const { status, told } = await askExpress(toNodeHandler(endpoint));
    expect(status).toBe(555);
    expect(told).toMatchObject([{ message: 'The token endpoint failed.', cause: thrown }]);
  });

  it('is answered without a word of it if there is no `next`, and handed to `onError`', async () => {
    const { endpoint } = prepareEndpoint(failing);
    const onError = vi.fn();
    const url = await serve(toListener(toNodeHandler(endpoint, { onError })));
    const response = await fetch(url, { method: 'POST' });
    expect(response.status).toBe(500);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({
      type: 'about:blank',
      status: 500,
      title: 'Internal Server Error',
      code: 'internal_error',
    });
    expect(onError.mock.calls).toMatchObject([[reason, { method: 'POST' }]]);
    const quiet = await serve(toListener(toNodeHandler(endpoint)));
    expect((await fetch(quiet, { method: 'POST' })).status).toBe(500);
  });

  it('is handed to `onError` once the app is answered', async () => {
    const { endpoint } = prepareEndpoint(failing);
    const isAnswered: boolean[] = [];
    const url = await serve((req, res) => {
      const onError = () => void isAnswered.push(res.headersSent);
      void toNodeHandler(endpoint, { onError })(req, res);
    });
    await fetch(url, { method: 'POST' });
    await vi.waitFor(() => {
      expect(isAnswered).toEqual([true]);
    }, 10_000);
  });
});

it('names `reply.raw` to who passes the `reply` of Fastify', async () => {
  const { endpoint, records } = prepareEndpoint();
  const handler = toNodeHandler(endpoint) as (request: unknown, reply: unknown) => Promise<void>;
  const told: Error[] = [];
  const app = fastify();
  app.setErrorHandler((error: Error, _, reply) => {
    told.push(error);
    return reply.status(555).send();
  });
  app.all('/token', (request, reply) => handler(request, reply));
  expect(await app.inject({ method: 'POST', url: '/token' })).toMatchObject({ statusCode: 555 });
  expect(told).toMatchObject([{ code: 'invalid_option' }]);
  expect(told[0]!.message).toContain('With Fastify, pass `request.raw` and `reply.raw`.');
  expect(records).toEqual([]);
});

/** Sends a request that `fetch` would not send. */
async function sendRaw(url: string, options: object): Promise<IncomingMessage> {
  const outgoing = sendHttp(url, options).end();
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  return incoming;
}

it.each(['TRACE', 'HEAD', 'PROPFIND'])('answers %s as any other wrong method', async (method) => {
  const url = await serve(toListener(toNodeHandler(prepareEndpoint().endpoint)));
  const incoming = await sendRaw(url, { method });
  incoming.resume();
  expect(incoming.statusCode).toBe(405);
});

it.each([
  ['//evil.example/token?x=1', 'a.example', 'http://a.example//evil.example/token?x=1'],
  ['http://evil.example/token?x=1', 'a.example', 'http://a.example/token?x=1'],
  ['/token', 'a.example:8080', 'http://a.example:8080/token'],
  ['/token', 'me@evil.example', 'http://localhost/token'],
  ['/?', 'no host', 'http://localhost/?'],
])('makes a URL of whatever is asked for: %s of %s', async (path, host, expected) => {
  const seen: string[] = [];
  const { endpoint } = prepareEndpoint({ authorize: ({ url }) => void seen.push(url) });
  const url = await serve(toListener(toNodeHandler(endpoint)));
  const incoming = await sendRaw(url, { method: 'POST', path, headers: { host } });
  expect(incoming.statusCode).toBe(401);
  expect(await json(incoming)).toMatchObject({ code: 'unauthenticated' });
  expect(seen).toEqual([expected]);
});

it.each([
  [undefined, 'http://a.example/token'],
  [{}, 'http://a.example/token'],
  [{ encrypted: true }, 'https://a.example/token'],
])('knows https by the socket, which an adapter may lack, as it may a header: %j is %s', async (socket, expected) => {
  const seen: unknown[] = [];
  const authorize = ({ url, headers }: Request) => void seen.push(url, headers.has('x-none'));
  const handler = toNodeHandler(prepareEndpoint({ authorize }).endpoint);
  const url = await serve((_, res) => {
    const headers = { host: 'a.example', 'x-none': undefined };
    void handler({ method: 'POST', url: '/token', headers, socket }, res);
  });
  await fetch(url);
  expect(seen).toEqual([expected, false]);
});

it.each([
  [{ method: 'POST' }, 401, ['http://localhost/']],
  [{ method: 'POST', url: '/token' }, 401, ['http://localhost/token']],
  [{}, 405, []],
  [{ method: 'CONNECT' }, 405, []],
  [{ method: 'TRACK' }, 405, []],
  [{ method: 'trace' }, 405, []],
])('takes what an adapter leaves out or passes on, and no host: %j', async (request, status, urls) => {
  const seen: string[] = [];
  const handler = toNodeHandler(prepareEndpoint({ authorize: ({ url }) => void seen.push(url) }).endpoint);
  const url = await serve((_, res) => void handler({ headers: {}, ...request }, res));
  expect((await fetch(url)).status).toBe(status);
  expect(seen).toEqual(urls);
});

it('serves HTTP/2, whose host is no header', async () => {
  const { endpoint } = prepareEndpoint();
  const handler = toNodeHandler(endpoint);
  const url = await listen(createHttp2Server((req, res) => void handler(req, res)));
  const client = connectHttp2(url);
  const ask = async (origin: string) => {
    const stream = client.request({ ':method': 'POST', ':path': '/token', origin });
    const [headers] = (await once(stream, 'response')) as [{ ':status': number }];
    return { status: headers[':status'], text: await text(stream) };
  };
  try {
    expect((await ask(url)).status).toBe(200);
    expect((await ask('http://evil.example')).status).toBe(403);
  } finally {
    client.destroy();
  }
});

it('sees that a client has gone while something else was done', async () => {
  const { endpoint, fake, records } = prepareEndpoint();
  const handler = toNodeHandler(endpoint);
  const controller = new AbortController();
  const url = await serve((req, res) => {
    res.once('close', () => setImmediate(() => void handler(req, res)));
    controller.abort();
  });
  const answer = fetch(url, { method: 'POST', signal: controller.signal }).catch(() => 'gone');
  expect(await answer).toBe('gone');
  await vi.waitFor(() => {
    expect(records).toMatchObject([{ outcome: 'aborted' }]);
  }, 10_000);
  expect(fake.calls).toEqual([]);
});

it('says nothing if somebody else has answered', async () => {
  const { endpoint, records } = prepareEndpoint();
  const next = vi.fn();
  const handler = toNodeHandler(endpoint);
  const url = await serve((req, res) => {
    res.writeHead(504).write('too ');
    void handler(req, res, next).then(() => res.end('late'));
  });
  const response = await fetch(url, { method: 'POST' });
  expect({ status: response.status, text: await response.text() }).toEqual({ status: 504, text: 'too late' });
  expect(records).toMatchObject([{ outcome: 'issued' }]);
  expect(next).not.toHaveBeenCalled();
});

it.each<[unknown, unknown, string]>([
  [undefined, undefined, 'createTokenEndpoint()'],
  [{ issuer: {} }, undefined, 'createTokenEndpoint()'],
  [() => null, { onError: 'log' }, '`onError`'],
  [() => null, { onerror: () => null }, '`onerror`'],
])('refuses what is no endpoint and what is no option: %j, %j', (endpoint, options, name) => {
  expect(() => toNodeHandler(endpoint as never, options as never)).toThrow(
    expect.objectContaining({
      code: 'invalid_option',
      operation: 'createClient',
      message: expect.stringContaining(name) as string,
    }),
  );
});
