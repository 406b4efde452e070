import * as z from 'zod/mini';
import { ApiError, NotFoundError } from '../../errors.js';
import { checkText, hasDotSegment, refuseId } from '../../client/ids.js';
import { type CallContext, checkOptionNames, configurationError } from '../../client/options.js';
import type { Api, Call } from '../../http/call.js';
import type { Answer } from '../../http/request.js';
import type { CallOptions } from '../../issuer.js';
import { toDate } from '../../time.js';
import { existingUser, isSameUser, userBody } from './wire.js';

/** A user of Junction's, as it knows them. */
export interface JunctionUser {
  /** Junction. */
  readonly provider: 'junction';
  /** Junction's own id: what `issueToken` wants. */
  readonly userId: string;
  /** Your own id of the user, unique within a team. */
  readonly clientUserId: string;
  /** When the user was created; `undefined` where Junction does not say. */
  readonly createdOn: Date | undefined;
}

/** What a user is created with. */
export interface NewJunctionUser {
  /** Your own id of the user. Better no name and no address: Junction recommends an id that says nothing. */
  readonly clientUserId: string;
  /** An IANA time zone, for data that come without one. */
  readonly fallbackTimeZone?: string | undefined;
  /** YYYY-MM-DD, where no provider of data says. */
  readonly fallbackBirthDate?: string | undefined;
  /** YYYY-MM-DD: data from before are not taken in. */
  readonly ingestionStart?: string | undefined;
  /** YYYY-MM-DD: data from after are not taken in. */
  readonly ingestionEnd?: string | undefined;
}

/** Junction's users, by the ids that they have with you. The methods may be passed around. */
export interface JunctionUsers {
  /**
   * Creates a user.
   *
   * @throws `ApiError` with `user_exists` if there is one with this id, `user_limit_reached` if Junction says that there
   *   are too many, or if a sandbox, which has room for 50, refuses without a reason; `InvalidInputError` (`invalid_user_id`) for an id
   *   that cannot be sent; all else as `issueToken`.
   */
  create(this: void, user: NewJunctionUser, options?: CallOptions): Promise<JunctionUser>;
  /**
   * Finds the user who has this id with you.
   *
   * @throws `NotFoundError` where there is none; `InvalidInputError` (`invalid_user_id`) for an id with a slash or a dot
   *   segment, which Junction cannot look up by its path ({@link JunctionUsers.ensure | ensure} can); all else as
   *   `issueToken`.
   */
  resolve(this: void, clientUserId: string, options?: CallOptions): Promise<JunctionUser>;
  /**
   * Finds the user who has this id with you, and creates one where there is none. Two at once find the same user: whoever is
   * second asks whose the user is that Junction names. One `timeout` covers all requests.
   *
   * @throws As {@link JunctionUsers.create | create}, but for `user_exists`.
   */
  ensure(this: void, clientUserId: string, options?: CallOptions): Promise<JunctionUser>;
}

/** The fields of a new user, and how Junction calls them. */
const newUserFields = {
  clientUserId: 'client_user_id',
  fallbackTimeZone: 'fallback_time_zone',
  fallbackBirthDate: 'fallback_birth_date',
  ingestionStart: 'ingestion_start',
  ingestionEnd: 'ingestion_end',
} as const;

const code = 'invalid_user_id';

/** Checks an id of your own, which has to be text and nothing more. */
export function checkClientUserId(context: CallContext, clientUserId: unknown): void {
  checkText(context, code, 'clientUserId', clientUserId);
}

/** Junction's users: the methods of the client, and `ensure` as a part of a longer call. */
export function createJunctionUsers(api: Api): { readonly users: JunctionUsers; readonly ensure: typeof ensureUser } {
  const users: JunctionUsers = {
    async create(user, options = {}) {
      const context = api.context('createUser');
      checkOptionNames(context, user, Object.keys(newUserFields), 'the user');
      checkClientUserId(context, user.clientUserId);
      const fields = toFields(context, user);
      return api.call('createUser', options, (call) => createUser(call, user.clientUserId, fields));
    },
    async resolve(clientUserId, options = {}) {
      const context = api.context('resolveUser');
      checkClientUserId(context, clientUserId);
      if (!isResolvable(clientUserId)) {
        const problem =
          'must have no slash and no dot segment to be looked up by its path; `users.ensure` can do without';
        refuseId(context, code, 'clientUserId', problem);
      }
      return api.call('resolveUser', options, (call) => resolveUser(call, clientUserId));
    },
    async ensure(clientUserId, options = {}) {
      checkClientUserId(api.context('resolveUser'), clientUserId);
      return api.call('resolveUser', options, (call) => ensureUser(call, clientUserId));
    },
  };
  return { users, ensure: ensureUser };
}

