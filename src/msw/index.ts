/**
 * The fakes as handlers of msw.
 *
 * @module tokenwright/msw
 */
import { http, type HttpHandler, HttpResponse } from 'msw';
import { FakeConnectionDropped } from '../fakes/response.js';
import { createFakeProviders, type FakeProviders } from '../testing/index.js';

/**
 * The fakes as msw handlers, for `setupServer(...)`, `setupWorker(...)` or `server.use(...)`. They intercept the endpoints that
 * the fakes answer, and nothing else. Other paths of the providers' hosts go to your own handlers, or are unhandled requests
 * of your server.
 *
 * @param fakes - The fakes to use, if a test sets or reads their state. Default: new ones.
 * @example
 * const fakes = createFakeProviders();
 * const server = setupServer(...createFakeHandlers(fakes));
 */
export function createFakeHandlers(fakes: FakeProviders = createFakeProviders()): HttpHandler[] {
  if (!areFakes(fakes)) {
    throw new TypeError(
      'createFakeHandlers() takes the fakes themselves: createFakeHandlers(fakes), with the result of createFakeProviders().',
    );
  }
  // msw treats a path with and without a final slash as the same.
  const patterns = fakes.endpoints.flatMap(({ method, path, origins }) =>
    origins.map((origin) => `${method} ${origin}${path.replaceAll(/\{(\w+)\}/g, ':$1').replace(/\/$/, '')}`),
  );
  return [...new Set(patterns)].map((pattern) => {
    const [method = '', url = ''] = pattern.split(' ');
    return handlerOf(method)(url, async ({ request }) => {
      try {
        return await fakes.fetch(request);
      } catch (error) {
        // An aborted request already has its reason. msw would print other errors.
        if (error instanceof FakeConnectionDropped || request.signal.aborted) return HttpResponse.error();
        throw error;
      }
    });
  });
}

/** The argument may be anything in JavaScript, such as `{ fakes }`. */
function areFakes(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'endpoints' in value;
}

function handlerOf(method: string): typeof http.all {
  const handlers: Readonly<Record<string, typeof http.all>> = {
    GET: http.get,
    POST: http.post,
    DELETE: http.delete,
    OPTIONS: http.options,
  };
  const handler = handlers[method];
  if (handler === undefined) throw new TypeError(`msw has no handler for ${method}.`);
  return handler;
}
