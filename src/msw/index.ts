/**
 * The fakes as handlers of msw.
 *
 * @module tokenwright/msw
 */
import { http, type HttpHandler, HttpResponse } from 'msw';
import { FakeConnectionDropped } from '../fakes/response.js';
import { createFakeProviders, type FakeProviders } from '../testing/index.js';

/**
 * The fakes as handlers of msw: for `setupServer(...)`, `setupWorker(...)` or `server.use(...)`. They take the endpoints that
 * the fakes answer, and nothing else: other paths of the providers' hosts are for your own handlers, or for what your server
 * does with an unhandled request.
 *
 * @param fakes - Fakes of your own, for a test that sets or sees their state.
 * @example
 * const fakes = createFakeProviders();
 * const server = setupServer(...createFakeHandlers(fakes));
 */
export function createFakeHandlers(fakes: FakeProviders = createFakeProviders()): HttpHandler[] {
  // A path with a slash at its end is the same to msw.
  const patterns = fakes.endpoints.flatMap(({ method, path, origins }) =>
    origins.map((origin) => `${method} ${origin}${path.replaceAll(/\{(\w+)\}/g, ':$1').replace(/\/$/, '')}`),
  );
  return [...new Set(patterns)].map((pattern) => {
    const [method = '', url = ''] = pattern.split(' ');
    return handlerOf(method)(url, async ({ request }) => {
      try {
        return await fakes.fetch(request);
      } catch (error) {
        // An aborted request has its own reason; msw would print anything else.
        if (error instanceof FakeConnectionDropped || request.signal.aborted) return HttpResponse.error();
        throw error;
      }
    });
  });
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
