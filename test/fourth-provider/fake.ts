import type { FakeProvider, FakeToken } from '../../src/fakes/contract.js';
import { createFake } from '../../src/fakes/create-fake.js';
import type { FakeAnswer, FakeRequest, FakeSetting, Mutable } from '../../src/fakes/definition.js';
import { parseJson } from '../../src/fakes/json.js';
import { createKeptList } from '../../src/fakes/keep.js';
import { createFakeUsers } from '../../src/fakes/users.js';

export interface FakeFourth extends FakeProvider {
  /** Tokens work once. */
  readonly consume: (token: string) => FakeToken;
}

const lifetimeMilliseconds = 30 * 60 * 1000;

interface CreateBody {
  readonly user?: { readonly client_user_id?: unknown };
  readonly client_name?: unknown;
  readonly products?: unknown;
}

export function createFakeFourth(setting: FakeSetting): FakeFourth {
  const { clock, random, keep } = setting;
  const users = createFakeUsers(setting);
  const tokens = createKeptList<Mutable<FakeToken>>(keep);

  const answer = (status: number, body: object): FakeAnswer => ({
    status,
    body: { ...body, request_id: random.hex(16) },
  });
  const refuse = (status: number, type: string, code: string, message: string): FakeAnswer =>
    answer(status, { error_type: type, error_code: code, error_message: message });

  function create({ text, environment }: FakeRequest): FakeAnswer {
    const body = (parseJson(text) ?? {}) as CreateBody;
    const userId = body.user?.client_user_id;
    if (typeof userId !== 'string' || userId === '') {
      return refuse(400, 'INVALID_REQUEST', 'MISSING_FIELDS', 'user.client_user_id is missing');
    }
    if (typeof body.client_name !== 'string' || !Array.isArray(body.products)) {
      return refuse(400, 'INVALID_REQUEST', 'MISSING_FIELDS', 'client_name and products are required');
    }
    if (!users.has(userId, environment)) return refuse(400, 'INVALID_INPUT', 'USER_NOT_FOUND', 'no such user');
    const expiresAt = new Date(clock.now() + lifetimeMilliseconds);
    const token = `access-${random.hex(32)}`;
    tokens.add({ token, userId, environment, expiresAt, usedAt: undefined }, userId.length);
    return answer(200, { access_token: token, expiration: expiresAt.toISOString() });
  }

  const core = createFake<undefined>(setting, users, {
    origins: { 'https://us.fourth.example': 'us', 'https://eu.fourth.example': 'eu' },
    credentialHeaders: ['fourth-client-id'],
    // The one says whose the other is.
    readKey: (headers) => (headers.get('fourth-client-id') ? (headers.get('fourth-secret') ?? undefined) : undefined),
    isKey: (key) => key !== '',
    environmentOf: () => undefined,
    routes: [{ endpoint: 'POST /access/tokens', answer: create }],
    createWorld: () => undefined,
    refuseKey: () => refuse(400, 'INVALID_INPUT', 'INVALID_CREDENTIALS', 'invalid client id or secret provided'),
    notFound: () => refuse(404, 'INVALID_REQUEST', 'NOT_FOUND', 'there is nothing here'),
    wrongMethod: () => refuse(405, 'INVALID_REQUEST', 'WRONG_METHOD', 'use another method'),
    failure: (status) => refuse(status, 'API_ERROR', 'ON_DEMAND', `failure ${String(status)} on demand`),
    rateLimited: () => refuse(429, 'RATE_LIMIT_EXCEEDED', 'RATE_LIMIT', 'too many requests'),
    rate: { by: 'key' },
    reset() {
      tokens.clear();
    },
  });
  return {
    ...core,
    tokens: tokens.entries,
    consume(token) {
      const found = tokens.find((each) => each.token === token);
      if (found === undefined) throw new Error('The fake of Fourth did not issue this token.');
      if (found.usedAt !== undefined) throw new Error('The token was used and cannot be used any more.');
      if (clock.now() >= (found.expiresAt?.getTime() ?? 0)) throw new Error('The token has expired.');
      found.usedAt = new Date(clock.now());
      return found;
    },
  };
}
