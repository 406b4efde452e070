// app/token/route.js of a Next.js app. Next answers other methods than those that are exported with 405 by itself.
import { createClerk } from 'tokenwright';
import { createTokenEndpoint } from 'tokenwright/endpoint';
import { readSession } from './session.mjs';

export const POST = createTokenEndpoint({
  issuer: createClerk({ expiresInSeconds: 60, timeout: 5_000, retry: 0 }), // the key from CLERK_SECRET_KEY
  authorize: readSession,
});
