import { env } from 'cloudflare:workers';
import { createClerk } from 'tokenwright';
import { createTokenEndpoint } from 'tokenwright/endpoint';
import { readSession } from './session.mjs';

const endpoint = createTokenEndpoint({
  issuer: () =>
    createClerk({ apiKey: env.CLERK_SECRET_KEY, baseUrl: env.CLERK_API_URL, expiresInSeconds: 60, retry: 0 }),
  authorize: readSession,
});

export default { fetch: endpoint };
