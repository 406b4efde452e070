import { beforeEach, describe, expect, it } from 'vitest';
import { json, raw, useFakes, uuid } from './ask.js';

const { clock, fakes, ask } = useFakes();

describe('Junction: a team for each key', () => {
  const sandbox = 'https://api.sandbox.eu.junction.com/v2/user';
  const withKey = (key: string, more: RequestInit = {}) => ({ headers: { 'x-vital-api-key': key, ...json }, ...more });
  const create = (url: string, key: string, clientUserId: string) =>
    ask(url, withKey(key, { body: JSON.stringify({ client_user_id: clientUserId }) }));
  let userId: string;

  beforeEach(async () => {
    fakes.junction.addUser(uuid);
    const { body } = await create(sandbox, 'sk_eu_mine', 'mine-1');
    userId = (body as { user_id: string }).user_id;
  });

  it.each([
    ['another region', 'https://api.sandbox.us.junction.com/v2/user', 'sk_us_mine'],
    ['another environment', 'https://api.eu.junction.com/v2/user', 'pk_eu_mine'],
    ['another key', sandbox, 'sk_eu_other'],
  ])('does not know in %s who was created elsewhere', async (_, url, key) => {
    expect((await ask(`${url}/${userId}/sign_in_token`, withKey(key))).status).toBe(404);
    expect((await ask(`${url}/${userId}`, withKey(key, { method: 'GET' }))).status).toBe(404);
    expect((await ask(`${url}/resolve/mine-1`, withKey(key, { method: 'GET' }))).status).toBe(404);
    expect((await ask(`${url}/${userId}`, withKey(key, { method: 'DELETE' }))).status).toBe(404);
    expect((await create(url, key, 'mine-1')).status).toBe(200);
    expect((await ask(`${sandbox}/${userId}/sign_in_token`, withKey('sk_eu_mine'))).status).toBe(200);
    expect(fakes.junction.createdUsers).toHaveLength(2);
  });

  it('has room for 50 users in each sandbox', async () => {
    for (let count = 1; count < 50; count += 1) await create(sandbox, 'sk_eu_mine', `more-${String(count)}`);
    expect((await create(sandbox, 'sk_eu_mine', 'one more')).status).toBe(400);
    expect((await create(sandbox, 'sk_eu_other', 'one more')).status).toBe(200);
    await ask(`${sandbox}/${userId}`, withKey('sk_eu_mine', { method: 'DELETE' }));
    expect((await create(sandbox, 'sk_eu_mine', 'one more')).status).toBe(200);
  });

  it('has a team id of its own', async () => {
    const teamOf = async (key: string) => {
      const { body } = await create(sandbox, key, 'asks for the team');
      return (body as { team_id: string }).team_id;
    };
    const teams = [await teamOf('sk_eu_mine'), await teamOf('sk_eu_other')];
    expect(new Set(teams).size).toBe(2);
  });

  it('keeps a key without a prefix where it was named, or first used', async () => {
    fakes.junction.acceptKey('named', 'sandbox us');
    fakes.junction.acceptKey('unnamed');
    const issue = (origin: string, key: string) => ask(`${origin}/v2/user/${uuid}/sign_in_token`, withKey(key));
    expect((await issue('https://api.sandbox.us.junction.com', 'named')).status).toBe(200);
    expect((await issue('https://api.sandbox.eu.junction.com', 'named')).status).toBe(401);
    expect((await issue('https://api.us.junction.com', 'unnamed')).status).toBe(200);
    expect((await issue('https://api.sandbox.us.junction.com', 'unnamed')).status).toBe(401);
  });
});

