import { describe, expect, it } from 'vitest';
import { json, raw, useFakes } from './ask.js';

const { fakes, ask } = useFakes();

describe('sFOX', () => {
  const url = 'https://api.staging.sfox.com/v1/enterprise/user-tokens';
  const batch = (body: unknown, more: Record<string, string> = json) =>
    ask(url, {
      headers: { ...raw.sfox.headers, ...more },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  it('lets tokens live for 24 hours of its clock', async () => {
    expect(await ask(`${url}/user%2F1`, { headers: raw.sfox.headers })).toMatchObject({
      status: 201,
      body: { data: { partner_user_id: 'user/1', expires: '2026-11-23T10:00:00.123Z' } },
    });
    expect(await batch({ data: ['a'] })).toMatchObject({
      status: 201,
      body: { data: [{ partner_user_id: 'a', expires: '2026-11-23T10:00:00Z' }] },
    });
  });

  it('answers a batch in another order', async () => {
    const { body } = await batch({ data: ['a', 'b', 'c'] });
    const { data } = body as { data: { partner_user_id: string }[] };
    expect(data.map((entry) => entry.partner_user_id)).toEqual(['c', 'b', 'a']);
  });

  it.each([
    [400, { data: [] }, json],
    [400, { data: 'a' }, json],
    [400, {}, json],
    [400, 'null', json],
    [400, '{"data', json],
    [400, { data: ['a'] }, { 'content-type': 'text/plain' }],
    // No 422 is in the table of this API.
    [400, { data: ['a', 7] }, json],
    [400, { data: [''] }, json],
  ])('answers %i to the batch %j', async (status, body, more) => {
    expect(await batch(body, more)).toMatchObject({ status, body: { error: expect.any(String) as unknown } });
  });

  it('refuses a batch with an unknown user, or leaves the user out', async () => {
    fakes.sfox.addUser('a');
    expect((await batch({ data: ['a', 'b'] })).status).toBe(404);
    fakes.sfox.unknownUsersInBatch = 'leave_out';
    expect(await batch({ data: ['a', 'b'] })).toMatchObject({
      status: 201,
      body: { data: [{ partner_user_id: 'a' }] },
    });
    expect(fakes.sfox.tokens).toHaveLength(1);
    fakes.reset();
    fakes.sfox.addUser('a');
    expect((await batch({ data: ['a', 'b'] })).status).toBe(404);
  });

  it('may bound its batches', async () => {
    fakes.sfox.maxBatchSize = 1;
    expect((await batch({ data: ['a'] }, { 'content-type': 'Application/JSON' })).status).toBe(201);
    expect((await batch({ data: ['a', 'b'] })).status).toBe(400);
    fakes.reset();
    expect((await batch({ data: ['a', 'b'] })).status).toBe(201);
  });

  it('sees the batch endpoint where the id is empty or a dot', async () => {
    for (const end of ['/', '/.']) {
      const answer = await ask(`${url}${end}`, { headers: { ...raw.sfox.headers, ...json }, body: '{"data":["a"]}' });
      expect(answer.body).toMatchObject({ data: [{ partner_user_id: 'a' }] });
    }
  });
});

describe('sFOX, and the format of answers', () => {
  const { url, headers } = raw.sfox;

  it.each(['text/html', 'application/xml, text/*', 'application/json;q=0'])('answers 406 to %s', async (accept) => {
    expect(await ask(url, { headers: { ...headers, accept } })).toMatchObject({
      status: 406,
      body: { error: expect.any(String) as unknown },
    });
    expect(fakes.sfox.tokens).toEqual([]);
  });

  it.each(['*/*', 'application/json', 'Application/JSON; charset=utf-8', 'text/html, application/*;q=0.1'])(
    'answers %s in JSON',
    async (accept) => {
      expect((await ask(url, { headers: { ...headers, accept } })).status).toBe(201);
    },
  );
});
