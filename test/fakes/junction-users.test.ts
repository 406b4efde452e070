import { describe, expect, it } from 'vitest';
import { json, raw, useFakes, uuid } from './ask.js';

const { clock, fakes, ask } = useFakes();
const url = 'https://api.sandbox.eu.junction.com/v2/user';
const { headers } = raw.junction;

const send = (method: string, path = '') => ask(`${url}${path}`, { method, headers });
const create = (fields: object, path = '') =>
  ask(`${url}${path}`, { headers: { ...headers, ...json }, body: JSON.stringify(fields) });
const idOf = ({ body }: { body: unknown }) => (body as { user_id: string }).user_id;

describe('a created user', () => {
  it('has the fields that it was given, as documented, over the documented curl too', async () => {
    const fields = {
      client_user_id: 'mine',
      fallback_time_zone: 'Europe/London',
      fallback_birth_date: '1989-09-12',
      ingestion_start: '2026-01-01',
      ingestion_end: '2026-12-31',
    };
    const created = await create(fields, '/');
    const origin = { source_slug: 'manual', updated_at: '2026-11-22T10:00:00+00:00' };
    expect(created).toMatchObject({
      status: 200,
      body: {
        client_user_id: 'mine',
        fallback_time_zone: { id: 'Europe/London', ...origin },
        fallback_birth_date: { value: '1989-09-12', ...origin },
        ingestion_start: '2026-01-01',
        ingestion_end: '2026-12-31',
      },
    });
    expect((await send('GET', `/${idOf(created)}`)).body).toEqual(created.body);
    expect((await send('GET', '/resolve/mine')).body).toEqual(created.body);
  });

  it.each(['Europe/London', 'Asia/Kathmandu', 'America/Argentina/Buenos_Aires', 'UTC', 'Etc/GMT+5', 'GB-Eire'])(
    'may live in %s',
    async (zone) => {
      expect((await create({ client_user_id: 'mine', fallback_time_zone: zone })).status).toBe(200);
    },
  );

  it.each(['Mars/Phobos', 'europe/london', '+05:45', 'Europe', '', 7, ['UTC']])('lives not in %j', async (zone) => {
    expect(await create({ client_user_id: 'mine', fallback_time_zone: zone })).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['body', 'fallback_time_zone'], input: zone }] },
    });
    expect(fakes.junction.createdUsers).toEqual([]);
  });

  it('is refused for all that is wrong at once', async () => {
    const { body } = await create({ fallback_time_zone: 'Mars/Phobos', ingestion_end: '2024-02-31' });
    const { detail } = body as { detail: { loc: string[] }[] };
    expect(detail.map(({ loc }) => loc[1])).toEqual(['client_user_id', 'fallback_time_zone', 'ingestion_end']);
  });
});

