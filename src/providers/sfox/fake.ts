import type { FakeAnswer, FakeProvider, FakeRequest, FakeWorld } from '../../fakes/contract.js';
import { createFake } from '../../fakes/create-fake.js';
import { parseJson } from '../../fakes/json.js';
import { createFakeUsers } from '../../fakes/users.js';

/** A token that the fake of sFOX issued. */
export interface FakeSfoxToken {
  /** The token itself. */
  readonly token: string;
  /** Whom it was issued for. */
  readonly userId: string;
  /** When it was issued. */
  readonly issuedAt: Date;
  /** When it is of no use any more. */
  readonly expiresAt: Date;
}

/** The fake of sFOX. */
export interface FakeSfox extends FakeProvider {
  /** Every token so far, oldest first. */
  readonly tokens: readonly FakeSfoxToken[];
  /**
   * What a batch with an unknown user gets, which sFOX does not document: a refusal as a whole, or an answer that leaves
   * that user out.
   *
   * @default 'refuse'
   */
  unknownUsersInBatch: 'refuse' | 'leave_out';
  /** The most users in one batch, beyond which it is refused with 400. sFOX documents none, and so has the fake. */
  maxBatchSize: number;
}

/** Tokens expire 24 hours after creation. */
const lifetime = 24 * 60 * 60 * 1000;

const refuse = (status: number, error: string): FakeAnswer => ({ status, body: { error } });

export function createFakeSfox(world: FakeWorld): FakeSfox {
  const users = createFakeUsers(world.users);
  const tokens: FakeSfoxToken[] = [];
  const undocumented = { unknownUsersInBatch: 'refuse' as FakeSfox['unknownUsersInBatch'], maxBatchSize: Infinity };

  function issue(userId: string): FakeSfoxToken {
    const issuedAt = new Date(world.now());
    const random = crypto.getRandomValues(new Uint8Array(32));
    const token = {
      token: [...random].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
      userId,
      issuedAt,
      expiresAt: new Date(issuedAt.getTime() + lifetime),
    };
    tokens.push(token);
    return token;
  }

  function issueOne(userId: string): FakeAnswer {
    if (!users.has(userId)) return refuse(404, 'account not found');
    const { token, expiresAt } = issue(userId);
    return { status: 201, body: { data: { token, partner_user_id: userId, expires: expiresAt.toISOString() } } };
  }

  function issueMany({ text, headers }: FakeRequest): FakeAnswer {
    if (!(headers.get('content-type') ?? '').toLowerCase().startsWith('application/json')) {
      return refuse(400, 'content type must be application/json');
    }
    const body = parseJson(text);
    const isObject = typeof body === 'object' && body !== null && 'data' in body;
    if (!isObject || !Array.isArray(body.data)) return refuse(400, 'data must be a list of user ids');
    const userIds: unknown[] = body.data;
    if (userIds.length === 0) return refuse(400, 'data must hold at least one user id');
    if (userIds.length > undocumented.maxBatchSize) return refuse(400, 'too many user ids');
    if (!userIds.every((userId) => typeof userId === 'string' && userId !== '')) {
      return refuse(422, 'user ids must be strings');
    }
    const known = (userIds as string[]).filter((userId) => users.has(userId));
    if (known.length < userIds.length && undocumented.unknownUsersInBatch === 'refuse') {
      return refuse(404, 'account not found');
    }
    // The order is not documented: backwards, so that whoever goes by position notices.
    const data = known.reverse().map((userId) => {
      const { token, expiresAt } = issue(userId);
      return { token, expires: expiresAt.toISOString().replace(/\.\d+Z$/, 'Z'), partner_user_id: userId };
    });
    return { status: 201, body: { data } };
  }

  function route(request: FakeRequest): FakeAnswer {
    const [version, area, resource, ...rest] = request.path.split('/').slice(1);
    if (version !== 'v1' || area !== 'enterprise' || resource !== 'user-tokens' || rest.length > 1) {
      return refuse(404, 'not found');
    }
    if (request.method !== 'POST') return { ...refuse(405, 'method not allowed'), headers: { allow: 'POST' } };
    const [segment = ''] = rest;
    return segment === '' ? issueMany(request) : issueOne(decodeURIComponent(segment));
  }

  const fake = createFake(world, users, {
    origins: { 'https://api.sfox.com': 'production', 'https://api.staging.sfox.com': 'sandbox' },
    keyHeader: { name: 'authorization', scheme: 'Bearer ' },
    isKey: (key) => key !== '',
    refuseKey: () => refuse(401, 'invalid api key'),
    failure: (status) =>
      status === 500
        ? { status, headers: { 'content-type': 'text/html' }, body: '<html><body><h1>500</h1></body></html>' }
        : refuse(status, `failure ${String(status)} on demand`),
    // No Retry-After is documented, only the minute that it takes.
    rateLimited: () => refuse(429, 'rate limit exceeded'),
    rateLimitPauseInSeconds: 60,
    answer: route,
    reset() {
      tokens.length = 0;
      undocumented.unknownUsersInBatch = 'refuse';
      undocumented.maxBatchSize = Infinity;
    },
  });
  return {
    ...fake,
    tokens,
    get unknownUsersInBatch() {
      return undocumented.unknownUsersInBatch;
    },
    set unknownUsersInBatch(value) {
      undocumented.unknownUsersInBatch = value;
    },
    get maxBatchSize() {
      return undocumented.maxBatchSize;
    },
    set maxBatchSize(value) {
      undocumented.maxBatchSize = value;
    },
  };
}
