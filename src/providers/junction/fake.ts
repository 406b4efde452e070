import type { FakeProvider } from '../../fakes/contract.js';
import { createFake } from '../../fakes/create-fake.js';
import type { FakeAnswer, FakeSetting } from '../../fakes/definition.js';
import { createKeptList } from '../../fakes/keep.js';
import { createFakeUsers, quoteId } from '../../fakes/users.js';
import { createCredentials } from './fake-credentials.js';
import { createTeam, type FakeJunctionUser, type StoredUser, type Team } from './fake-team.js';
import { createTokens, type FakeJunctionToken } from './fake-tokens.js';
import { createUserRoutes, invalidRequest } from './fake-users.js';
import { findUuidIssue, toCanonicalUuid, unprocessable } from './fake-validation.js';

/** The fake of Junction. */
export interface FakeJunction extends FakeProvider {
  readonly tokens: readonly FakeJunctionToken[];
  /** Signs in with a token, as Junction's mobile SDK does. Throws an Error if it was used already. */
  readonly consume: (token: string) => FakeJunctionToken;
  /**
   * The users that were created over the API, oldest first, including deleted ones. They are known in addition to those of
   * `addUser`, but only for the key that created them.
   */
  readonly createdUsers: readonly FakeJunctionUser[];
  /**
   * Accepts a Team API Access Token as `Authorization: Bearer <token>`, for ten minutes of the fake's clock.
   *
   * @param key - The key of the team that it stands for.
   */
  readonly acceptAccessToken: (token: string, key: string) => void;
}

export function createFakeJunction(setting: FakeSetting): FakeJunction {
  const listedUsers = createFakeUsers(setting, toListedId);
  const tokens = createTokens(setting, listedUsers);
  const credentials = createCredentials(setting.clock);
  const teams = new WeakMap<StoredUser, Team>();
  const created = createKeptList<StoredUser>(setting.keep, (user) => teams.get(user)?.users.delete(user.userId));

  function remember(user: StoredUser, team: Team, size: number): void {
    teams.set(user, team);
    created.add(user, size);
  }

  const core = createFake<Team>(setting, listedUsers, {
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
    readKey: credentials.readKey,
    isKey: (key) => /^[ps]k_(us|eu)_./.test(key),
    environmentOf: (key) => {
      const [, kind, region] = /^([ps])k_(us|eu)_/.exec(key) ?? [];
      return region === undefined ? undefined : `${kind === 'p' ? 'production' : 'sandbox'} ${region}`;
    },
    routes: [
      { endpoint: 'POST /v2/user/{user_id}/sign_in_token', answer: tokens.issue },
      ...createUserRoutes({ setting, listedUsers, remember }),
    ],
    toSegments,
    createWorld: () => createTeam(setting),
    refuseKey: () => ({ status: 401, body: { detail: 'invalid token' } }),
    notFound: () => ({ status: 404, body: { detail: 'Not Found' } }),
    wrongMethod: () => ({ status: 405, body: { detail: 'Method Not Allowed' } }),
    failure,
    // No Retry-After is documented.
    rateLimited: () => ({ status: 429, body: { detail: 'Too many requests' } }),
    rate: { by: 'key' },
    reset() {
      tokens.clear();
      created.clear();
      credentials.reset();
    },
  });
  return {
    ...core,
    tokens: tokens.entries,
    createdUsers: created.entries,
    consume: tokens.consume,
    acceptAccessToken: credentials.acceptAccessToken,
  };
}

/** Refuses an id that is no UUID: every endpoint answers it with 422, so that the user could not be used. */
function toListedId(userId: string): string {
  if (findUuidIssue(userId, []) === undefined) return toCanonicalUuid(userId);
  throw new TypeError(
    `The user ids of Junction are UUIDs, and ${quoteId(userId)} is none. Pass a UUID. ` +
      'To use your own id, create the user with POST /v2/user.',
  );
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

/** Junction's server decodes the whole path and resolves its dot segments before it looks for the endpoint. */
function toSegments(path: string): string[] {
  const resolved = new URL('https://junction.invalid');
  // Encode each segment again: `URL` would turn a backslash into a slash, drop tabs, and end the path at a question mark.
  resolved.pathname = decodeURIComponent(path).split('/').map(encodeURIComponent).join('/');
  return resolved.pathname.split('/').slice(1).map(decodeURIComponent);
}
