import type { FakeProvider, FakeToken } from '../../fakes/contract.js';
import { createFake } from '../../fakes/create-fake.js';
import type { FakeAnswer, FakeRequest, FakeSetting, Mutable } from '../../fakes/definition.js';
import { createKeptList } from '../../fakes/keep.js';
import { createFakeUsers } from '../../fakes/users.js';
import { createUserRoutes, invalidRequest, isKnown, type StoredUser, type Team } from './fake-users.js';
import { findUuidIssue, toCanonicalUuid, unprocessable } from './fake-validation.js';

/** A token that the fake of Junction issued. */
export interface FakeJunctionToken extends FakeToken {
  /** When it was issued. */
  readonly issuedAt: Date;
  /** Junction publishes no lifetime. */
  readonly expiresAt: undefined;
}

/** A user that was created at the fake of Junction. */
export interface FakeJunctionUser {
  /** The id that the fake gave it. */
  readonly userId: string;
  /** Your own id of the user. */
  readonly clientUserId: string;
  /** Where it was created, such as `sandbox eu`. */
  readonly environment: string | undefined;
  /** When it was created. */
  readonly createdOn: Date;
}

/** The fake of Junction. */
export interface FakeJunction extends FakeProvider {
  readonly tokens: readonly FakeJunctionToken[];
  /** Signs in with a token, as Junction's mobile SDK does: once. */
  readonly consume: (token: string) => FakeJunctionToken;
  /**
   * The users that were created over the API, oldest first, the deleted ones too. They are known besides those of
   * `addUser`, and only to the key that created them.
   */
  readonly createdUsers: readonly FakeJunctionUser[];
  /**
   * Accepts a Team API Access Token as `Authorization: Bearer <token>`, for ten minutes of the fake's clock.
   *
   * @param key - The key of the team that it stands for.
   */
  readonly acceptAccessToken: (token: string, key: string) => void;
}

/** How long a Team API Access Token lives. */
const accessTokenLifetime = 10 * 60 * 1000;

