import { H3 } from 'h3';
import { createClerk } from 'tokenwright';
import { createTokenEndpoint } from 'tokenwright/endpoint';
import { readSession } from './session.mjs';

const endpoint = createTokenEndpoint({
  issuer: () => createClerk({ expiresInSeconds: 60, timeout: 5_000, retry: 0 }), // the key from CLERK_SECRET_KEY
  authorize: readSession,
});

export const app = new H3().all('/token', ({ req }) => endpoint(req));
