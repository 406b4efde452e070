import type { FakeAnswer, FakeProvider, FakeRequest, FakeWorld } from '../../fakes/contract.js';
import { createFake } from '../../fakes/create-fake.js';
import { parseJson } from '../../fakes/json.js';
import { createFakeUsers } from '../../fakes/users.js';

/** A token that the fake of Clerk issued. */
export interface FakeClerkToken {
  /** What it is revoked by. */
  readonly id: string;
  /** The token itself. */
  readonly token: string;
  /** Whom it was issued for. */
  readonly userId: string;
  /** The organization to activate, where one was asked for. */
  readonly organizationId: string | undefined;
  /** Whether it can still be used. */
  readonly status: 'pending' | 'accepted' | 'revoked';
  /** When it was issued. */
  readonly createdAt: Date;
  /** When it is of no use any more. */
  readonly expiresAt: Date;
}

/** The fake of Clerk. */
export interface FakeClerk extends FakeProvider {
  /** Every token so far, oldest first. */
  readonly tokens: readonly FakeClerkToken[];
  /** Signs in with a token, as a frontend does with the `ticket` strategy. Throws for one that is not good any more. */
  readonly consume: (token: string) => FakeClerkToken;
  /** Knows only the organizations that are named in this way, from the first on, each with its members. */
  readonly addOrganization: (organizationId: string, memberIds: readonly string[]) => void;
}

/** Tokens live 30 days where the request does not say. */
const defaultLifetimeInSeconds = 2_592_000;

type Mutable<T> = { -readonly [Field in keyof T]: T[Field] };

interface ErrorItem {
  readonly code: string;
  readonly message: string;
  readonly long_message?: string;
  readonly parameter?: string;
}

function refuse(status: number, { parameter, ...item }: ErrorItem): FakeAnswer {
  const error = {
    long_message: item.message,
    ...item,
    ...(parameter === undefined ? {} : { meta: { param_name: parameter } }),
  };
  return { status, body: { errors: [error], clerk_trace_id: crypto.randomUUID().replaceAll('-', '') } };
}

const refuseParameter = (code: string, parameter: string, message: string) => refuse(422, { code, parameter, message });
const notFound = (message: string) =>
  refuse(404, { code: 'resource_not_found', message: 'not found', long_message: message });

