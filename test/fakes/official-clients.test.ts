import { createClerkClient } from '@clerk/backend';
import { isClerkAPIResponseError } from '@clerk/backend/errors';
import { Junction, JunctionClient, JunctionError } from '@junction-api/sdk';
import { Vital, VitalClient, VitalError } from '@tryvital/vital-node';
import { describe, expect, it } from 'vitest';
import { useServedFakes } from '../support/serve.js';

const { fakes, server } = useServedFakes();
const userId = '6f3c0d4e-8a51-4c1b-9b7e-2f1d7a90c3aa';

async function rejection(call: PromiseLike<unknown>): Promise<unknown> {
  return call.then(
    () => {
      throw new Error('The call was expected to fail.');
    },
    (error: unknown) => error,
  );
}

describe('@clerk/backend', () => {
  const clerk = (secretKey = 'sk_test_made-up') =>
    createClerkClient({ secretKey, apiUrl: server().baseUrls.clerk }).signInTokens;

  async function clerkError(call: PromiseLike<unknown>) {
    const error = await rejection(call);
    if (!isClerkAPIResponseError(error)) throw error;
    return error;
  }

  it('creates a token and revokes it', async () => {
    const created = await clerk().createSignInToken({ userId: 'user_1', expiresInSeconds: 60 });
    expect(created).toMatchObject({ userId: 'user_1', status: 'pending' });
    expect(created.id).toMatch(/^sit_/);
    expect(created.token).toBe(fakes.clerk.tokens[0]?.token);
    expect(created.createdAt).toBe(fakes.clerk.tokens[0]?.createdAt.getTime());

    expect(await clerk().revokeSignInToken(created.id)).toMatchObject({ id: created.id, status: 'revoked' });
    const error = await clerkError(clerk().revokeSignInToken(created.id));
    expect(error.status).toBe(400);
    expect(error.errors[0]?.code).toBe('sign_in_token_cannot_be_revoked_code');
  });

  it.each([
    ['an unknown key', 'sk_other', 'user_1', 60, 401, 'clerk_key_invalid', undefined],
    ['an unknown user', undefined, 'user_2', 60, 404, 'resource_not_found', undefined],
    ['no lifetime', undefined, 'user_1', 0, 422, 'form_param_value_invalid', 'expires_in_seconds'],
    ['no user', undefined, '', 60, 422, 'form_param_missing', 'user_id'],
  ])('reads the error for %s', async (_, key, user, expiresInSeconds, status, code, parameter) => {
    fakes.clerk.addUser('user_1');
    const error = await clerkError(clerk(key).createSignInToken({ userId: user, expiresInSeconds }));
    expect(error.status).toBe(status);
    expect(error.errors[0]).toMatchObject({ code });
    expect(error.errors[0]).toHaveProperty('meta.paramName', parameter);
    expect(error.clerkTraceId).toMatch(/^[0-9a-f]{32}$/);
  });

  it('revokes no token of another instance', async () => {
    const created = await clerk().createSignInToken({ userId: 'user_1', expiresInSeconds: 60 });
    const error = await clerkError(clerk('sk_live_made-up').revokeSignInToken(created.id));
    expect(error.status).toBe(404);
    expect(error.errors[0]?.longMessage).toBe('Resource not found');
  });

  it('is told that a ticket was used, and not only revoked', async () => {
    const created = await clerk().createSignInToken({ userId: 'user_1', expiresInSeconds: 60 });
    expect((await fetch(created.url)).status).toBe(200);
    const error = await clerkError(clerk().revokeSignInToken(created.id));
    expect(error.errors[0]).toMatchObject({
      code: 'sign_in_token_cannot_be_revoked_code',
      longMessage:
        'Sign in token cannot be revoked because its status is accepted. Only pending tokens can be revoked.',
    });
  });

  it.each([400, 401, 403, 404, 422, 429, 500, 503])('reads a %i on demand', async (status) => {
    fakes.clerk.failNext({ status, retryAfter: 7 });
    const error = await clerkError(clerk().createSignInToken({ userId: 'user_1', expiresInSeconds: 60 }));
    expect(error.status).toBe(status);
    expect(error.errors[0]?.message).toBeTruthy();
    if (status === 429) expect(error.retryAfter).toBe(7);
  });

  it('reads how long to wait beyond the rate limit', async () => {
    fakes.clerk.limitRate({ requests: 1, seconds: 10 });
    await clerk().createSignInToken({ userId: 'user_1', expiresInSeconds: 60 });
    const error = await clerkError(clerk().createSignInToken({ userId: 'user_1', expiresInSeconds: 60 }));
    expect(error.status).toBe(429);
    expect(error.retryAfter).toBe(10);
  });
});

