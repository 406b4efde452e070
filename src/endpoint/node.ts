import { type CallContext, checkFunction, checkOptionNames, configurationError } from '../client/options.js';
import { answerProblem, refusals } from './problem.js';

/** What is read of a request of node:http. */
export interface NodeRequest {
  /** GET, POST and so on. */
  readonly method?: string | undefined;
  /** The path and the query. */
  readonly url?: string | undefined;
  /** As Node.js has them. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Of TLS, if it says `encrypted`. */
  readonly socket?: object | undefined;
}

/** What is done with a response of node:http. */
export interface NodeResponse {
  /** The status to answer with. */
  statusCode: number;
  /** Whether somebody else has begun to answer. */
  readonly headersSent: boolean;
  /** Whether all of the answer has been handed over to the system. */
  readonly writableFinished: boolean;
  /** Whether nobody is there any more. */
  readonly destroyed?: boolean | undefined;
  /** Sets a header of the answer. */
  setHeader(name: string, value: string | string[]): unknown;
  /** Ends the answer. */
  end(body: Uint8Array): unknown;
  /** Calls back when the answer has been sent, or the client has gone. */
  once(event: 'close', listener: () => void): unknown;
}

/** What an endpoint behind {@link toNodeHandler} is called with besides the Request: your framework's own objects. */
export interface NodeContext<Req = NodeRequest, Res = NodeResponse> {
  /** The request, with what your middleware has put on it, such as `req.user`. */
  readonly req: Req;
  /** The response. */
  readonly res: Res;
}

/** Options of {@link toNodeHandler}. */
export interface NodeHandlerOptions<Req = NodeRequest> {
  /**
   * Called with an error of your own code if there is no `next` to hand it to. The app has its answer by then: 500,
   * `internal_error`, and nothing of the error.
   */
  readonly onError?: ((error: unknown, req: Req) => void) | undefined;
}

/**
 * Turns an endpoint into a handler for node:http, Express 4 and 5, Connect, NestJS and Fastify (with `request.raw` and
 * `reply.raw`). It reads no body, and so works before and after any body parser. An app that goes away ends the call.
 * Errors of your own code go to `next`.
 *
 * @throws `ConfigurationError` (`invalid_option`) for what is no endpoint and no option.
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
    throw configurationError(
      context,
      'invalid_option',
      'its first argument must be what createTokenEndpoint() returns.',
    );
  }
  checkOptionNames(context, options, ['onError']);
  const { onError } = options;
  checkFunction(context, 'onError', onError);
  return async (req, res, next) => {
    try {
      const response = await endpoint(toRequest(req, watchClient(res)), { req, res });
      await send(response, res);
    } catch (error) {
      if (typeof next === 'function') {
        next(error);
        return;
      }
      await send(answerProblem(refusals.internal_error), res);
      onError?.(error, req);
    }
  };
}

/** A signal that is aborted if the client goes before it has its answer. */
function watchClient(res: NodeResponse): AbortSignal {
  const controller = new AbortController();
  const abortUnfinished = () => {
    if (!res.writableFinished) controller.abort();
  };
  // It may have gone while a body was parsed: the event has been then.
  if (res.destroyed === true) abortUnfinished();
  res.once('close', abortUnfinished);
  return controller.signal;
}

/** The methods that a Request cannot have: their answer is that of any other wrong one. */
const forbiddenMethod = /^(CONNECT|TRACE|TRACK)$/i;

function toRequest(req: NodeRequest, signal: AbortSignal): Request {
  const { method = 'GET', headers } = req;
  const all = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    // HTTP/2 has its own fields among the headers.
    if (value === undefined || name.startsWith(':')) continue;
    for (const each of typeof value === 'string' ? [value] : value) all.append(name, each);
  }
  const { [':authority']: authority } = headers;
  if (!all.has('host') && typeof authority === 'string') all.set('host', authority);
  const init = { method: forbiddenMethod.test(method) ? 'GET' : method, headers: all, signal };
  return new Request(toUrl(req, all.get('host')), init);
}

function toUrl(req: NodeRequest, host: string | null): URL {
  const { encrypted = false } = (req.socket ?? {}) as { readonly encrypted?: boolean };
  // Express and Connect take the place at which a router is mounted from `url`.
  const { originalUrl = req.url ?? '/' } = req as { readonly originalUrl?: string };
  const [, path = '/', query = ''] = /^(?:\w+:\/\/[^/?]*)?([^?]*)(.*)$/s.exec(originalUrl) ?? [];
  // Setters ignore what is no host and no path, and throw nothing.
  const url = new URL(`${encrypted ? 'https' : 'http'}://localhost`);
  if (host !== null) url.host = host;
  url.pathname = path;
  url.search = query;
  return url;
}

async function send(response: Response, res: NodeResponse): Promise<void> {
  const body = new Uint8Array(await response.arrayBuffer());
  // Somebody else has answered, such as a middleware for timeouts, or nobody is there.
  if (res.headersSent || res.destroyed === true) return;
  res.statusCode = response.status;
  for (const [name, value] of response.headers) if (name !== 'set-cookie') res.setHeader(name, value);
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) res.setHeader('set-cookie', cookies);
  res.end(body);
}
