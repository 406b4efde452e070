// Serves a route file as Next.js does, for a test without Next.js: its exports are the methods that it knows.
import { createServer } from 'node:http';
import { createRequestListener } from '@remix-run/node-fetch-server';
import * as route from './next-route.mjs';

const handle = (request) => route[request.method]?.(request) ?? new Response(null, { status: 405 });
const server = createServer(createRequestListener(handle)).listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/token`);
});
