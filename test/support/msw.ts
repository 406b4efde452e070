import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { CannedAnswer } from './server.js';

/** An msw server as users' own tests have it: what no handler takes fails the test. */
export function useMswServer() {
  const server = setupServer();
  beforeAll(() => {
    server.listen({ onUnhandledRequest: 'error' });
  });
  afterEach(() => {
    server.resetHandlers();
  });
  afterAll(() => {
    server.close();
  });
  return {
    /** Lets one URL answer POST requests; returns the requests that it got. */
    answer(url: string, { status, headers, body }: CannedAnswer): Request[] {
      const requests: Request[] = [];
      const handler = http.post(url, ({ request }) => {
        requests.push(request.clone());
        const text = typeof body === 'string' ? body : JSON.stringify(body);
        return new HttpResponse(text, { status, headers: { 'content-type': 'application/json', ...headers } });
      });
      server.use(handler);
      return requests;
    },
  };
}
