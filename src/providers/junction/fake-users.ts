import type { FakeAnswer, FakeRoute, FakeSetting } from '../../fakes/definition.js';
import type { FakeUsers } from '../../fakes/users.js';
import {
  findByClientUserId,
  readUser,
  type StoredUser,
  type Team,
  type TeamRequest,
  toListedUser,
  userNotFound,
} from './fake-team.js';
import {
  findDateIssue,
  findTextIssue,
  findTimeZoneIssue,
  findUuidIssue,
  type Issue,
  readCount,
  readFields,
  toCanonicalUuid,
  toCountIssue,
  unprocessable,
} from './fake-validation.js';

interface UserEndpoints {
  readonly setting: FakeSetting;
  /** The users that the option `users` or `addUser` names. */
  readonly listedUsers: FakeUsers;
  /** Called with each created user; `size` is about the number of characters that it takes in memory. */
  readonly remember: (user: StoredUser, team: Team, size: number) => void;
}

/** The most users of a team in the sandbox. */
const sandboxUserLimit = 50;

export const invalidRequest = { error_type: 'INVALID_REQUEST' };
const success: FakeAnswer = { status: 200, body: { success: true } };

/** The endpoints around users. */
export function createUserRoutes({ setting, listedUsers, remember }: UserEndpoints): FakeRoute<Team>[] {
  const { clock, random } = setting;

  function create(request: TeamRequest): FakeAnswer {
    const body = readFields(request);
    if ('answer' in body) return body.answer;
    const issues = findIssues(body.fields);
    if (issues.length > 0) return unprocessable(...issues);
    const { world, environment } = request;
    const clientUserId = String(body.fields['client_user_id']);
    const existing = findByClientUserId(world, clientUserId);
    if (existing !== undefined) return refuseExisting(existing);
    if (environment?.startsWith('sandbox') === true && world.users.size >= sandboxUserLimit) {
      const error_message = `You have reached the maximum of ${String(sandboxUserLimit)} Sandbox users`;
      return { status: 400, body: { detail: { ...invalidRequest, error_message } } };
    }
    const createdOn = new Date(clock.now());
    const user = { userId: random.uuid(), clientUserId, environment, createdOn, fields: body.fields };
    world.users.set(user.userId, user);
    remember(user, world, request.text.length);
    return answerUser(user, world);
  }

  function get(request: TeamRequest): FakeAnswer {
    const user = readUser(request, listedUsers);
    return 'status' in user ? user : answerUser(user, request.world);
  }

  function remove(request: TeamRequest): FakeAnswer {
    const user = readUser(request, listedUsers);
    if ('status' in user) return user;
    const { users, deleted } = request.world;
    deleted.set(user.userId, users.get(user.userId));
    const [oldest] = deleted.keys();
    if (deleted.size > setting.keep && oldest !== undefined) deleted.delete(oldest);
    users.delete(user.userId);
    return success;
  }

  function list(request: TeamRequest): FakeAnswer {
    const { query, world, environment } = request;
    const offset = readCount(query.get('offset'), 0);
    const limit = readCount(query.get('limit'), 100);
    if (offset === undefined) return unprocessable(toCountIssue('offset', query.get('offset')));
    if (limit === undefined) return unprocessable(toCountIssue('limit', query.get('limit')));
    const known = listedUsers
      .list(environment)
      .filter((userId) => !world.deleted.has(userId) && !world.users.has(userId));
    const all = [...known.map((userId) => toListedUser(userId, request)), ...world.users.values()];
    const users = all.slice(offset, offset + limit).map((user) => toClientFacingUser(user, world));
    return { status: 200, body: { users, total: all.length, offset, limit } };
  }

  return [
    { endpoint: 'POST /v2/user', answer: create },
    // The documented curl example has the final slash.
    { endpoint: 'POST /v2/user/', answer: create },
    { endpoint: 'GET /v2/user', answer: list },
    { endpoint: 'GET /v2/user/', answer: list },
    { endpoint: 'POST /v2/user/undo_delete', answer: undoDelete },
    { endpoint: 'GET /v2/user/resolve/{client_user_id}', answer: resolve },
    { endpoint: 'GET /v2/user/{user_id}', answer: get },
    { endpoint: 'DELETE /v2/user/{user_id}', answer: remove },
  ];
}

/** Finds a user by `client_user_id`. */
function resolve({ world, parameters: [clientUserId = ''] }: TeamRequest): FakeAnswer {
  const user = findByClientUserId(world, clientUserId);
  return user === undefined ? userNotFound : answerUser(user, world);
}

/** Restores a deleted user, by `user_id` or `client_user_id`. */
function undoDelete({ query, world }: TeamRequest): FakeAnswer {
  const [userId, clientUserId] = [query.get('user_id'), query.get('client_user_id')];
  if ((userId === null) === (clientUserId === null)) {
    const msg = 'Value error, give one of user_id and client_user_id';
    return unprocessable({ type: 'value_error', loc: ['query'], msg, input: Object.fromEntries(query) });
  }
  const issue = userId === null ? undefined : findUuidIssue(userId, ['query', 'user_id']);
  if (issue !== undefined) return unprocessable(issue);
  const isMeant = ([id, user]: readonly [string, StoredUser | undefined]) =>
    userId === null ? user?.clientUserId === clientUserId : id === toCanonicalUuid(userId);
  const [id, user] = [...world.deleted].find(isMeant) ?? [];
  if (id === undefined) return userNotFound;
  const other = user === undefined ? undefined : findByClientUserId(world, user.clientUserId);
  if (other !== undefined) return refuseExisting(other);
  world.deleted.delete(id);
  if (user !== undefined) world.users.set(id, user);
  return success;
}

function findIssues(fields: Readonly<Record<string, unknown>>): Issue[] {
  const { client_user_id: clientUserId } = fields;
  const place = ['body', 'client_user_id'];
  const missing: Issue = { type: 'missing', loc: place, msg: 'Field required', input: fields };
  return [
    clientUserId === undefined ? missing : findTextIssue(clientUserId, place),
    findTimeZoneIssue(fields['fallback_time_zone'], ['body', 'fallback_time_zone']),
    ...['fallback_birth_date', 'ingestion_start', 'ingestion_end'].map((name) =>
      findDateIssue(fields[name], ['body', name]),
    ),
  ].filter((issue) => issue !== undefined);
}

function refuseExisting({ userId, createdOn }: StoredUser): FakeAnswer {
  const found = { user_id: userId, created_on: toIsoOffset(createdOn) };
  const detail = { ...invalidRequest, error_message: 'Client user id already exists.', ...found };
  return { status: 400, body: { detail } };
}

function answerUser(user: StoredUser, team: Team): FakeAnswer {
  return { status: 200, body: toClientFacingUser(user, team) };
}

function toIsoOffset(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, '+00:00');
}

function toClientFacingUser({ userId, clientUserId, createdOn, fields }: StoredUser, team: Team): unknown {
  const created = toIsoOffset(createdOn);
  const origin = { source_slug: 'manual', updated_at: created };
  const { fallback_time_zone: zone = null, fallback_birth_date: birthDate = null } = fields;
  return {
    user_id: userId,
    team_id: team.id,
    client_user_id: clientUserId,
    created_on: created,
    connected_sources: [],
    fallback_time_zone: zone === null ? null : { id: zone, ...origin },
    fallback_birth_date: birthDate === null ? null : { value: birthDate, ...origin },
    ingestion_start: fields['ingestion_start'] ?? null,
    ingestion_end: fields['ingestion_end'] ?? null,
  };
}
