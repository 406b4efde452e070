import express from 'express';
import { createClerk } from 'tokenwright';
import { createTokenEndpoint, toNodeHandler } from 'tokenwright/endpoint';
import { readSession } from './session.mjs';

const endpoint = createTokenEndpoint({
  issuer: () => createClerk({ expiresInSeconds: 60, timeout: 5_000, retry: 0 }), // the key from CLERK_SECRET_KEY
  authorize: readSession,
});

const app = express(); // 4 or 5
app.use(express.json()); // before or after: the endpoint reads no body
app.all('/token', toNodeHandler(endpoint));

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/token`);
});
