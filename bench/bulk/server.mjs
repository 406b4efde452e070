// The fakes in a process of their own, so that they take nothing from the one that is measured. Says its port, then counts.
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { createFakeProviders } from '../../dist/testing.js';

const [, , limitRequests, limitSeconds] = process.argv;
const fakes = createFakeProviders();
let counts = { requests: 0, refused: 0 };
if (limitRequests !== undefined) {
  fakes.clerk.limitRate({ requests: Number(limitRequests), seconds: Number(limitSeconds) });
}

const server = createServer(async (incoming, outgoing) => {
  if (incoming.url === '/counts') {
    outgoing.end(JSON.stringify(counts));
    counts = { requests: 0, refused: 0 };
    return;
  }
  const [, provider, path] = /^\/([^/]+)(.*)$/.exec(incoming.url);
  const content = await buffer(incoming);
  const request = new Request(`http://fake.invalid${path}`, {
    method: incoming.method,
    headers: Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
    body: content.length === 0 ? null : content,
  });
  const response = await fakes[provider].fetch(request);
  counts.requests += 1;
  if (response.status === 429) counts.refused += 1;
  // The log and the tokens of a test are of no use here, and would grow for ever.
  fakes[provider].calls.length = 0;
  fakes[provider].tokens.length = 0;
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.on('disconnect', () => process.exit());
