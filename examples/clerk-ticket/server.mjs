// A link that signs somebody in on another device: the first page asks for a ticket and shows it as a link, the second
// page redeems it. Each ticket works once, within a minute.
import { readFile } from 'node:fs/promises';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { getCookie } from 'hono/cookie';
import { createClerk } from 'tokenwright';
import { createTokenEndpoint } from 'tokenwright/endpoint';

// Replace this by your own sessions, with a SameSite=Strict cookie, so that no other site can request a ticket.
const sessions = new Map([['session-of-alice', { caller: 'alice', userId: 'user_alice' }]]);

const clerk = createClerk({ expiresInSeconds: 60 }); // the key from CLERK_SECRET_KEY
const app = new Hono();
app.all('/token', (context) => {
  const authorize = () => sessions.get(getCookie(context, 'session')) ?? null;
  return createTokenEndpoint({ issuer: clerk, authorize })(context.req.raw);
});

/** The address of Clerk's frontend API, which the page needs. It is public. */
const frontendUrl = process.env.CLERK_FRONTEND_URL;
if (!frontendUrl) throw new Error('Set CLERK_FRONTEND_URL to where the frontend API of your Clerk instance answers.');
for (const [path, file] of [
  ['/', 'index.html'],
  ['/sign-in', 'sign-in.html'],
]) {
  const page = await readFile(new URL(file, import.meta.url), 'utf8');
  app.get(path, (context) => {
    // Pages with a ticket send no referrer and are not cached.
    context.header('Referrer-Policy', 'no-referrer');
    context.header('Cache-Control', 'no-store');
    return context.html(page.replace('{{frontendUrl}}', () => frontendUrl));
  });
}

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT ?? 3000) }, ({ port }) => {
  console.log(`http://127.0.0.1:${port}`);
});
