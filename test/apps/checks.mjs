import { deepEqual, doesNotMatch, equal } from 'node:assert/strict';

/** What must hold of every recipe, over HTTP. */
export async function checkApp({ place }, { clerk, key }) {
  clerk.reset();
  clerk.addUser('user_alice');
  const texts = [];
  const ask = async (session, { headers = {}, ...init } = {}) => {
    const authorization = session === undefined ? {} : { authorization: `Bearer ${session}` };
    const all = { ...authorization, ...headers };
    const response = await fetch(place, { method: 'POST', signal: AbortSignal.timeout(20_000), ...init, headers: all });
    const text = await response.text();
    texts.push(text);
    const body = /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : undefined;
    return { status: response.status, headers: response.headers, body };
  };
  const json = { headers: { 'content-type': 'application/json' } };

  // A body parser has read it, and nobody believes it.
  const signedIn = await ask('session-of-alice', { ...json, body: '{"userId":"user_bob"}' });
  equal(signedIn.status, 200, 'signed in');
  equal(signedIn.headers.get('cache-control'), 'no-store');
  const { provider, userId, token, expiresInSeconds } = signedIn.body;
  deepEqual([provider, userId, token, expiresInSeconds], ['clerk', 'user_alice', clerk.tokens[0].token, 60]);
  equal((await ask('session-of-alice')).status, 200, 'without a body');
  equal((await ask('session-of-alice', json)).status, 200, 'with an empty body that says it is JSON');
  equal((await ask('session-of-alice', { body: 'x'.repeat(50_000) })).status, 200, 'with a body that nobody reads');

  const { status, body } = await ask(undefined, { ...json, body: '{"userId":"user_alice"}' });
  deepEqual([status, body.code], [401, 'unauthenticated'], 'signed out');
  const crossSite = await ask('session-of-alice', { headers: { origin: 'https://evil.example' } });
  deepEqual([crossSite.status, crossSite.body.code], [403, 'cross_site'], 'cross-site');
  const preflight = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
  const { status: answered, headers } = await ask(undefined, { method: 'OPTIONS', headers: preflight });
  deepEqual([answered, headers.get('access-control-allow-origin')], [204, null], 'preflight');
  equal((await ask('session-of-alice', { headers: { origin: new URL(place).origin } })).status, 200, 'own pages');
  equal((await ask('session-of-alice', { method: 'PUT' })).status, 405, 'another method');
  equal((await ask('session-of-bob')).status, 404, 'a user whom the provider does not know');

  clerk.failWith({ fault: 'drop_connection' });
  const down = await ask('session-of-alice');
  deepEqual([down.status, down.body.code], [503, 'connection_failed'], 'provider down');
  equal(down.headers.get('retry-after'), '10');
  clerk.failWith({ status: 401 });
  equal((await ask('session-of-alice')).status, 502, 'a wrong key');
  doesNotMatch(texts.join(), new RegExp(key), 'the key shows');
}
