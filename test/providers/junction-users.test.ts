import { describe, expect, it, vi } from 'vitest';
import { createJunction, type JunctionUser } from '../../src/index.js';
import { createFakeProviders } from '../../src/testing/index.js';
import { failureOf } from '../support/failures.js';
import { fixture } from '../support/fixtures.js';
import { answers, startServer } from '../support/server.js';
import { useVirtualTime } from '../support/virtual-time.js';

const apiKey = 'sk_eu_made-up';

function setUp() {
  const fakes = createFakeProviders({ now: () => Date.parse('2026-01-01T12:00:00Z') });
  const fetch = vi.fn(fakes.fetch);
  const junction = createJunction({ apiKey, fetch });
  const requests = () => fakes.junction.calls.map(({ method, path, status }) => [method, path, status]);
  return { fake: fakes.junction, fetch, junction, requests };
}

/** Ids that Junction cannot look up by a path, because it decodes that before it takes it apart. */
const unresolvable = ['a/b', '/', 'a\\\\b', '.', '..', '../admin', 'a/../b'];

describe('creates a user', () => {
  it('with all that Junction takes, and gives back who that is', async () => {
    const { junction, fake } = setUp();
    const user = await junction.users.create({
      clientUserId: 'mine-1',
      fallbackTimeZone: 'Asia/Kathmandu',
      fallbackBirthDate: '1990-01-01',
      ingestionStart: '2026-01-01',
      ingestionEnd: undefined,
    });
    expect(user).toEqual({
      provider: 'junction',
      userId: fake.createdUsers[0]?.userId,
      clientUserId: 'mine-1',
      createdOn: new Date('2026-01-01T12:00:00Z'),
    });
    expect(fake.calls[0]?.body).toEqual({
      client_user_id: 'mine-1',
      fallback_time_zone: 'Asia/Kathmandu',
      fallback_birth_date: '1990-01-01',
      ingestion_start: '2026-01-01',
    });
  });

  it.each([{}, { created_on: null }])('also where the answer has no time: %j', async (time) => {
    const body = { user_id: 'made-up', client_user_id: 'mine-1', ...time };
    const { users } = createJunction({ apiKey, fetch: () => Promise.resolve(Response.json(body)) });
    expect(await users.create({ clientUserId: 'mine-1' })).toMatchObject({ userId: 'made-up', createdOn: undefined });
  });

  it('who exists: says which one that is', async () => {
    const { junction, fake } = setUp();
    await junction.users.create({ clientUserId: 'mine-1' });
    const error = await failureOf(junction.users.create({ clientUserId: 'mine-1' }));
    expect(error).toMatchObject({
      code: 'user_exists',
      status: 400,
      operation: 'createUser',
      providerCode: 'INVALID_REQUEST',
      details: { detail: { user_id: fake.createdUsers[0]?.userId } },
    });
  });

  it('beyond the fifty of a sandbox: says so', async () => {
    const { junction } = setUp();
    for (let count = 0; count < 50; count += 1) await junction.users.create({ clientUserId: `mine-${String(count)}` });
    const error = await failureOf(junction.users.create({ clientUserId: 'one-more' }));
    expect(error).toMatchObject({ code: 'user_limit_reached', status: 400, operation: 'createUser' });
    expect(await failureOf(junction.users.ensure('one-more'))).toMatchObject({ code: 'user_limit_reached' });
    await expect(junction.users.ensure('mine-7')).resolves.toMatchObject({ clientUserId: 'mine-7' });
  });

  const refused = async (key: string, message: string) => {
    const body = { detail: { error_type: 'INVALID_REQUEST', error_message: message } };
    const fetch = () => Promise.resolve(Response.json(body, { status: 400 }));
    return failureOf(createJunction({ apiKey: key, fetch }).users.create({ clientUserId: 'mine-1' }));
  };
  const full = 'You have reached the maximum of 50 Sandbox users';

  it.each([
    ['sk_us_made-up', full],
    ['sk_us_made-up', 'The request cannot be processed.'],
    ['pk_eu_made-up', 'You have reached the maximum of 1000 users'],
    ['pk_eu_made-up', 'Maximum of 1000 Users reached'],
  ])('beyond a limit, with %s and %j', async (key, message) => {
    expect(await refused(key, message)).toMatchObject({ code: 'user_limit_reached', scope: 'account' });
  });

  it.each([
    ['sk_us_made-up', 'fallback_time_zone is not valid'],
    ['sk_us_made-up', 'Client user id already exists.'],
    ['sk_us_made-up', 'ingestion_end lies before ingestion_start'],
    ['pk_us_made-up', 'fallback_time_zone is not valid'],
    ['pk_us_made-up', 'The request cannot be processed.'],
  ])('but not with %s and %j', async (key, message) => {
    expect(await refused(key, message)).toMatchObject({ code: 'bad_request', scope: 'user' });
  });

  it('and gives the advice to delete users for a sandbox only', async () => {
    expect((await refused('sk_eu_made-up', full)).message).toContain(
      'Delete users of the sandbox that you no longer need',
    );
    expect((await refused('pk_eu_made-up', full)).message).not.toContain('elete');
    const fetch = () =>
      Promise.resolve(
        Response.json({ detail: { error_type: 'INVALID_REQUEST', error_message: full } }, { status: 400 }),
      );
    const gateway = createJunction({ apiKey: 'a-key-of-a-gateway', baseUrl: 'https://gateway.example', fetch });
    expect((await failureOf(gateway.users.create({ clientUserId: 'mine-1' }))).message).not.toContain('elete');
  });

  it('does not take every 400 for one of these', async () => {
    for (const body of [{ detail: 'no' }, { detail: [{ msg: 'no' }] }, {}, '<html>']) {
      const { url } = await startServer(answers({ status: 400, body }));
      const call = createJunction({ apiKey, baseUrl: url }).users.create({ clientUserId: 'mine-1' });
      expect(await failureOf(call)).toMatchObject({ code: 'bad_request' });
    }
    // Nor the same body of another request.
    const { url } = await startServer(answers(fixture('junction/error.400.user-exists')));
    const junction = createJunction({ apiKey, baseUrl: url });
    expect(await failureOf(junction.issueToken('x'))).toMatchObject({ code: 'bad_request' });
  });

  it.each([
    [{ clientUserId: '' }, 'invalid_user_id'],
    [{ clientUserId: 7 }, 'invalid_user_id'],
    [{ clientUserId: 'a\ud800' }, 'invalid_user_id'],
    [{}, 'invalid_user_id'],
    [{ clientUserId: 'x', fallbackTimeZone: 7 }, 'invalid_option'],
    [{ clientUserId: 'x', timezone: 'UTC' }, 'invalid_option'],
    [null, 'invalid_option'],
    ['mine-1', 'invalid_option'],
  ])('not from %j', async (user, code) => {
    const { junction, fetch } = setUp();
    expect(await failureOf(junction.users.create(user as never))).toMatchObject({ code, operation: 'createUser' });
    expect(fetch).not.toHaveBeenCalled();
  });
});

