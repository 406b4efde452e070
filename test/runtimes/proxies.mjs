import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';

/** A proxy on loopback that counts what goes through it: tunnels, and requests that name their whole address. */
async function startProxy() {
  let count = 0;
  const server = createServer((req, res) => {
    count += 1;
    const { method, headers } = req;
    const onward = request(req.url, { method, headers }, (answer) => {
      res.writeHead(answer.statusCode, answer.headers);
      answer.pipe(res);
    });
    onward.on('error', () => res.destroy());
    req.pipe(onward);
  });
  server.on('connect', (req, socket, head) => {
    count += 1;
    const { hostname, port } = new URL(`http://${req.url}`);
    const onward = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    count: () => count,
    stop: () => server.close().closeAllConnections(),
  };
}

/** What docs/proxies.md says of each runtime: whether a client set up this way goes through the proxy. */
const throughUndici = { EnvHttpProxyAgent: true, ProxyAgent: true, setGlobalDispatcher: true, pool: false };
export const promises = {
  node20: { environment: false, NODE_USE_ENV_PROXY: false, ...throughUndici },
  node22: { environment: false, NODE_USE_ENV_PROXY: true, ...throughUndici },
  node24: { environment: false, NODE_USE_ENV_PROXY: true, ...throughUndici },
  node26: { environment: false, NODE_USE_ENV_PROXY: true, ...throughUndici },
  bun: { environment: true },
  deno: { environment: true },
};

/** Issues a token in each way, with `run(way, variables, proxy)`, and returns what is not as the page says. */
export async function checkProxies(expected, run) {
  const results = {};
  for (const [way, isProxied] of Object.entries(expected)) {
    const proxy = await startProxy();
    const { url } = proxy;
    const variables = { HTTP_PROXY: url, HTTPS_PROXY: url, http_proxy: url, https_proxy: url };
    if (way === 'NODE_USE_ENV_PROXY') variables.NODE_USE_ENV_PROXY = '1';
    const { userId, code } = await run(way, variables, url);
    const went = proxy.count() > 0;
    const isRight = userId === 'user_1' && code === 'not_found';
    results[way] = isRight && went === isProxied ? null : `answered ${userId} ${code}, through the proxy: ${went}`;
    proxy.stop();
  }
  return results;
}
