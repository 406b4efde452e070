import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { useServedFakes } from '../support/serve.js';

const folder = fileURLToPath(new URL('../../examples/token-endpoint', import.meta.url));
const { fakes, server } = useServedFakes();
const key = 'sk_test_made-up-clerk-key';
let program: ChildProcess | undefined;

afterEach(() => program?.kill());

/** Starts an example on a free port, against the served fakes, and returns where it answers. */
async function start(file: string): Promise<string> {
  const { PATH } = process.env;
  const env = { PATH, PORT: '0', CLERK_SECRET_KEY: key, CLERK_API_URL: server().baseUrls.clerk };
  const child = spawn(process.execPath, [file], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  program = child;
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return line.toString().trim();
}

describe.each(['hono.mjs', 'express.mjs', 'fastify.mjs', 'serve-route.mjs'])('%s', (file) => {
  it('answers who is signed in, and nobody else', async () => {
    fakes.clerk.addUser('user_alice');
    const place = await start(file);
    const ask = async (session?: string, init: RequestInit = {}) => {
      const headers = session === undefined ? {} : { authorization: `Bearer ${session}` };
      const response = await fetch(place, { method: 'POST', headers, ...init });
      return { status: response.status, headers: response.headers, text: await response.text() };
    };

    const signedIn = await ask('session-of-alice');
    expect(signedIn.status).toBe(200);
    expect(signedIn.headers.get('cache-control')).toBe('no-store');
    expect(JSON.parse(signedIn.text)).toMatchObject({
      provider: 'clerk',
      userId: 'user_alice',
      token: fakes.clerk.tokens[0]?.token,
    });

    const other = { body: '{"userId":"user_alice"}', headers: { 'content-type': 'application/json' } };
    expect((await ask(undefined, other)).status).toBe(401);
    expect((await ask()).status).toBe(401);
    expect((await ask('session-of-alice', { method: 'GET' })).status).toBe(405);
    expect((await ask('session-of-bob')).status).toBe(404);

    fakes.clerk.failWith({ fault: 'drop_connection' });
    const down = await ask('session-of-alice');
    expect(down.status).toBe(503);
    expect(down.headers.get('retry-after')).toBe('10');
    expect(JSON.parse(down.text)).toMatchObject({ code: 'connection_failed' });
    fakes.clerk.failWith({ status: 401 });
    const misconfigured = await ask('session-of-alice');
    expect(misconfigured.status).toBe(502);
    expect(misconfigured.text + down.text).not.toContain(key);
  });
});
