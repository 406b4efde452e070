// app/token/route.ts
import { createClerk } from 'tokenwright';
import { createTokenEndpoint } from 'tokenwright/endpoint';
import { readSession } from './session.mjs';

const endpoint = createTokenEndpoint({
  issuer: () => createClerk({ expiresInSeconds: 60, timeout: 5_000, retry: 0 }), // the key from CLERK_SECRET_KEY
  authorize: readSession,
});

export { endpoint as OPTIONS, endpoint as POST };
