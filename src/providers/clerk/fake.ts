import type { FakeProvider, FakeToken } from '../../fakes/contract.js';
import { createFake } from '../../fakes/create-fake.js';
import type { FakeAnswer, FakeIncoming, FakeRequest, FakeSetting, Mutable } from '../../fakes/definition.js';
import { parseJson } from '../../fakes/json.js';
import { createKeptList } from '../../fakes/keep.js';
import { createFakeUsers } from '../../fakes/users.js';
import { createRefusals } from './fake-errors.js';
import { corsHeaders, createFrontendRoutes, type Redemption } from './fake-frontend.js';

/** A token that the fake of Clerk issued. */
export interface FakeClerkToken extends FakeToken {
  /** What it is revoked by. */
  readonly id: string;
  /** The organization to activate, if one was asked for. */
  readonly organizationId: string | undefined;
  /** Whether it can still be used. */
  readonly status: 'pending' | 'accepted' | 'revoked';
  /** When it was issued. */
  readonly createdAt: Date;
  /** When it stops working. */
  readonly expiresAt: Date;
}

/** The fake of Clerk. */
export interface FakeClerk extends FakeProvider {
  readonly tokens: readonly FakeClerkToken[];
  /** Signs in with a token, as a frontend does with the `ticket` strategy. Throws for one that does not work any more. */
  readonly consume: (token: string) => FakeClerkToken;
  /** Knows only the organizations that are named with this method, from the first on, each with its members. */
  readonly addOrganization: (organizationId: string, memberIds: readonly string[]) => void;
  /**
   * Whether organizations are enabled in the instance.
   * @default true
   */
  organizationsEnabled: boolean;
}

/** Tokens live 30 days if the request does not say. */
const defaultLifetimeInSeconds = 2_592_000;

const knownVersions = ['2021-02-05', '2024-10-01', '2025-04-10', '2025-11-10', '2026-05-12'];

/** The frontend API of every instance of the fake. */
const frontend = 'https://clerk.fake.example';

/** The instance of one key. */
type Instance = WeakSet<FakeClerkToken>;

