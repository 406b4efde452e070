import { describe, expect, it } from 'vitest';
import { createFakeProviders } from '../../src/testing/index.js';
import { json, raw, useFakes, uuid } from './ask.js';

const { fakes, ask } = useFakes();

describe('Junction', () => {
  it.each([
    ['https://api.us.junction.com', 'pk_us_x'],
    ['https://api.eu.junction.com', 'pk_eu_x'],
    ['https://api.sandbox.us.junction.com', 'sk_us_x'],
    ['https://api.sandbox.eu.junction.com', 'sk_eu_x'],
    ['https://api.tryvital.io', 'pk_us_x'],
    ['https://api.eu.tryvital.io', 'pk_eu_x'],
    ['https://api.sandbox.tryvital.io', 'sk_us_x'],
    ['https://api.sandbox.eu.tryvital.io', 'sk_eu_x'],
  ])('takes at %s the key %s and no other', async (origin, right) => {
    for (const key of ['pk_us_x', 'pk_eu_x', 'sk_us_x', 'sk_eu_x', 'sk_test_x']) {
      const { status, body } = await ask(`${origin}/v2/user/${uuid}/sign_in_token`, {
        headers: { 'x-vital-api-key': key },
      });
      expect(status).toBe(key === right ? 200 : 401);
      if (status === 401) expect(body).toEqual({ detail: 'invalid token' });
    }
  });

  const origin = 'https://api.sandbox.eu.junction.com';
  const headers = raw.junction.headers;

  it('answers the canonical form of an id', async () => {
    for (const form of [uuid.toUpperCase(), uuid.replaceAll('-', '')]) {
      const { body } = await ask(`${origin}/v2/user/${form}/sign_in_token`, { headers });
      expect(body).toEqual({ user_id: uuid, sign_in_token: expect.any(String) as unknown });
    }
  });

  it.each([
    ['not-a-uuid', 'invalid character: found `n` at 1'],
    ['6f3c0d4e', 'invalid length: expected length 32 for simple format, found 8'],
    ['6f3c0d4e8a514c1b9b7e2f1d7a90c3aa0', 'invalid length: expected length 32 for simple format, found 33'],
    ['6f3c0d4e-8a51-4c1b-9b7e-2f1d7a90c3a', 'invalid group length in group 4: expected 12, found 11'],
    ['6f3c0d4e8a51-4c1b-9b7e-2f1d7a90c3aa', 'invalid group count: expected 5, found 4'],
    ['undo_delete', 'invalid character: found `u` at 1'],
  ])('refuses %s as Pydantic does', async (id, problem) => {
    expect(await ask(`${origin}/v2/user/${id}/sign_in_token`, { headers })).toMatchObject({
      status: 422,
      body: {
        detail: [
          {
            type: 'uuid_parsing',
            loc: ['path', 'user_id'],
            msg: `Input should be a valid UUID, ${problem}`,
            input: id,
          },
        ],
      },
    });
  });

  it('decodes a path as a whole and folds its dots', async () => {
    for (const path of [`user/a%2F..%2F${uuid}`, `user/x/%2E%2E/${uuid}`]) {
      expect((await ask(`${origin}/v2/${path}/sign_in_token`, { headers })).status).toBe(200);
    }
    expect((await ask(`${origin}/v2/user/a%2Fb/sign_in_token`, { headers })).status).toBe(404);
    expect((await ask(`${origin}/v2/user//sign_in_token`, { headers })).status).toBe(404);
  });

  const create = (body: unknown, more: Record<string, string> = json) =>
    ask(`${origin}/v2/user`, {
      headers: { ...headers, ...more },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  it.each([
    ['01.02.2020', 'date_from_datetime_parsing', 'invalid character in year'],
    ['2020-13-01', 'date_from_datetime_parsing', 'month value is outside expected range of 1-12'],
    ['2020-00-01', 'date_from_datetime_parsing', 'month value is outside expected range of 1-12'],
    ['2024-02-00', 'date_from_datetime_parsing', 'day value is outside expected range'],
    ['2024-02-31', 'date_from_datetime_parsing', 'day value is outside expected range'],
    ['2023-02-29', 'date_from_datetime_parsing', 'day value is outside expected range'],
    ['2020-1-1', 'date_from_datetime_parsing', 'input is too short'],
    [20200101, 'date_from_datetime_inexact', 'be exact dates'],
    [true, 'date_type', 'Input should be a valid date'],
  ])('refuses %j for a date, as Pydantic does', async (date, type, problem) => {
    for (const name of ['ingestion_start', 'ingestion_end', 'fallback_birth_date'])
      expect(await create({ client_user_id: 'mine', [name]: date })).toMatchObject({
        status: 422,
        body: {
          detail: [
            {
              type,
              loc: ['body', name],
              input: date,
              msg: expect.stringMatching(new RegExp(`${problem}$`)) as unknown,
            },
          ],
        },
      });
    const fine = { client_user_id: 'mine', ingestion_start: '2024-02-29', ingestion_end: null };
    expect((await create(fine)).status).toBe(200);
  });

  it.each(['DOMAIN\\alice', 'a\tb', 'a%5Cb?c#d', ' é '])('finds a user by the id %j', async (id) => {
    const created = await create({ client_user_id: id });
    const found = await ask(`${origin}/v2/user/resolve/${encodeURIComponent(id)}`, { method: 'GET', headers });
    expect(found).toMatchObject({ status: 200, body: created.body });
  });

  it('refuses a user whose id is no UUID, with what to do, and shows no key', () => {
    const words = "The user ids of Junction are UUIDs, and 'alice' is none. Pass a UUID.";
    expect(() => {
      fakes.junction.addUser('alice');
    }).toThrow(words);
    expect(() => createFakeProviders({ users: { junction: [uuid, 'alice'] } })).toThrow(words);
    expect(() => {
      fakes.junction.addUser('sk_eu_made-up-key-in-the-wrong-place');
    }).toThrow("UUIDs, and '[redacted]' is none");
  });

  it('creates a user once, finds it, and knows it', async () => {
    fakes.junction.addUser(uuid.toUpperCase());
    const created = await create({ client_user_id: 'mine 1' });
    expect(created).toMatchObject({
      status: 200,
      body: { client_user_id: 'mine 1', created_on: '2026-11-22T10:00:00+00:00', connected_sources: [] },
    });
    const { user_id: id } = created.body as { user_id: string };
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(await create({ client_user_id: 'mine 1' })).toMatchObject({
      status: 400,
      body: {
        detail: {
          error_type: 'INVALID_REQUEST',
          error_message: 'Client user id already exists.',
          user_id: id,
          created_on: '2026-11-22T10:00:00+00:00',
        },
      },
    });
    expect(await ask(`${origin}/v2/user/resolve/mine%201`, { method: 'GET', headers })).toMatchObject({
      status: 200,
      body: { user_id: id },
    });
    expect(await ask(`${origin}/v2/user/resolve/nobody`, { method: 'GET', headers })).toMatchObject({
      status: 404,
      body: { detail: 'User not found' },
    });
    expect((await ask(`${origin}/v2/user/resolve/nobody`, { headers })).status).toBe(405);
    expect((await ask(`${origin}/v2/user/${id}/sign_in_token`, { headers })).status).toBe(200);
  });

  it.each([
    ['missing', ['body', 'client_user_id'], {}, json],
    ['string_type', ['body', 'client_user_id'], { client_user_id: 7 }, json],
    ['json_invalid', ['body', 0], '{"client', json],
    ['model_attributes_type', ['body'], '[]', json],
    ['model_attributes_type', ['body'], { client_user_id: 'a' }, { 'content-type': 'text/plain' }],
  ])('refuses a user with %s at %j', async (type, loc, body, more) => {
    expect(await create(body, more)).toMatchObject({ status: 422, body: { detail: [{ type, loc }] } });
  });

  it('has room for 50 users in the sandbox, and says so without a user id', async () => {
    for (let count = 0; count < 50; count += 1) {
      expect((await create({ client_user_id: `mine-${String(count)}` })).status).toBe(200);
    }
    const { status, body } = await create({ client_user_id: 'one more' });
    expect(status).toBe(400);
    expect(body).toEqual({
      detail: { error_type: 'INVALID_REQUEST', error_message: 'You have reached the maximum of 50 Sandbox users' },
    });
    const production = await ask('https://api.eu.junction.com/v2/user', {
      headers: { ...json, 'x-vital-api-key': 'pk_eu_x' },
      body: '{"client_user_id":"one more"}',
    });
    expect(production.status).toBe(200);
  });
});
