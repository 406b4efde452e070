// Replace this by your app. It answers with a link that signs Alice in, and does not know that Clerk is a fake.
import { createServer } from 'node:http';

const { CLERK_API_URL = 'https://api.clerk.com', CLERK_SECRET_KEY, HOST = '127.0.0.1', PORT = '3000' } = process.env;

const server = createServer(async (request, response) => {
  const answer = await fetch(`${CLERK_API_URL}/v1/sign_in_tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${CLERK_SECRET_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ user_id: 'user_alice', expires_in_seconds: 300 }),
  });
  const { url } = await answer.json();
  response.writeHead(answer.ok ? 200 : 502, { 'content-type': 'text/plain', 'cache-control': 'no-store' });
  response.end(answer.ok ? `${url}\n` : 'No link today.\n');
});
server.listen(Number(PORT), HOST, () => {
  console.log(`http://${HOST}:${server.address().port}`);
});