describe('deleting', () => {
  it('takes a user away, its tokens too, and gives it back', async () => {
    fakes.junction.addUser(uuid);
    const id = idOf(await create({ client_user_id: 'mine' }));
    const issued = await send('POST', `/${id}/sign_in_token`);
    const { sign_in_token: token } = issued.body as { sign_in_token: string };
    expect(await send('DELETE', `/${id}`)).toMatchObject({ status: 200, body: { success: true } });
    for (const gone of [
      await send('DELETE', `/${id}`),
      await send('GET', `/${id}`),
      await send('GET', '/resolve/mine'),
      await send('POST', `/${id}/sign_in_token`),
    ]) {
      expect(gone).toMatchObject({ status: 404, body: { detail: 'User not found' } });
    }
    expect(() => fakes.junction.consume(token)).toThrow('deleted');
    expect((await send('POST', '/undo_delete?client_user_id=mine')).status).toBe(200);
    expect(fakes.junction.consume(token).userId).toBe(id);
  });

  it('takes away who was only named, or known to be anybody', async () => {
    expect((await send('DELETE', `/${uuid}`)).status).toBe(200);
    expect((await send('POST', `/${uuid}/sign_in_token`)).status).toBe(404);
    expect((await send('POST', `/undo_delete?user_id=${uuid.toUpperCase()}`)).status).toBe(200);
    expect((await send('POST', `/${uuid}/sign_in_token`)).status).toBe(200);
  });

  it('frees the id of the client, which then has another user', async () => {
    const id = idOf(await create({ client_user_id: 'mine' }));
    await send('DELETE', `/${id}`);
    const other = idOf(await create({ client_user_id: 'mine' }));
    expect(await send('POST', `/undo_delete?user_id=${id}`)).toMatchObject({
      status: 400,
      body: { detail: { error_type: 'INVALID_REQUEST', user_id: other } },
    });
  });

  it.each(['', `?user_id=${uuid}&client_user_id=b`, '?user_id=no-uuid'])('is not undone for %j', async (query) => {
    expect((await send('POST', `/undo_delete${query}`)).status).toBe(422);
  });

  it('is not undone for who was not deleted', async () => {
    expect((await send('POST', '/undo_delete?client_user_id=nobody')).status).toBe(404);
  });
});

it('lists users, page by page', async () => {
  fakes.junction.addUser(uuid);
  for (const name of ['a', 'b', 'c']) await create({ client_user_id: name });
  const namesOf = async (query: string) => {
    const { body } = await send('GET', query);
    const { users, ...page } = body as { users: { client_user_id: string }[] };
    return { ...page, names: users.map((user) => user.client_user_id) };
  };
  expect(await namesOf('')).toEqual({ total: 4, offset: 0, limit: 100, names: [uuid, 'a', 'b', 'c'] });
  expect(await namesOf('/?offset=1&limit=2')).toEqual({ total: 4, offset: 1, limit: 2, names: ['a', 'b'] });
  const a = idOf(await send('GET', '/resolve/a'));
  fakes.junction.addUser(uuid, 'sandbox eu');
  fakes.junction.addUser(a);
  expect(await namesOf('')).toMatchObject({ total: 4, names: [uuid, 'a', 'b', 'c'] });
  for (const gone of [uuid, a]) await send('DELETE', `/${gone}`);
  expect(await namesOf('')).toMatchObject({ total: 2, names: ['b', 'c'] });
  for (const query of ['?offset=-1', '?limit=x']) {
    expect(await send('GET', query)).toMatchObject({ status: 422, body: { detail: [{ type: 'int_parsing' }] } });
  }
});

describe('the Team API Access Token', () => {
  const issue = (more: Record<string, string>) => ask(`${url}/${uuid}/sign_in_token`, { headers: more });

  it('stands for the key of its team, for ten minutes', async () => {
    fakes.junction.acceptAccessToken('access', 'sk_eu_mine');
    expect((await issue({ authorization: 'Bearer access' })).status).toBe(200);
    clock.now += 599_999;
    expect((await issue({ authorization: 'Bearer access' })).status).toBe(200);
    clock.now += 1;
    expect(await issue({ authorization: 'Bearer access' })).toMatchObject({
      status: 401,
      body: { detail: 'invalid token' },
    });
  });

  it('is refused beside a key, unknown, in another environment, and after a reset', async () => {
    fakes.junction.acceptAccessToken('access', 'sk_eu_mine');
    fakes.junction.acceptAccessToken('production', 'pk_eu_mine');
    expect((await issue({ authorization: 'Bearer access', ...headers })).status).toBe(401);
    expect((await issue({ authorization: 'Bearer unknown' })).status).toBe(401);
    expect((await issue({ authorization: 'Bearer production' })).status).toBe(401);
    fakes.reset();
    expect((await issue({ authorization: 'Bearer access' })).status).toBe(401);
    expect(() => {
      fakes.junction.acceptAccessToken('access', '');
    }).toThrow(TypeError);
  });
});
