import { createServer } from 'node:http';
import { createClerk } from 'tokenwright';
import { createTokenEndpoint, toNodeHandler } from 'tokenwright/endpoint';
import { readSession } from './session.mjs';

const endpoint = createTokenEndpoint({
  issuer: () => createClerk({ expiresInSeconds: 60, timeout: 5_000, retry: 0 }), // the key from CLERK_SECRET_KEY
  authorize: readSession,
});

const handle = toNodeHandler(endpoint, { onError: (error) => console.error(error) });
const server = createServer(handle).listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/token`);
});
