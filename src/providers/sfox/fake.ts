import type { FakeProvider, FakeToken } from '../../fakes/contract.js';
import { createFake } from '../../fakes/create-fake.js';
import type { FakeAnswer, FakeIncoming, FakeRequest, FakeRoute, FakeSetting, Mutable } from '../../fakes/definition.js';
import { parseJson } from '../../fakes/json.js';
import { createKeptList, type KeptList } from '../../fakes/keep.js';
import { hasContentType, readBearer } from '../../fakes/request.js';
import { createFakeUsers, type FakeUsers } from '../../fakes/users.js';

/** A token that the fake of sFOX issued. */
export interface FakeSfoxToken extends FakeToken {
  /** When it was issued. */
  readonly issuedAt: Date;
  /** When it stops working: 24 hours after it was issued. */
  readonly expiresAt: Date;
}

/** The fake of sFOX. */
export interface FakeSfox extends FakeProvider {
  readonly tokens: readonly FakeSfoxToken[];
  /** Uses a token. It works any number of times until it expires; then this throws an Error. */
  readonly consume: (token: string) => FakeSfoxToken;
  /**
   * How a batch with an unknown user is answered, which sFOX does not document. `refuse`: the whole batch gets a 404.
   * `leave_out`: the answer has the tokens of the other users.
   *
   * @default 'refuse'
   */
  unknownUsersInBatch: 'refuse' | 'leave_out';
  /**
   * The maximum number of users in one batch; a larger one is refused with 400. sFOX documents none.
   * @default Infinity
   */
  maxBatchSize: number;
}

/** The behaviour that sFOX does not document, and that a test may set. */
type Undocumented = Pick<FakeSfox, 'unknownUsersInBatch' | 'maxBatchSize'>;

interface TokenEndpoints {
  readonly setting: FakeSetting;
  readonly users: FakeUsers;
  readonly tokens: KeptList<Mutable<FakeSfoxToken>>;
  readonly undocumented: Readonly<Undocumented>;
}

const lifetimeMilliseconds = 24 * 60 * 60 * 1000;

/** sFOX documents the form of errors but not their texts: these are the fake's own. */
const refuse = (status: number, error: string): FakeAnswer => ({ status, body: { error } });

export function createFakeSfox(setting: FakeSetting): FakeSfox {
  const { clock, keep } = setting;
  const users = createFakeUsers(setting);
  const tokens = createKeptList<Mutable<FakeSfoxToken>>(keep);
  // It becomes the fake itself below, so that what a test sets is seen here.
  const undocumented: Undocumented = { unknownUsersInBatch: 'refuse', maxBatchSize: Infinity };

  const core = createFake<undefined>(setting, users, {
    origins: { 'https://api.sfox.com': 'production', 'https://api.staging.sfox.com': 'sandbox' },
    readKey: readBearer,
    isKey: () => true,
    environmentOf: () => undefined,
    routes: createTokenRoutes({ setting, users, tokens, undocumented }),
    createWorld: () => undefined,
    check: (incoming) => (wantsJson(incoming) ? undefined : refuse(406, 'only application/json can be answered')),
    refuseKey: () => refuse(401, 'invalid api key'),
    notFound: () => refuse(404, 'not found'),
    wrongMethod: () => refuse(405, 'method not allowed'),
    failure: (status) =>
      status === 500
        ? { status, headers: { 'content-type': 'text/html' }, body: '<html><body><h1>500</h1></body></html>' }
        : refuse(status, `failure ${String(status)} on demand`),
    // No Retry-After is documented, only the penalty.
    rateLimited: () => refuse(429, 'rate limit exceeded'),
    rate: { by: 'address', penaltySeconds: 60, routePenaltySeconds: 10 },
    reset() {
      tokens.clear();
      undocumented.unknownUsersInBatch = 'refuse';
      undocumented.maxBatchSize = Infinity;
    },
  });
  return Object.assign(undocumented, core, {
    tokens: tokens.entries,
    consume(token: string) {
      const found = tokens.find((each) => each.token === token);
      if (found === undefined) throw new Error('The fake of sFOX did not issue this token.');
      if (clock.now() >= found.expiresAt.getTime()) throw new Error('The token has expired.');
      found.usedAt ??= new Date(clock.now());
      return found;
    },
  });
}

/** The endpoints that issue tokens. */
function createTokenRoutes({ setting, users, tokens, undocumented }: TokenEndpoints): FakeRoute<undefined>[] {
  const { clock, random } = setting;

  function issue(userId: string, environment: string | undefined): FakeSfoxToken {
    const issuedAt = new Date(clock.now());
    const expiresAt = new Date(issuedAt.getTime() + lifetimeMilliseconds);
    const token = { token: random.hex(64), userId, environment, issuedAt, expiresAt, usedAt: undefined };
    tokens.add(token, userId.length);
    return token;
  }

  function issueOne({ parameters: [userId = ''], environment }: FakeRequest): FakeAnswer {
    if (!users.has(userId, environment)) return refuse(404, 'account not found');
    const { token, expiresAt } = issue(userId, environment);
    return { status: 201, body: { data: { token, partner_user_id: userId, expires: expiresAt.toISOString() } } };
  }

  function issueMany(request: FakeRequest): FakeAnswer {
    const userIds = readUserIds(request, undocumented.maxBatchSize);
    if ('status' in userIds) return userIds;
    const { environment } = request;
    const known = userIds.filter((userId) => users.has(userId, environment));
    if (known.length < userIds.length && undocumented.unknownUsersInBatch === 'refuse') {
      return refuse(404, 'account not found');
    }
    // sFOX documents no order: reversed, so that code that relies on the position fails.
    const data = known.reverse().map((userId) => {
      const { token, expiresAt } = issue(userId, environment);
      return { token, expires: expiresAt.toISOString().replace(/\.\d+Z$/, 'Z'), partner_user_id: userId };
    });
    return { status: 201, body: { data } };
  }

  return [
    { endpoint: 'POST /v1/enterprise/user-tokens', answer: issueMany },
    // An empty id reaches the batch endpoint.
    { endpoint: 'POST /v1/enterprise/user-tokens/', answer: issueMany },
    { endpoint: 'POST /v1/enterprise/user-tokens/{user_id}', answer: issueOne },
  ];
}

/** The user ids of a batch, or the answer to a body that is wrong. */
function readUserIds({ text, headers }: FakeRequest, maxBatchSize: number): readonly string[] | FakeAnswer {
  if (!hasContentType(headers, 'application/json')) return refuse(400, 'content type must be application/json');
  const body = parseJson(text);
  const isObject = typeof body === 'object' && body !== null && 'data' in body;
  if (!isObject || !Array.isArray(body.data)) return refuse(400, 'data must be a list of user ids');
  const userIds: unknown[] = body.data;
  if (userIds.length === 0) return refuse(400, 'data must hold at least one user id');
  if (userIds.length > maxBatchSize) return refuse(400, 'too many user ids');
  const isString = (userId: unknown) => typeof userId === 'string' && userId !== '';
  return userIds.every(isString) ? (userIds as string[]) : refuse(400, 'user ids must be strings');
}

/** Whether a request accepts JSON. sFOX documents 406 if it does not. */
function wantsJson({ headers }: FakeIncoming): boolean {
  const accepted = (headers.get('accept') ?? '*/*').toLowerCase().split(',');
  return accepted.some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const isRefused = parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
    return !isRefused && ['*/*', 'application/*', 'application/json'].includes(type);
  });
}