describe('resolves a user', () => {
  it('by your id', async () => {
    const { junction, requests } = setUp();
    const created = await junction.users.create({ clientUserId: 'mine ?#1%' });
    expect(await junction.users.resolve('mine ?#1%')).toEqual(created);
    expect(requests().at(-1)).toEqual(['GET', '/v2/user/resolve/mine%20%3F%231%25', 200]);
  });

  it('who is unknown: 404', async () => {
    const { junction } = setUp();
    const error = await failureOf(junction.users.resolve('nobody'));
    expect(error).toMatchObject({ code: 'not_found', operation: 'resolveUser', status: 404 });
  });

  it.each(unresolvable)('but not by %j, and says what can', async (clientUserId) => {
    const { junction, fetch } = setUp();
    const error = await failureOf(junction.users.resolve(clientUserId));
    expect(error).toMatchObject({ code: 'invalid_user_id', operation: 'resolveUser' });
    expect(error.message).toContain('users.ensure');
    expect(fetch).not.toHaveBeenCalled();
  });
});

describe('a user of whom only a refusal speaks', () => {
  const theirs = '6f3c0d4e-8a51-4c1b-9b7e-2f1d7a90c3aa';

  function setUpRefusal(existing: unknown, user: unknown) {
    const requests: string[] = [];
    const fetch = (url: string, { method }: RequestInit) => {
      const { pathname } = new URL(url);
      requests.push(`${String(method)} ${pathname}`);
      if (pathname.includes('/resolve/'))
        return Promise.resolve(Response.json({ detail: 'User not found' }, { status: 404 }));
      if (method === 'GET')
        return Promise.resolve(user === undefined ? new Response(null, { status: 404 }) : Response.json(user));
      const detail = {
        error_type: 'INVALID_REQUEST',
        error_message: 'Client user id already exists.',
        user_id: existing,
      };
      if (pathname === '/v2/user') return Promise.resolve(Response.json({ detail }, { status: 400 }));
      return Promise.resolve(Response.json({ user_id: theirs, sign_in_token: 'made-up-token' }));
    };
    return { requests, junction: createJunction({ apiKey, fetch, retry: 0 }) };
  }

  it('is asked for, and gets a token if the id is theirs', async () => {
    const { junction, requests } = setUpRefusal(theirs, { user_id: theirs.toUpperCase(), client_user_id: 'mine-1' });
    expect((await junction.issueTokenForClient('mine-1')).token).toBe('made-up-token');
    expect(requests).toEqual([
      'GET /v2/user/resolve/mine-1',
      'POST /v2/user',
      `GET /v2/user/${theirs}`,
      expect.stringMatching(/^POST .*sign_in_token$/),
    ]);
  });

  it.each<[string, unknown, unknown, string]>([
    ['somebody else', theirs, { user_id: theirs, client_user_id: 'mine-2' }, 'invalid_response'],
    ['another id', theirs, { user_id: 'another', client_user_id: 'mine-1' }, 'invalid_response'],
    ['nobody', theirs, undefined, 'not_found'],
    ['a step in a path', '../team', undefined, 'user_exists'],
    ['what cannot be sent', 'a\ud800', undefined, 'user_exists'],
  ])('gets none if the id is that of %s', async (_, existing, user, code) => {
    const { junction, requests } = setUpRefusal(existing, user);
    expect(await failureOf(junction.issueTokenForClient('mine-1'))).toMatchObject({ code });
    expect(await failureOf(junction.users.ensure('mine-1'))).toMatchObject({ code });
    expect(requests.join()).not.toContain('sign_in_token');
  });
});