export function createFakeClerk(world: FakeWorld): FakeClerk {
  const users = createFakeUsers(world.users);
  const organizations = new Map<string, ReadonlySet<string>>();
  const tokens: Mutable<FakeClerkToken>[] = [];
  const signingKey = crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  signingKey.catch(() => undefined);

  async function sign(claims: object): Promise<string> {
    const head = [{ alg: 'HS256', typ: 'JWT' }, claims].map((part) =>
      toBase64Url(new TextEncoder().encode(JSON.stringify(part))),
    );
    const content = head.join('.');
    const signature = await crypto.subtle.sign('HMAC', await signingKey, new TextEncoder().encode(content));
    return `${content}.${toBase64Url(new Uint8Array(signature))}`;
  }

  async function create(request: FakeRequest): Promise<FakeAnswer> {
    const fields = readFields(request);
    if (fields === undefined) {
      const message = 'The request body is invalid. Please consult the API documentation for more information.';
      return refuse(400, { code: 'request_body_invalid', message: 'Request body invalid', long_message: message });
    }
    const { user_id: userId, expires_in_seconds: lifetime, org_id: organizationId, ...others } = fields;
    const [unknown] = Object.keys(others);
    if (unknown !== undefined)
      return refuseParameter('form_param_unknown', unknown, `${unknown} is not a valid parameter.`);
    if (userId === undefined || userId === null || userId === '') {
      return refuseParameter('form_param_missing', 'user_id', 'user_id must be included.');
    }
    if (typeof userId !== 'string')
      return refuseParameter('form_param_type_invalid', 'user_id', 'user_id must be a string.');
    if (!(lifetime === undefined || lifetime === null || Number.isInteger(lifetime))) {
      return refuseParameter('form_param_type_invalid', 'expires_in_seconds', 'expires_in_seconds must be an integer.');
    }
    const lifetimeInSeconds = typeof lifetime === 'number' ? lifetime : defaultLifetimeInSeconds;
    if (lifetimeInSeconds < 1) {
      return refuseParameter(
        'form_param_value_invalid',
        'expires_in_seconds',
        'expires_in_seconds must be at least 1.',
      );
    }
    if (!(organizationId === undefined || organizationId === null || typeof organizationId === 'string')) {
      return refuseParameter('form_param_type_invalid', 'org_id', 'org_id must be a string.');
    }
    if (!users.has(userId)) return notFound('No user was found with the given id.');
    if (
      typeof organizationId === 'string' &&
      organizations.size > 0 &&
      organizations.get(organizationId)?.has(userId) !== true
    ) {
      const message = 'The user is not a member of the organization.';
      return refuse(403, { code: 'not_a_member_in_organization', message: 'not a member', long_message: message });
    }

    const now = world.now();
    const id = `sit_${crypto.randomUUID().replaceAll('-', '').slice(0, 27)}`;
    const issuedAt = Math.floor(now / 1000);
    const token = await sign({
      iss: 'https://fake.clerk.invalid',
      st: 'sign_in_token',
      sid: id,
      sub: userId,
      iat: issuedAt,
      exp: issuedAt + lifetimeInSeconds,
    });
    tokens.push({
      id,
      token,
      userId,
      organizationId: organizationId ?? undefined,
      status: 'pending',
      createdAt: new Date(now),
      expiresAt: new Date(now + lifetimeInSeconds * 1000),
    });
    const url = `https://fake.clerk.invalid/v1/tickets/accept?ticket=${token}`;
    const resource = { object: 'sign_in_token', id, user_id: userId, status: 'pending', token, url };
    return { status: 200, body: { ...resource, created_at: now, updated_at: now } };
  }

  function revoke(id: string): FakeAnswer {
    const token = tokens.find((each) => each.id === id);
    if (token === undefined) return notFound('No sign in token was found with the given id.');
    if (token.status !== 'pending') {
      return refuse(400, {
        code: 'sign_in_token_cannot_be_revoked_code',
        message: 'Sign in token cannot be revoked',
        long_message: `The sign in token cannot be revoked because its status is ${token.status}.`,
      });
    }
    token.status = 'revoked';
    const resource = { object: 'sign_in_token', id, user_id: token.userId, status: 'revoked', url: null };
    return { status: 200, body: { ...resource, created_at: token.createdAt.getTime(), updated_at: world.now() } };
  }

  function route(request: FakeRequest): FakeAnswer | Promise<FakeAnswer> {
    const version = request.headers.get('clerk-api-version');
    if (version !== null && !/^\d{4}-\d{2}-\d{2}$/.test(version)) {
      return refuse(400, { code: 'api_version_invalid', message: 'The API version is invalid.' });
    }
    const [prefix, resource, id, action, ...rest] = request.path.split('/').slice(1);
    const isCreate = id === undefined;
    const isRevoke = action === 'revoke' && rest.length === 0;
    if (prefix !== 'v1' || resource !== 'sign_in_tokens' || !(isCreate || isRevoke)) {
      return notFound('The requested endpoint does not exist.');
    }
    if (request.method !== 'POST') {
      const refusal = refuse(405, { code: 'method_not_allowed', message: 'Method not allowed' });
      return { ...refusal, headers: { allow: 'POST' } };
    }
    return isCreate ? create(request) : revoke(decodeURIComponent(id));
  }

  const tooMany = { code: 'too_many_requests', message: 'Too many requests. Please try again in a bit.' };
  const fake = createFake(world, users, {
    // One host serves all instances; the key says which is meant.
    origins: { 'https://api.clerk.com': undefined, 'https://api.clerk.dev': undefined },
    keyHeader: { name: 'authorization', scheme: 'Bearer ' },
    headers: () => ({ 'cf-ray': `${crypto.randomUUID().replaceAll('-', '').slice(0, 16)}-FAK` }),
    isKey: (key) => /^sk_(test|live)_./.test(key),
    refuseKey: (key) =>
      key === undefined
        ? refuse(401, { code: 'authentication_invalid', message: 'Invalid authentication' })
        : refuse(401, {
            code: 'clerk_key_invalid',
            message: 'The provided Clerk Secret Key is invalid. Make sure that your Clerk Secret Key is correct.',
          }),
    failure(status) {
      const codes: Record<number, string> = {
        400: 'request_body_invalid',
        401: 'clerk_key_invalid',
        403: 'organization_not_enabled_in_instance',
        404: 'resource_not_found',
        422: 'form_param_value_invalid',
        429: 'too_many_requests',
      };
      return refuse(status, {
        code: codes[status] ?? 'internal_clerk_error',
        message: `Failure ${String(status)} on demand`,
      });
    },
    rateLimited: (secondsLeft) => ({ ...refuse(429, tooMany), headers: { 'retry-after': String(secondsLeft) } }),
    answer: route,
    reset() {
      tokens.length = 0;
      organizations.clear();
    },
  });
  return {
    ...fake,
    tokens,
    consume(token) {
      const found = tokens.find((each) => each.token === token);
      if (found === undefined) throw new Error('The fake of Clerk did not issue this token.');
      if (found.status !== 'pending') throw new Error(`The token is ${found.status} and cannot be used any more.`);
      if (world.now() >= found.expiresAt.getTime()) throw new Error('The token has expired.');
      found.status = 'accepted';
      return found;
    },
    addOrganization: (organizationId, memberIds) => void organizations.set(organizationId, new Set(memberIds)),
  };
}

function readFields({ text, headers }: FakeRequest): Record<string, unknown> | undefined {
  const isJson = (headers.get('content-type') ?? '').toLowerCase().startsWith('application/json');
  const parsed = parseJson(text);
  return isJson && typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : undefined;
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}