export function createFakeClerk(setting: FakeSetting): FakeClerk {
  const { clock, random, keep } = setting;
  const users = createFakeUsers(setting);
  const refusals = createRefusals(random);
  const organizations = new Map<string, ReadonlySet<string>>();
  const tokens = createKeptList<Mutable<FakeClerkToken>>(keep);
  let organizationsEnabled = true;

  function create(request: FakeRequest<Instance>): FakeAnswer {
    const { headers, text, environment } = request;
    if (!(headers.get('content-type') ?? '').toLowerCase().startsWith('application/json')) {
      return refusals.contentType();
    }
    const fields = parseJson(text);
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return refusals.bodyInvalid();
    const wrong = findWrongField(fields);
    if (wrong !== undefined) return wrong;
    const { user_id: userId, expires_in_seconds, org_id } = fields as CreateFields;
    if (!users.has(userId, environment)) return refusals.noUser(userId);
    const organizationId = org_id ?? undefined;
    const refusal = organizationId === undefined ? undefined : refuseOrganization(organizationId, userId);
    if (refusal !== undefined) return refusal;

    const now = clock.now();
    const lifetimeInSeconds = expires_in_seconds ?? defaultLifetimeInSeconds;
    const id = `sit_${random.word(27)}`;
    const issuedAt = Math.floor(now / 1000);
    const claims = { iss: frontend, st: 'sign_in_token', sid: id, sub: userId, iat: issuedAt };
    const token: Mutable<FakeClerkToken> = {
      id,
      token: toJwt({ ...claims, exp: issuedAt + lifetimeInSeconds }, random.word(43)),
      userId,
      organizationId,
      environment,
      status: 'pending',
      createdAt: new Date(now),
      expiresAt: new Date(now + lifetimeInSeconds * 1000),
      usedAt: undefined,
    };
    tokens.add(token, token.token.length + userId.length);
    request.world.add(token);
    const url = `${frontendOf(request)}/v1/tickets/accept?ticket=${token.token}`;
    const resource = { object: 'sign_in_token', id, user_id: userId, status: 'pending', token: token.token, url };
    return { status: 200, body: { ...resource, created_at: now, updated_at: now } };
  }

  function findWrongField(fields: object): FakeAnswer | undefined {
    const { user_id, expires_in_seconds, org_id, ...others } = fields as Partial<Record<keyof CreateFields, unknown>>;
    const [unknown] = Object.keys(others);
    if (unknown !== undefined) return refusals.unknown(unknown);
    if (user_id === undefined || user_id === null || user_id === '') return refusals.missing('user_id');
    if (typeof user_id !== 'string') return refusals.wrongType('user_id', 'string');
    const lifetime = expires_in_seconds ?? defaultLifetimeInSeconds;
    if (!Number.isInteger(lifetime)) return refusals.wrongType('expires_in_seconds', 'integer');
    // Beyond the second number no date can hold when it would expire.
    if (Number(lifetime) < 1 || Number(lifetime) > 1e12) {
      return refusals.wrongValue('expires_in_seconds', 'expires_in_seconds must be at least 1.');
    }
    return typeof (org_id ?? '') === 'string' ? undefined : refusals.wrongType('org_id', 'string');
  }

  function refuseOrganization(organizationId: string, userId: string): FakeAnswer | undefined {
    if (!organizationsEnabled) return refusals.noOrganizations();
    if (organizations.size === 0) return undefined;
    const members = organizations.get(organizationId);
    if (members === undefined) return refusals.noOrganization();
    return members.has(userId) ? undefined : refusals.notMember();
  }

  function revoke({ parameters: [id], world }: FakeRequest<Instance>): FakeAnswer {
    const token = tokens.find((each) => each.id === id && world.has(each));
    if (token === undefined) return refusals.notFound();
    if (token.status !== 'pending') return refusals.notPending(token.status);
    token.status = 'revoked';
    const resource = { object: 'sign_in_token', id, user_id: token.userId, status: 'revoked', url: null };
    return { status: 200, body: { ...resource, created_at: token.createdAt.getTime(), updated_at: clock.now() } };
  }

  function redeem(ticket: string): Redemption {
    const token = tokens.find((each) => each.token === ticket);
    if (token === undefined) return { refusal: 'invalid' };
    if (token.status !== 'pending') return { refusal: token.status };
    if (clock.now() >= token.expiresAt.getTime()) return { refusal: 'expired' };
    token.status = 'accepted';
    token.usedAt = new Date(clock.now());
    return { token };
  }

  function checkVersion({ headers, query }: FakeIncoming): FakeAnswer | undefined {
    const inHeader = headers.get('clerk-api-version');
    const inQuery = query.get('__clerk_api_version');
    if (inHeader !== null && inQuery !== null) {
      return refusals.versionInvalid('Give the version in the header or in the query, and not in both.');
    }
    const version = inHeader ?? inQuery;
    return version === null || knownVersions.includes(version)
      ? undefined
      : refusals.versionInvalid(`There is no version ${version}. Known are ${knownVersions.join(', ')}.`);
  }

  const core = createFake<Instance>(setting, users, {
    // One host serves all instances; the key says which is meant.
    origins: { 'https://api.clerk.com': undefined, 'https://api.clerk.dev': undefined, [frontend]: undefined },
    frontend,
    environments: ['production', 'development'],
    readKey: (headers) => /^Bearer (.+)$/.exec(headers.get('authorization') ?? '')?.[1],
    isKey: (key) => /^sk_(test|live)_./.test(key),
    environmentOf: (key) => {
      const [, kind] = /^sk_(test|live)_/.exec(key) ?? [];
      return kind === undefined ? undefined : kind === 'live' ? 'production' : 'development';
    },
    routes: [
      { endpoint: 'POST /v1/sign_in_tokens', answer: create },
      { endpoint: 'POST /v1/sign_in_tokens/{sign_in_token_id}/revoke', answer: revoke },
      ...createFrontendRoutes({ random, refusals, redeem }),
    ],
    createWorld: () => new WeakSet(),
    headers: (incoming) => ({
      'x-clerk-trace-id': random.hex(32),
      'cf-ray': `${random.hex(16)}-FAK`,
      ...corsHeaders(incoming),
    }),
    check: checkVersion,
    refuseKey: (key) => (key === undefined ? refusals.noKey() : refusals.wrongKey()),
    notFound: refusals.notFound,
    wrongMethod: refusals.wrongMethod,
    failure: refusals.ofStatus,
    rateLimited: (secondsLeft) => {
      const { headers, ...answer } = refusals.tooMany();
      return { ...answer, headers: { ...headers, 'retry-after': String(secondsLeft) } };
    },
    rate: { by: 'key' },
    reset() {
      tokens.entries.length = 0;
      organizations.clear();
      organizationsEnabled = true;
    },
  });
  return {
    ...core,
    tokens: tokens.entries,
    consume(token) {
      const redemption = redeem(token);
      if ('token' in redemption) return redemption.token;
      const { refusal } = redemption;
      if (refusal === 'invalid') throw new Error('The fake of Clerk did not issue this token.');
      if (refusal === 'expired') throw new Error('The token has expired.');
      throw new Error(`The token is ${refusal} and cannot be used any more.`);
    },
    addOrganization(organizationId, memberIds) {
      if (typeof organizationId !== 'string' || !Array.isArray(memberIds)) {
        throw new TypeError('An organization has an id, and a list of the ids of its members.');
      }
      organizations.set(organizationId, new Set(memberIds));
    },
    get organizationsEnabled() {
      return organizationsEnabled;
    },
    set organizationsEnabled(value) {
      organizationsEnabled = value;
    },
  };
}

interface CreateFields {
  readonly user_id: string;
  readonly expires_in_seconds?: number | null;
  readonly org_id?: string | null;
}

/** Where the frontend API of whom was asked answers: a served fake has it beside the backend API. */
function frontendOf({ origin, headers }: FakeIncoming): string {
  const isClerk = ['https://api.clerk.com', 'https://api.clerk.dev'].includes(origin);
  return isClerk ? frontend : `${origin}${headers.get('x-forwarded-prefix') ?? ''}`;
}

/** A JWT to look into. Nobody could check its signature, since the fake publishes no key: any text does. */
function toJwt(claims: object, signature: string): string {
  return [...[{ alg: 'HS256', typ: 'JWT' }, claims].map((part) => toBase64Url(JSON.stringify(part))), signature].join(
    '.',
  );
}

function toBase64Url(text: string): string {
  const bytes = encodeURIComponent(text).replace(/%(..)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
