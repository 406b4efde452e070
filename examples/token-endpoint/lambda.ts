import { Hono } from 'hono';
import { handle } from 'hono/aws-lambda';
import { createClerk } from 'tokenwright';
import { createTokenEndpoint } from 'tokenwright/endpoint';
import { readSession } from './session.mjs';

const endpoint = createTokenEndpoint({
  issuer: () => createClerk({ expiresInSeconds: 60, timeout: 5_000, retry: 0 }), // the key from CLERK_SECRET_KEY
  authorize: readSession,
});

const app = new Hono();
app.all('/token', ({ req }) => endpoint(req.raw));

export const handler = handle(app);
