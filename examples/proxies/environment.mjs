import { EnvHttpProxyAgent, fetch as fetchThrough } from 'undici'; // or new ProxyAgent('http://proxy.example:3128')

const dispatcher = new EnvHttpProxyAgent(); // reads HTTP_PROXY, HTTPS_PROXY and NO_PROXY

/** The `fetch` of a client: `createClerk({ fetch })`. */
export const fetch = (url, init) => fetchThrough(url, { ...init, dispatcher });