export function createFakeJunction(setting: FakeSetting): FakeJunction {
  const { clock, random, keep } = setting;
  const named = createFakeUsers(setting, toCanonicalUuid);
  const tokens = createKeptList<Mutable<FakeJunctionToken>>(keep);
  const teams = new WeakMap<StoredUser, Team>();
  const created = createKeptList<StoredUser>(keep, (user) => teams.get(user)?.users.delete(user.userId));
  const accessTokens = new Map<string, { readonly key: string; readonly expiresAt: number }>();
  /** Whose a token is: it works only as long as its user is there. */
  const teamOf = new WeakMap<FakeJunctionToken, FakeRequest<Team>>();

  function remember(user: StoredUser, team: Team, size: number): void {
    teams.set(user, team);
    created.add(user, size);
  }

  function issue(request: FakeRequest<Team>): FakeAnswer {
    const [segment = ''] = request.parameters;
    const wrong = findUuidIssue(segment, ['path', 'user_id']);
    if (wrong !== undefined) return unprocessable(wrong);
    const userId = toCanonicalUuid(segment);
    if (!isKnown(request, named, userId)) return { status: 404, body: { detail: 'User not found' } };
    const token: Mutable<FakeJunctionToken> = {
      token: btoa(`fake-junction-sign-in:${random.uuid()}`),
      userId,
      environment: request.environment,
      issuedAt: new Date(clock.now()),
      expiresAt: undefined,
      usedAt: undefined,
    };
    tokens.add(token, userId.length);
    teamOf.set(token, request);
    return { status: 200, body: { user_id: userId, sign_in_token: token.token } };
  }

  /** One of two credentials, and not both. */
  function readKey(headers: Headers): string | undefined {
    const key = headers.get('x-vital-api-key') ?? undefined;
    const bearer = /^Bearer (.+)$/.exec(headers.get('authorization') ?? '')?.[1];
    if (bearer === undefined || key !== undefined) return bearer === undefined ? key : undefined;
    const access = accessTokens.get(bearer);
    return access !== undefined && clock.now() < access.expiresAt ? access.key : undefined;
  }

  const core = createFake<Team>(setting, named, {
    origins: {
      'https://api.us.junction.com': 'production us',
      'https://api.eu.junction.com': 'production eu',
      'https://api.sandbox.us.junction.com': 'sandbox us',
      'https://api.sandbox.eu.junction.com': 'sandbox eu',
      'https://api.tryvital.io': 'production us',
      'https://api.eu.tryvital.io': 'production eu',
      'https://api.sandbox.tryvital.io': 'sandbox us',
      'https://api.sandbox.eu.tryvital.io': 'sandbox eu',
    },
    readKey,
    isKey: (key) => /^[ps]k_(us|eu)_./.test(key),
    environmentOf: (key) => {
      const [, kind, region] = /^([ps])k_(us|eu)_/.exec(key) ?? [];
      return region === undefined ? undefined : `${kind === 'p' ? 'production' : 'sandbox'} ${region}`;
    },
    routes: [
      { endpoint: 'POST /v2/user/{user_id}/sign_in_token', answer: issue },
      ...createUserRoutes({ setting, named, remember }),
    ],
    toSegments,
    createWorld: () => ({
      id: random.uuid(),
      createdOn: new Date(clock.now()),
      users: new Map(),
      deleted: new Map(),
    }),
    refuseKey: () => ({ status: 401, body: { detail: 'invalid token' } }),
    notFound: () => ({ status: 404, body: { detail: 'Not Found' } }),
    wrongMethod: () => ({ status: 405, body: { detail: 'Method Not Allowed' } }),
    failure,
    // No Retry-After is documented.
    rateLimited: () => ({ status: 429, body: { detail: 'Too many requests' } }),
    rate: { by: 'key' },
    reset() {
      tokens.entries.length = created.entries.length = 0;
      accessTokens.clear();
    },
  });
  return {
    ...core,
    tokens: tokens.entries,
    createdUsers: created.entries,
    consume(token) {
      const found = tokens.find((each) => each.token === token);
      if (found === undefined) throw new Error('The fake of Junction did not issue this token.');
      if (found.usedAt !== undefined) throw new Error('The token was used already and cannot be used any more.');
      const request = teamOf.get(found);
      if (request !== undefined && !isKnown(request, named, found.userId)) {
        throw new Error('The user of the token was deleted.');
      }
      found.usedAt = new Date(clock.now());
      return found;
    },
    acceptAccessToken(token, key) {
      if (typeof token !== 'string' || typeof key !== 'string' || token === '' || key === '') {
        throw new TypeError('An access token and the key of its team must be strings, and not empty ones.');
      }
      accessTokens.set(token, { key, expiresAt: clock.now() + accessTokenLifetime });
    },
  };
}

function failure(status: number): FakeAnswer {
  // Junction's own failures can be plain text.
  if (status === 500) return { status, headers: { 'content-type': 'text/plain' }, body: 'Internal Server Error' };
  if (status === 422) {
    const issue = findUuidIssue('x', ['path', 'user_id']);
    return unprocessable(...(issue === undefined ? [] : [issue]));
  }
  const details: Record<number, unknown> = {
    400: { ...invalidRequest, error_message: 'The request cannot be processed.' },
    401: 'invalid token',
    404: 'User not found',
  };
  return { status, body: { detail: details[status] ?? `Failure ${String(status)} on demand` } };
}

/** The server decodes a path as a whole and folds its dot segments, before it looks for the endpoint. */
function toSegments(path: string): string[] {
  const folded = new URL('https://junction.invalid');
  folded.pathname = decodeURIComponent(path).replaceAll('%', '%25').replaceAll('?', '%3F').replaceAll('#', '%23');
  return decodeURIComponent(folded.pathname).split('/').slice(1);
}
