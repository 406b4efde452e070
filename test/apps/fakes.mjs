import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

const key = 'sk_test_made-up-clerk-key';

/** A fake Clerk over HTTP, in this process, so that the checks can make it fail. */
export async function serveFakes(folder) {
  const entry = join(folder, 'node_modules/tokenwright/dist/testing.js');
  const { createFakeProviders } = await import(pathToFileURL(entry).href);
  const { clerk, fetch: fakeFetch } = createFakeProviders();
  const server = createServer(async (req, res) => {
    const { method, headers, url } = req;
    const body = await buffer(req);
    try {
      const init = { method, headers: new Headers(headers), ...(body.length > 0 ? { body } : {}) };
      const response = await fakeFetch(`https://api.clerk.com${url}`, init);
      res.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
    } catch {
      // As a provider that is down: the connection breaks off.
      res.destroy();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    clerk,
    key,
    env: { CLERK_SECRET_KEY: key, CLERK_API_URL: `http://127.0.0.1:${server.address().port}` },
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