// https://docs.junction.com/api-reference/user/create-user
function createUser({ send }: Call, clientUserId: string, fields: Record<string, string>): Promise<JunctionUser> {
  return send({
    operation: 'createUser',
    path: 'user',
    json: fields,
    lostAnswerHint: 'The user may have been created; `users.ensure` finds out.',
    schema: userBody,
    read: readUser(clientUserId),
  });
}

// https://docs.junction.com/api-reference/user/resolve-user
function resolveUser({ send }: Call, clientUserId: string): Promise<JunctionUser> {
  return send({
    operation: 'resolveUser',
    method: 'GET',
    path: `user/resolve/${encodeURIComponent(clientUserId)}`,
    lostAnswerHint: 'Nothing was changed.',
    schema: userBody,
    read: readUser(clientUserId),
  });
}

/**
 * Asks whose a user is. Nothing else ties the id in the refusal of a new user to the id that was to be theirs, and a token
 * for somebody else must not be handed out.
 */
// https://docs.junction.com/api-reference/user/get-user
function getUser({ send }: Call, clientUserId: string, userId: string): Promise<JunctionUser> {
  return send({
    operation: 'resolveUser',
    method: 'GET',
    path: `user/${encodeURIComponent(userId)}`,
    lostAnswerHint: 'Nothing was changed.',
    schema: userBody,
    read(data, answer) {
      if (!isSameUser(data.user_id, userId)) throw answer.invalid('the user is another one');
      return readUser(clientUserId)(data, answer);
    },
  });
}

async function ensureUser(call: Call, clientUserId: string): Promise<JunctionUser> {
  if (isResolvable(clientUserId)) {
    try {
      return await resolveUser(call, clientUserId);
    } catch (error) {
      // A gateway that knows no such address says nothing about the user.
      if (!(error instanceof NotFoundError) || error.scope !== 'user') throw error;
    }
  }
  try {
    return await createUser(call, clientUserId, { [newUserFields.clientUserId]: clientUserId });
  } catch (error) {
    // Somebody else was faster, or the id is one that cannot be looked up.
    if (!(error instanceof ApiError) || error.code !== 'user_exists') throw error;
    const { data: existing } = z.safeParse(existingUser, error.details);
    const userId = existing?.detail.user_id;
    // It goes into a path.
    if (userId === undefined || !userId.isWellFormed() || hasDotSegment(userId)) throw error;
    return getUser(call, clientUserId, userId);
  }
}

function readUser(clientUserId: string) {
  return (data: z.infer<typeof userBody>, { invalid }: Answer): JunctionUser => {
    if (data.client_user_id !== clientUserId) throw invalid('the user is another one');
    return toUser(clientUserId, data.user_id, data.created_on);
  };
}

function toUser(clientUserId: string, userId: string, createdOn: string | null | undefined): JunctionUser {
  return { provider: 'junction', userId, clientUserId, createdOn: toDate(createdOn ?? '') };
}

/** Junction's server decodes a path before it takes it apart: an encoded slash is a slash there. */
function isResolvable(clientUserId: string): boolean {
  return !/[\\/]/.test(clientUserId) && !hasDotSegment(clientUserId);
}

function toFields(context: CallContext, user: NewJunctionUser): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, field] of Object.entries(newUserFields)) {
    const value: unknown = user[name as keyof NewJunctionUser];
    if (value === undefined) continue;
    if (typeof value !== 'string') {
      throw configurationError(context, 'invalid_option', `\`${name}\` of the user must be a string.`);
    }
    fields[field] = value;
  }
  return fields;
}