describe('sFOX', () => {
  const issue = (host: string, key = 'made-up-sfox-key', path = '/user-1') =>
    ask(`https://${host}/v1/enterprise/user-tokens${path}`, {
      headers: { authorization: `Bearer ${key}`, ...json },
      ...(path === '' ? { body: '{"data":["user-1"]}' } : {}),
    });
  const [production, sandbox] = ['api.sfox.com', 'api.staging.sfox.com'] as const;

  it('takes a key in one environment only', async () => {
    expect((await issue(sandbox)).status).toBe(201);
    expect((await issue(production)).status).toBe(401);
    expect((await issue(production, 'another')).status).toBe(201);
    expect((await issue(sandbox, 'another')).status).toBe(401);
    expect(fakes.sfox.tokens.map(({ environment }) => environment)).toEqual(['sandbox', 'production']);
    fakes.reset();
    expect((await issue(production)).status).toBe(201);
  });

  it('knows a user where it is told so', async () => {
    fakes.sfox.addUser('user-1', 'sandbox');
    expect((await issue(sandbox)).status).toBe(201);
    expect((await issue(production, 'another')).status).toBe(404);
    fakes.sfox.addUser('user-1');
    expect((await issue(production, 'another')).status).toBe(201);
  });

  it('counts by address, whatever the key, and not in the other environment', async () => {
    fakes.sfox.limitRate({ requests: 2, perSeconds: 10 });
    await issue(sandbox, 'one');
    await issue(sandbox, 'two');
    expect((await issue(sandbox, 'three')).status).toBe(429);
    expect((await issue(production, 'four')).status).toBe(201);
    clock.now += 59_999;
    expect((await issue(sandbox, 'one')).status).toBe(429);
    clock.now += 1;
    expect((await issue(sandbox, 'one')).status).toBe(201);
  });

  it('may limit each route by itself, with ten seconds of refusals', async () => {
    fakes.sfox.limitRate({ requests: 1, perSeconds: 5, scope: 'route' });
    expect((await issue(sandbox)).status).toBe(201);
    expect((await issue(sandbox, 'made-up-sfox-key', '/user-2')).status).toBe(429);
    expect((await issue(sandbox, 'made-up-sfox-key', '')).status).toBe(201);
    clock.now += 9_999;
    expect((await issue(sandbox)).status).toBe(429);
    clock.now += 1;
    expect((await issue(sandbox)).status).toBe(201);
  });

  it('may limit the address and each route together, until all limits are removed', async () => {
    const limit = () => {
      fakes.sfox.limitRate({ requests: 1, perSeconds: 5, scope: 'route' });
      fakes.sfox.limitRate({ requests: 2, perSeconds: 5 });
    };
    limit();
    expect((await issue(sandbox)).status).toBe(201);
    expect((await issue(sandbox)).status).toBe(429);
    expect((await issue(sandbox, 'made-up-sfox-key', '')).status).toBe(429);
    for (const removeLimits of [fakes.sfox.limitRate, fakes.reset]) {
      limit();
      removeLimits();
      for (let count = 0; count < 3; count += 1) expect((await issue(sandbox)).status).toBe(201);
    }
  });
});

describe('Clerk: an instance for each key', () => {
  const ofKey = (key: string) => ({ authorization: `Bearer ${key}`, ...json });
  const create = (key: string) => ask(raw.clerk.url, { headers: ofKey(key), body: '{"user_id":"user_1"}' });

  it.each(['sk_live_made-up', 'sk_test_other'])('lets %s revoke no token of another instance', async (key) => {
    const { body } = await create('sk_test_made-up');
    const { id } = body as { id: string };
    expect((await ask(`${raw.clerk.url}/${id}/revoke`, { headers: ofKey(key) })).status).toBe(404);
    expect((await ask(`${raw.clerk.url}/${id}/revoke`, { headers: ofKey('sk_test_made-up') })).status).toBe(200);
  });

  it('counts by key', async () => {
    fakes.clerk.limitRate({ requests: 1, perSeconds: 10 });
    expect((await create('sk_test_one')).status).toBe(200);
    expect((await create('sk_test_one')).status).toBe(429);
    expect((await create('sk_test_two')).status).toBe(200);
  });

  it('knows a user in production who is not in development', async () => {
    fakes.clerk.addUser('user_1', 'production');
    expect((await create('sk_test_one')).status).toBe(404);
    expect((await create('sk_live_one')).status).toBe(200);
    expect(fakes.clerk.tokens[0]?.environment).toBe('production');
  });
});
