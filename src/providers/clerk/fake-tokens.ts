import type { FakeToken } from '../../fakes/contract.js';
import type { FakeAnswer, FakeRequest, FakeSetting, Mutable } from '../../fakes/definition.js';
import { createKeptList } from '../../fakes/keep.js';
import type { FakeUsers } from '../../fakes/users.js';
import type { ClerkRefusals } from './fake-errors.js';
import { readTokenFields, type TokenFields } from './fake-fields.js';
import type { createOrganizations } from './fake-organizations.js';
import { frontend, frontendOf } from './fake-origins.js';

/** A token that the fake of Clerk issued. */
export interface FakeClerkToken extends FakeToken {
  /** Its id, by which it is revoked: `sit_…`. */
  readonly id: string;
  /** The organization to activate, if one was asked for. */
  readonly organizationId: string | undefined;
  /** `pending`: it can be used. `accepted`: it was used. `revoked`: it was revoked before it was used. */
  readonly status: 'pending' | 'accepted' | 'revoked';
  /** When it was issued. */
  readonly createdAt: Date;
  /** When it stops working. */
  readonly expiresAt: Date;
}

/** The instance of one key: its tokens. */
export type Instance = WeakSet<FakeClerkToken>;

/** The result of redeeming a ticket: its token, or why it cannot sign in. */
export type Redemption =
  { readonly token: FakeClerkToken } | { readonly refusal: Parameters<ClerkRefusals['ticket']>[0] };

interface TokensOptions {
  readonly setting: FakeSetting;
  readonly users: FakeUsers;
  readonly organizations: ReturnType<typeof createOrganizations>;
  readonly refusals: ClerkRefusals;
}

/** The sign-in tokens: they are created and revoked at the backend API, and redeemed at the frontend API. */
export function createTokens({ setting, users, organizations, refusals }: TokensOptions) {
  const { clock, random, keep } = setting;
  const tokens = createKeptList<Mutable<FakeClerkToken>>(keep);

  function create(request: FakeRequest<Instance>): FakeAnswer {
    const fields = readTokenFields(request, refusals);
    if ('status' in fields) return fields;
    const { userId, organizationId } = fields;
    if (!users.has(userId, request.environment)) return refusals.noUser(userId);
    const refusal = organizationId === undefined ? undefined : organizations.check(organizationId, userId);
    if (refusal !== undefined) return refusal;
    const now = clock.now();
    const token = toToken(fields, request.environment, now);
    tokens.add(token, token.token.length + userId.length);
    request.world.add(token);
    const url = `${frontendOf(request)}/v1/tickets/accept?ticket=${token.token}`;
    const resource = { object: 'sign_in_token', id: token.id, user_id: userId, status: 'pending' };
    return { status: 200, body: { ...resource, token: token.token, url, created_at: now, updated_at: now } };
  }

  function toToken(fields: TokenFields, environment: string | undefined, now: number): Mutable<FakeClerkToken> {
    const { userId, organizationId, lifetimeSeconds } = fields;
    const id = `sit_${random.word(27)}`;
    const issuedAt = Math.floor(now / 1000);
    const claims = { iss: frontend, st: 'sign_in_token', sid: id, sub: userId, iat: issuedAt };
    return {
      id,
      token: toJwt({ ...claims, exp: issuedAt + lifetimeSeconds }, random.word(43)),
      userId,
      organizationId,
      environment,
      status: 'pending',
      createdAt: new Date(now),
      expiresAt: new Date(now + lifetimeSeconds * 1000),
      usedAt: undefined,
    };
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

  return { entries: tokens.entries, clear: tokens.clear, create, revoke, redeem };
}

/** A JWT with readable claims. Its signature is random text, because the fake publishes no key to verify it with. */
function toJwt(claims: object, signature: string): string {
  const [header, payload] = [{ alg: 'HS256', typ: 'JWT' }, claims].map((part) => toBase64Url(JSON.stringify(part)));
  return [header, payload, signature].join('.');
}

function toBase64Url(text: string): string {
  const bytes = encodeURIComponent(text).replace(/%(..)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
