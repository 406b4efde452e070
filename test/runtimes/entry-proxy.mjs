// Issues a token through whatever stands between here and the provider. These are the lines of docs/proxies.md.
import { createClerk } from 'tokenwright';

const [way, baseUrl, proxy] = process.argv.slice(2);
const ways = {
  environment: async () => undefined,
  NODE_USE_ENV_PROXY: async () => undefined,
  async EnvHttpProxyAgent() {
    const { EnvHttpProxyAgent, fetch } = await import('undici');
    const dispatcher = new EnvHttpProxyAgent();
    return (url, init) => fetch(url, { ...init, dispatcher });
  },
  async ProxyAgent() {
    const { ProxyAgent, fetch } = await import('undici');
    const dispatcher = new ProxyAgent(proxy);
    return (url, init) => fetch(url, { ...init, dispatcher });
  },
  async setGlobalDispatcher() {
    const { EnvHttpProxyAgent, setGlobalDispatcher } = await import('undici');
    setGlobalDispatcher(new EnvHttpProxyAgent());
  },
  async pool() {
    const { Agent, request } = await import('undici');
    const dispatcher = new Agent({ connections: 50 });
    return async (url, { method, headers, body, signal }) => {
      const {
        statusCode,
        headers: fields,
        body: stream,
      } = await request(url, { dispatcher, method, headers, body, signal });
      const all = Object.entries(fields).map(([name, value]) => [name, String(value)]);
      return new Response((await stream.text()) || null, { status: statusCode, headers: all });
    };
  },
};

const clerk = createClerk({ apiKey: 'sk_test_made-up-clerk', baseUrl, retry: 0, fetch: await ways[way]() });
const { userId } = await clerk.issueToken('user_1');
const { code } = await clerk.revokeToken('sit_unknown').catch((error) => error);
console.log(JSON.stringify({ userId, code }));
// Pools keep their connections open.
process.exit(0);
