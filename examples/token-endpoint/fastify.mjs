import { createRequestListener } from '@remix-run/node-fetch-server';
import fastify from 'fastify';
import { createClerk } from 'tokenwright';
import { createTokenEndpoint } from 'tokenwright/endpoint';
import { readSession } from './session.mjs';

const listener = createRequestListener(
  createTokenEndpoint({
    issuer: createClerk({ expiresInSeconds: 60, timeout: 5_000, retry: 0 }), // the key from CLERK_SECRET_KEY
    authorize: readSession,
  }),
);

const app = fastify();
// The request goes on as it came in: a body that Fastify had read would be missing.
app.removeAllContentTypeParsers();
app.addContentTypeParser('*', (_request, _payload, done) => done(null));
app.all('/token', (request, reply) => {
  reply.hijack();
  return listener(request.raw, reply.raw);
});

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT ?? 3000) });
console.log(`http://127.0.0.1:${app.server.address().port}/token`);
