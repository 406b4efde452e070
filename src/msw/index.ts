/**
 * The fakes as handlers of msw.
 *
 * @module tokenwright/msw
 */
import { http, type HttpHandler, HttpResponse } from 'msw';
import { FakeConnectionDropped } from '../fakes/response.js';
import { createFakeProviders, type FakeProviders } from '../testing/index.js';

/**
 * The fakes as handlers of msw: for `setupServer(...)`, `setupWorker(...)` or `server.use(...)`. They take what is sent to
 * the providers' hosts and nothing else; what to do with the rest is for your msw server to say.
 *
 * @param fakes - Fakes of your own, where a test wants to set or see their state.
 * @example
 * const fakes = createFakeProviders();
 * const server = setupServer(...createFakeHandlers(fakes));
 */
export function createFakeHandlers(fakes: FakeProviders = createFakeProviders()): HttpHandler[] {
  return fakes.origins.map((origin) =>
    http.all(`${origin}/*`, async ({ request }) => {
      try {
        return await fakes.fetch(request);
      } catch (error) {
        // Who aborted the request hears of that alone; msw would print anything else.
        if (error instanceof FakeConnectionDropped || request.signal.aborted) return HttpResponse.error();
        throw error;
      }
    }),
  );
}