describe('takes no answer for', () => {
  const client = (answer: Response) =>
    createJunction({ apiKey, fetch: () => Promise.resolve(answer.clone()), retry: 0 }).users;
  const another = Response.json({ user_id: 'made-up', client_user_id: 'somebody-else' });

  it('another user', async () => {
    const created = await failureOf(client(another).create({ clientUserId: 'mine-1' }));
    expect(created).toMatchObject({ code: 'invalid_response', operation: 'createUser' });
    expect(created.message).toContain('the answer is about another user. The user may have been created');
    const resolved = await failureOf(client(another).resolve('mine-1'));
    expect(resolved).toMatchObject({ code: 'invalid_response', operation: 'resolveUser' });
    expect(resolved.message).toContain('the answer is about another user. Nothing was changed.');
    expect(await failureOf(client(another).ensure('mine-1'))).toMatchObject({ code: 'invalid_response' });
  });

  it('a user who is there, where it does not say who', async () => {
    const nobody = Response.json(
      { detail: { error_type: 'INVALID_REQUEST', error_message: 'Client user id already exists.' } },
      { status: 400 },
    );
    // An id that is created first, since no path can name it.
    expect(await failureOf(client(nobody).ensure('a/b'))).toMatchObject({ code: 'bad_request' });
    const refused = Response.json({ detail: 'no' }, { status: 400 });
    expect(await failureOf(client(refused).ensure('a/b'))).toMatchObject({ code: 'bad_request' });
    const lost = () => Promise.reject(new TypeError('made up'));
    const { users } = createJunction({ apiKey, fetch: lost, retry: 0 });
    expect(await failureOf(users.ensure('a/b'))).toMatchObject({ code: 'connection_failed' });
  });

  it('an id that cannot be sent, which it names', async () => {
    const { junction } = setUp();
    for (const call of [
      junction.users.create({ clientUserId: '' }),
      junction.users.resolve(''),
      junction.users.resolve('a/b'),
      junction.users.ensure(''),
    ]) {
      expect((await failureOf(call)).message).toContain('`clientUserId` must');
    }
    const user = { clientUserId: 'x', fallbackTimeZone: 7 as never };
    expect((await failureOf(junction.users.create(user))).message).toContain('`fallbackTimeZone` of the user must');
    const misspelt = { clientUserId: 'x', timezone: 'UTC' };
    expect((await failureOf(junction.users.create(misspelt))).message).toContain(
      'unknown option `timezone` of the user',
    );
  });
});

