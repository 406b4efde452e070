import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { createClerk } from 'tokenwright';
import { createTokenEndpoint } from 'tokenwright/endpoint';
import { readSession } from './session.mjs';

const endpoint = createTokenEndpoint({
  issuer: () => createClerk({ expiresInSeconds: 60, timeout: 5_000, retry: 0 }), // the key from CLERK_SECRET_KEY
  authorize: readSession,
});

const app = new Hono();
app.all('/token', ({ req }) => endpoint(req.raw));

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT ?? 3000) }, ({ port }) => {
  console.log(`http://127.0.0.1:${port}/token`);
});