/** The two generations of Junction's client differ in how they take an id. */
const junctionClients = [
  {
    name: '@junction-api/sdk',
    connect: (apiKey: string) => {
      const { user } = new JunctionClient({ apiKey, baseUrl: server().baseUrls.junction, maxRetries: 0 });
      return {
        signIn: (userId: string) => user.getUserSignInToken({ userId }),
        create: (clientUserId: string) =>
          user.create({ clientUserId, fallbackTimeZone: 'Europe/London', fallbackBirthDate: '1989-09-12' }),
        resolve: (clientUserId: string) => user.getByClientUserId({ clientUserId }),
        get: (userId: string) => user.get({ userId }),
        list: (page: { offset: number; limit: number }) => user.getAll(page),
        remove: (userId: string) => user.delete({ userId }),
        undoRemove: (userId: string) => user.undoDelete({ userId }),
      };
    },
    BaseError: JunctionError,
    BadRequest: Junction.BadRequestError,
    Unprocessable: Junction.UnprocessableEntityError,
  },
  {
    name: '@tryvital/vital-node',
    connect: (apiKey: string) => {
      const { user } = new VitalClient({ apiKey, baseUrl: server().baseUrls.junction, maxRetries: 0 });
      return {
        signIn: (userId: string) => user.getUserSignInToken(userId),
        create: (clientUserId: string) =>
          user.create({ clientUserId, fallbackTimeZone: 'Europe/London', fallbackBirthDate: '1989-09-12' }),
        resolve: (clientUserId: string) => user.getByClientUserId(clientUserId),
        get: (userId: string) => user.get(userId),
        list: (page: { offset: number; limit: number }) => user.getAll(page),
        remove: (userId: string) => user.delete(userId),
        undoRemove: (userId: string) => user.undoDelete({ userId }),
      };
    },
    BaseError: VitalError,
    BadRequest: Vital.BadRequestError,
    Unprocessable: Vital.UnprocessableEntityError,
  },
];

describe.each(junctionClients)('$name', ({ connect, BaseError, BadRequest, Unprocessable }) => {
  const users = (apiKey = 'sk_us_made-up') => connect(apiKey);

  it('signs a user in', async () => {
    const answer = await users().signIn(userId);
    expect(answer).toMatchObject({ userId, signInToken: fakes.junction.tokens[0]?.token });
  });

  it('creates a user, finds it again, and is told of a second one', async () => {
    const created = await users().create('mine-1');
    expect(created).toMatchObject({ clientUserId: 'mine-1' });
    expect(await users().resolve('mine-1')).toMatchObject({ userId: created.userId });

    const error = await rejection(users().create('mine-1'));
    expect(error).toBeInstanceOf(BadRequest);
    expect(error).toMatchObject({ statusCode: 400 });
    // One client renames the fields of the body, the other leaves them.
    expect(JSON.stringify((error as { body: unknown }).body)).toContain(created.userId);
  });

  it('reads, lists and deletes users, and takes that back', async () => {
    const { userId: id } = await users().create('mine-1');
    const user = await users().get(id);
    expect(user).toMatchObject({
      userId: id,
      clientUserId: 'mine-1',
      fallbackTimeZone: { id: 'Europe/London', sourceSlug: 'manual' },
      fallbackBirthDate: { value: '1989-09-12', sourceSlug: 'manual' },
    });
    expect(await users().list({ offset: 0, limit: 10 })).toMatchObject({ total: 1, users: [user] });
    expect(await users().remove(id)).toEqual({ success: true });
    expect(await rejection(users().get(id))).toMatchObject({ statusCode: 404 });
    expect(await users().undoRemove(id)).toEqual({ success: true });
    expect(await users().get(id)).toEqual(user);
  });

  it('finds nobody of another team, or of another environment', async () => {
    const created = await users().create('mine-1');
    fakes.junction.addUser(userId);
    for (const key of ['sk_us_other', 'pk_us_made-up', 'sk_eu_made-up']) {
      expect(await rejection(users(key).signIn(created.userId))).toMatchObject({ statusCode: 404 });
      expect(await rejection(users(key).resolve('mine-1'))).toMatchObject({ statusCode: 404 });
    }
  });

  it('reads its errors', async () => {
    fakes.junction.addUser('00000000-0000-4000-8000-000000000000');
    const unprocessable = await rejection(users().signIn('not-a-uuid'));
    expect(unprocessable).toBeInstanceOf(Unprocessable);
    expect(unprocessable).toMatchObject({ statusCode: 422, body: { detail: [{ loc: ['path', 'user_id'] }] } });

    for (const [call, statusCode, detail] of [
      [() => users().signIn(userId), 404, 'User not found'],
      [() => users('other').signIn(userId), 401, 'invalid token'],
      [() => users().resolve('nobody'), 404, 'User not found'],
    ] as const) {
      const error = await rejection(call());
      expect(error).toBeInstanceOf(BaseError);
      expect(error).toMatchObject({ statusCode, body: { detail } });
    }
  });

  it.each([400, 401, 403, 404, 422, 429, 500, 503])('reads a %i on demand', async (status) => {
    fakes.junction.failNext({ status });
    const error = await rejection(users().signIn(userId));
    expect(error).toBeInstanceOf(BaseError);
    expect(error).toMatchObject({ statusCode: status });
  });
});

describe('what the documentation of sFOX shows, with fetch', () => {
  const post = (path: string, body?: unknown) =>
    fetch(`${server().baseUrls.sfox}/v1/enterprise/user-tokens${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: 'Bearer made-up-sfox-key' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  it('issues for one', async () => {
    const response = await post(`/${userId}`);
    expect(response.status).toBe(201);
    const { data } = (await response.json()) as { data: Record<string, string> };
    expect(Object.keys(data).sort()).toEqual(['expires', 'partner_user_id', 'token']);
    expect(data['token']).toMatch(/^[0-9a-f]{64}$/);
    expect(data['expires']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('issues for many', async () => {
    const response = await post('', { data: ['a', 'b'] });
    expect(response.status).toBe(201);
    const { data } = (await response.json()) as { data: Record<string, string>[] };
    expect(data.map((each) => each['partner_user_id']).sort()).toEqual(['a', 'b']);
    for (const { expires } of data) expect(expires).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  it('answers errors as text under `error`', async () => {
    fakes.sfox.addUser('a');
    const response = await post('/b');
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: 'account not found' });
  });
});
