import fastify from 'fastify';
import { createClerk } from 'tokenwright';
import { createTokenEndpoint, toNodeHandler } from 'tokenwright/endpoint';
import { readSession } from './session.mjs';

const endpoint = createTokenEndpoint({
  issuer: () => createClerk({ expiresInSeconds: 60, timeout: 5_000, retry: 0 }), // the key from CLERK_SECRET_KEY
  authorize: readSession,
});

const handle = toNodeHandler(endpoint, { onError: (error) => app.log.error(error) });
const app = fastify();
app.register((scope, _options, done) => {
  // The endpoint reads no body. Without this parser, Fastify answers 400 to an empty body with a JSON content type.
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null));
  scope.all('/token', (request, reply) => {
    reply.hijack();
    return handle(request.raw, reply.raw);
  });
  done();
});

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT ?? 3000) });
console.log(`http://127.0.0.1:${app.server.address().port}/token`);
