// Issues a token through whatever stands between here and the provider. `environment.mjs` and `pool.mjs` are the programs of docs/proxies.md.
import { createClerk } from 'tokenwright';

const [way, baseUrl, proxy] = process.argv.slice(2);
const ways = {
  environment: async () => undefined,
  NODE_USE_ENV_PROXY: async () => undefined,
  EnvHttpProxyAgent: async () => (await import('./environment.mjs')).fetch,
  async ProxyAgent() {
    const { ProxyAgent, fetch } = await import('undici');
    const dispatcher = new ProxyAgent(proxy);
    return (url, init) => fetch(url, { ...init, dispatcher });
  },
  async setGlobalDispatcher() {
    const { EnvHttpProxyAgent, setGlobalDispatcher } = await import('undici');
    setGlobalDispatcher(new EnvHttpProxyAgent());
  },
  pool: async () => (await import('./pool.mjs')).fetch,
};

const clerk = createClerk({ apiKey: 'sk_test_made-up-clerk', baseUrl, retry: 0, fetch: await ways[way]() });
const { userId } = await clerk.issueToken('user_1');
const { code } = await clerk.revokeToken('sit_unknown').catch((error) => error);
console.log(JSON.stringify({ userId, code }));
// Pools keep their connections open.
process.exit(0);
