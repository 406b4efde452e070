import { Agent, request } from 'undici';

const dispatcher = new Agent({ connections: 50 });

/** The `fetch` of a client: `createClerk({ fetch })`. */
export async function fetch(url, { method, headers, body, signal }) {
  const answer = await request(url, { dispatcher, method, headers, body, signal });
  const fields = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
  const text = await answer.body.text();
  return new Response(text || null, { status: answer.statusCode, headers: fields });
}
