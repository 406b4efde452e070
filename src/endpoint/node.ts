import { type CallContext, checkFunction, checkOptionNames, invalidOption } from '../client/options.js';
import { answerProblem, refusals } from './problem.js';

/** The used part of a request of node:http. */
export interface NodeRequest {
  /** GET, POST and so on. */
  readonly method?: string | undefined;
  /** The path and the query. */
  readonly url?: string | undefined;
  /** The headers, in the form of Node.js. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The socket; a TLS socket has `encrypted: true`. */
  readonly socket?: object | undefined;
}

/** The used part of a response of node:http. */
export interface NodeResponse {
  /** The status of the answer. */
  statusCode: number;
  /** Whether other code, such as a middleware, has begun to answer. */
  readonly headersSent: boolean;
  /** Whether the whole answer has been passed to the operating system. */
  readonly writableFinished: boolean;
  /** Whether the connection is closed. */
  readonly destroyed?: boolean | undefined;
  /** Sets a header of the answer. */
  setHeader(name: string, value: string | string[]): unknown;
  /** Sends the body and ends the answer. */
  end(body: Uint8Array): unknown;
  /** Calls back when the answer has been sent, or the client has disconnected. */
  once(event: 'close', listener: () => void): unknown;
}

/** The second argument of an endpoint behind {@link toNodeHandler}: the objects of your framework. */
export interface NodeContext<Req = NodeRequest, Res = NodeResponse> {
  /** The request, with the fields that your middleware has added, such as `req.user`. */
  readonly req: Req;
  /** The response. */
  readonly res: Res;
}

/** Options of {@link toNodeHandler}. */
export interface NodeHandlerOptions<Req = NodeRequest> {
  /**
   * Called with an error of your own code if there is no `next` to pass it to. The app has been answered by then: 500,
   * `internal_error`, without details.
   */
  readonly onError?: ((error: unknown, req: Req) => void) | undefined;
}

/**
 * Turns an endpoint into a handler for node:http, Express 4 and 5, Connect, NestJS and Fastify (with `request.raw` and
 * `reply.raw`). It does not read the body, so it works before or after a body parser. If the app disconnects, the call to
 * the provider is aborted. Errors of your own code go to `next`.
 *
 * @throws `ConfigurationError` (`invalid_option`) if the first argument is not an endpoint, or an option is wrong.
 * @example
 * app.all('/token', toNodeHandler(createTokenEndpoint({
 *   issuer: () => createClerk({ expiresInSeconds: 60 }),
 *   authorize: (request, { req }: { req: express.Request }) => req.user?.clerkUserId ?? null,
 * })));
 */
export function toNodeHandler<Req extends NodeRequest = NodeRequest, Res extends NodeResponse = NodeResponse>(
  endpoint: (request: Request, context: NodeContext<Req, Res>) => Promise<Response>,
  options: NodeHandlerOptions<Req> = {},
): (req: Req, res: Res, next?: (error?: unknown) => void) => Promise<void> {
  const context: CallContext = { provider: undefined, label: 'toNodeHandler', operation: 'createClient' };
  if (typeof endpoint !== 'function') {
    throw invalidOption(context, 'the first argument must be an endpoint. Pass the result of createTokenEndpoint().');
  }
  checkOptionNames(context, options, ['onError']);
  const { onError } = options;
  checkFunction(context, 'onError', onError);
  return async (req, res, next) => {
    if (typeof (res as Partial<NodeResponse> | undefined)?.setHeader !== 'function') {
      const problem = 'the handler was not called with a response of node:http.';
      throw invalidOption(context, `${problem} With Fastify, pass \`request.raw\` and \`reply.raw\`.`);
    }
    try {
      const response = await endpoint(toRequest(req, watchClient(res)), { req, res });
      await send(response, res);
    } catch (error) {
      if (typeof next === 'function') {
        // `next` without an error, or with 'route' or 'router', goes on to the next handler, as if the app might be served.
        next(error instanceof Error ? error : new Error('The token endpoint failed.', { cause: error }));
        return;
      }
      await send(answerProblem(refusals.internal_error), res);
      onError?.(error, req);
    }
  };
}

/** Returns a signal that is aborted if the client disconnects before the answer has been sent. */
function watchClient(res: NodeResponse): AbortSignal {
  const controller = new AbortController();
  const abortUnfinished = () => {
    if (!res.writableFinished) controller.abort();
  };
  // The client may have disconnected earlier, while a body was parsed: the event will not come again.
  if (res.destroyed === true) abortUnfinished();
  res.once('close', abortUnfinished);
  return controller.signal;
}

/** Methods that a Request cannot have. They are replaced by GET, which is refused just as well. */
const forbiddenMethod = /^(CONNECT|TRACE|TRACK)$/i;

function toRequest(req: NodeRequest, signal: AbortSignal): Request {
  const { method = 'GET', headers } = req;
  const all = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    // Names with a colon are the pseudo-headers of HTTP/2.
    if (value === undefined || name.startsWith(':')) continue;
    // A number, too: adapters for AWS Lambda set `content-length` to one.
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const each of values) all.append(name, String(each));
  }
  const { [':authority']: authority } = headers;
  if (!all.has('host') && typeof authority === 'string') all.set('host', authority);
  const init = { method: forbiddenMethod.test(method) ? 'GET' : method, headers: all, signal };
  return new Request(toUrl(req, all.get('host')), init);
}

function toUrl(req: NodeRequest, host: string | null): URL {
  const { encrypted = false } = (req.socket ?? {}) as { readonly encrypted?: boolean };
  // Express and Connect remove the mount path of a router from `url`.
  const { originalUrl = req.url ?? '/' } = req as { readonly originalUrl?: string };
  const [, path = '/', query = ''] = /^(?:\w+:\/\/[^/?]*)?([^?]*)(.*)$/s.exec(originalUrl) ?? [];
  // The setters ignore an invalid host or path instead of throwing.
  const url = new URL(`${encrypted ? 'https' : 'http'}://localhost`);
  if (host !== null) url.host = host;
  url.pathname = path;
  url.search = query;
  return url;
}

async function send(response: Response, res: NodeResponse): Promise<void> {
  const body = new Uint8Array(await response.arrayBuffer());
  // Other code has answered, such as a middleware for timeouts, or the client has disconnected.
  if (res.headersSent || res.destroyed === true) return;
  res.statusCode = response.status;
  for (const [name, value] of response.headers) if (name !== 'set-cookie') res.setHeader(name, value);
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) res.setHeader('set-cookie', cookies);
  res.end(body);
}
