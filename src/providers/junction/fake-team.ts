import type { FakeAnswer, FakeRequest, FakeSetting } from '../../fakes/definition.js';
import type { FakeUsers } from '../../fakes/users.js';
import { findUuidIssue, toCanonicalUuid, unprocessable } from './fake-validation.js';

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

/** A user with the fields that a request gave. */
export interface StoredUser extends FakeJunctionUser {
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The team of one key: its users belong to no other team. */
export interface Team {
  readonly id: string;
  readonly createdOn: Date;
  readonly users: Map<string, StoredUser>;
  /** The deleted users; `undefined` for a listed user, who has no record. */
  readonly deleted: Map<string, StoredUser | undefined>;
}

export type TeamRequest = FakeRequest<Team>;

export const userNotFound: FakeAnswer = { status: 404, body: { detail: 'User not found' } };

export function createTeam({ clock, random }: FakeSetting): Team {
  return { id: random.uuid(), createdOn: new Date(clock.now()), users: new Map(), deleted: new Map() };
}

/** Whether the user exists for this key. */
export function isKnown(
  { world, environment }: Pick<TeamRequest, 'world' | 'environment'>,
  listedUsers: FakeUsers,
  userId: string,
): boolean {
  return world.users.has(userId) || (!world.deleted.has(userId) && listedUsers.has(userId, environment));
}

export function findByClientUserId({ users }: Team, clientUserId: string): StoredUser | undefined {
  return [...users.values()].find((user) => user.clientUserId === clientUserId);
}

/** Makes the record of a listed user, who has no `client_user_id`: the fake answers with the user id. */
export function toListedUser(userId: string, { world, environment }: TeamRequest): StoredUser {
  return { userId, clientUserId: userId, environment, createdOn: world.createdOn, fields: {} };
}

/** The user of a path, or the answer to an id that is wrong or unknown. */
export function readUser(request: TeamRequest, listedUsers: FakeUsers): StoredUser | FakeAnswer {
  const [segment = ''] = request.parameters;
  const issue = findUuidIssue(segment, ['path', 'user_id']);
  if (issue !== undefined) return unprocessable(issue);
  const userId = toCanonicalUuid(segment);
  if (!isKnown(request, listedUsers, userId)) return userNotFound;
  return request.world.users.get(userId) ?? toListedUser(userId, request);
}