describe('ensures a user', () => {
  it('by looking first', async () => {
    const { junction, requests } = setUp();
    const created = await junction.users.create({ clientUserId: 'mine-1' });
    expect(await junction.users.ensure('mine-1')).toEqual(created);
    expect(requests().slice(1)).toEqual([['GET', '/v2/user/resolve/mine-1', 200]]);
  });

  it('by creating one where there is none', async () => {
    const { junction, requests, fake } = setUp();
    const user = await junction.users.ensure('mine-1');
    expect(user).toMatchObject({ clientUserId: 'mine-1', userId: fake.createdUsers[0]?.userId });
    expect(requests()).toEqual([
      ['GET', '/v2/user/resolve/mine-1', 404],
      ['POST', '/v2/user', 200],
    ]);
  });

  it('once, however many ask at the same time', async () => {
    const { junction, fake } = setUp();
    const users = await Promise.all(Array.from({ length: 20 }, () => junction.users.ensure('mine-1')));
    expect(fake.createdUsers).toHaveLength(1);
    expect(users).toEqual(Array.from<JunctionUser>({ length: 20 }).fill(users[0]!));
  });

  it.each(unresolvable)('with the id %j, which no path can name', async (clientUserId) => {
    const { junction, fake, requests } = setUp();
    const user = await junction.users.ensure(clientUserId);
    expect(await junction.users.ensure(clientUserId)).toEqual(user);
    expect(fake.createdUsers.map((each) => each.clientUserId)).toEqual([clientUserId]);
    expect(requests().map(([method]) => method)).toEqual(['POST', 'POST', 'GET']);
  });

  it.each(['<html><h1>404 Not Found</h1></html>', { detail: 'Not Found' }])(
    'and takes no 404 of a gateway for a user who is not there: %j',
    async (body) => {
      const { url, requests } = await startServer(answers({ status: 404, body }));
      const { users, issueTokenForClient } = createJunction({ apiKey, baseUrl: url });
      for (const call of [users.ensure('mine-1'), issueTokenForClient('mine-1')])
        expect(await failureOf(call)).toMatchObject({ code: 'not_found', scope: 'account', operation: 'resolveUser' });
      expect(requests.map(({ method }) => method)).toEqual(['GET', 'GET']);
    },
  );

  it.each([401, 403, 422, 500])('and passes on a %i, without creating anybody', async (status) => {
    const { junction, fake } = setUp();
    fake.failWith({ status });
    expect(await failureOf(junction.users.ensure('mine-1', { retry: 0 }))).toMatchObject({ status });
    expect(fake.calls).toHaveLength(1);
  });

  it.each(['', undefined, 7, 'a\ud800'])('but not %j', async (clientUserId) => {
    const { junction, fetch } = setUp();
    const error = await failureOf(junction.users.ensure(clientUserId as string));
    expect(error).toMatchObject({ name: 'InvalidInputError', code: 'invalid_user_id' });
    expect(fetch).not.toHaveBeenCalled();
  });
});

describe('issues for your own id', () => {
  useVirtualTime();

  it('to a user who is there, and to one who is not', async () => {
    const { junction, fake } = setUp();
    const first = await junction.issueTokenForClient('mine-1');
    expect(first).toMatchObject({ provider: 'junction', userId: fake.createdUsers[0]?.userId });
    expect(first.token).toBe(fake.tokens[0]?.token);
    expect((await junction.issueTokenForClient('mine-1')).userId).toBe(first.userId);
    expect(fake.createdUsers).toHaveLength(1);
  });

  it('within one time for all requests', async () => {
    const { junction, fake } = setUp();
    fake.failWith({ delay: 400 });
    const error = await failureOf(junction.issueTokenForClient('mine-1', { timeout: 1_000 }));
    expect(error).toMatchObject({ code: 'timeout', timeout: 1_000, operation: 'issueToken' });
    expect(fake.calls).toHaveLength(3);
  });

  it('and is aborted with its signal, wherever it is', async () => {
    for (const after of [1, 2, 3]) {
      const { junction, fetch, fake } = setUp();
      const controller = new AbortController();
      fake.failWith({ delay: 20 });
      fetch.mockImplementation((url, init) => {
        if (fetch.mock.calls.length === after) controller.abort('enough');
        return fake.fetch(url, init);
      });
      await expect(junction.issueTokenForClient('mine-1', { signal: controller.signal })).rejects.toBe('enough');
      expect(fetch).toHaveBeenCalledTimes(after);
    }
  });

  it('as functions on their own', async () => {
    const { junction } = setUp();
    const { issueTokenForClient, users } = junction;
    const { create, resolve, ensure } = users;
    await create({ clientUserId: 'mine-1' });
    expect((await resolve('mine-1')).userId).toBe((await ensure('mine-1')).userId);
    await expect(issueTokenForClient('mine-1')).resolves.toMatchObject({ provider: 'junction' });
    expect(Object.keys(users).sort()).toEqual(['create', 'ensure', 'resolve']);
  });
});
