import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type FakeServer, type FakeServerOptions, startFakeServer } from '../../../src/testing/server/index.js';

/** A server for the tests of a file, forgetful between them. */
export function useFakeServer(options?: FakeServerOptions) {
  let server: FakeServer | undefined;
  const started = () => {
    if (server === undefined) throw new Error('The server runs within tests only.');
    return server;
  };
  beforeAll(async () => {
    server = await startFakeServer(options);
  });
  beforeEach(() => {
    started().fakes.reset();
  });
  afterAll(() => server?.close());
  return {
    server: started,
    /** Uses a control, as `control('POST clerk/users', { userId: 'user_1' })`. */
    control: async (name: string, body?: unknown) => {
      const [method = '', path = ''] = name.split(' ');
      const content = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
      const response = await fetch(`${started().url}/_fakes/${path}`, { method, ...content });
      const answer = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        body: answer === '' ? undefined : (JSON.parse(answer) as unknown),
      };
    },
  };
}

/** A request with headers that `fetch` would not let through, such as `Host`. */
export async function rawRequest(
  url: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<{ status: number | undefined; headers: IncomingMessage['headers']; text: string }> {
  const sent = request(url, { method, headers });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, text: await text(response) };
}
