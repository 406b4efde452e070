import * as z from 'zod/mini';
import { ApiError, NotFoundError } from '../../errors.js';
import { checkText, hasDotSegment, refuseId } from '../../client/ids.js';
import { type CallContext, checkOptionNames, invalidOption } from '../../client/options.js';
import type { Api, Call } from '../../http/call.js';
import type { Answer } from '../../http/request.js';
import type { CallOptions } from '../../issuer.js';
import { toDate } from '../../time.js';
import { existingUser, isSameUser, userBody } from './wire.js';

/** A user at Junction. */
export interface JunctionUser {
  /** Junction. */
  readonly provider: 'junction';
  /** Junction's id of the user, for `issueToken`. */
  readonly userId: string;
  /** Your own id of the user, unique within a team. */
  readonly clientUserId: string;
  /** When the user was created; `undefined` if Junction does not say. */
  readonly createdOn: Date | undefined;
}

/** The fields of a new user. */
export interface NewJunctionUser {
  /** Your own id of the user. Do not use a name or an e-mail address: Junction recommends an id without meaning. */
  readonly clientUserId: string;
  /** The IANA time zone for data that have none. */
  readonly fallbackTimeZone?: string | undefined;
  /** The date of birth (YYYY-MM-DD), if no data source has it. */
  readonly fallbackBirthDate?: string | undefined;
  /** Data from before this date (YYYY-MM-DD) are not ingested. */
  readonly ingestionStart?: string | undefined;
  /** Data from after this date (YYYY-MM-DD) are not ingested. */
  readonly ingestionEnd?: string | undefined;
}

/** Creates and finds Junction's users by your own ids. The methods do not need `this`. */
export interface JunctionUsers {
  /**
   * Creates a user.
   *
   * @throws `ApiError` with `user_exists` if a user has this id already, or `user_limit_reached` if Junction reports too
   *   many users, or if a sandbox, which has room for 50, rejects the user without naming a field. `InvalidInputError`
   *   (`invalid_user_id`) for an id that cannot be sent. All else as `issueToken`.
   */
  create(this: void, user: NewJunctionUser, options?: CallOptions): Promise<JunctionUser>;
  /**
   * Finds the user with your own id.
   *
   * @throws `NotFoundError` if there is none. `InvalidInputError` (`invalid_user_id`) for an id with a slash or a dot
   *   segment, which cannot be a part of the path ({@link JunctionUsers.ensure | ensure} accepts such ids). All else as
   *   `issueToken`.
   */
  resolve(this: void, clientUserId: string, options?: CallOptions): Promise<JunctionUser>;
  /**
   * Finds the user with your own id, and creates one if there is none. Two calls at the same time return the same user: if
   * the user was created meanwhile, it is fetched. One `timeout` covers all requests.
   *
   * @throws As {@link JunctionUsers.create | create}, except `user_exists`.
   */
  ensure(this: void, clientUserId: string, options?: CallOptions): Promise<JunctionUser>;
}

/** The fields of a new user, and their names at Junction. */
const newUserFields = {
  clientUserId: 'client_user_id',
  fallbackTimeZone: 'fallback_time_zone',
  fallbackBirthDate: 'fallback_birth_date',
  ingestionStart: 'ingestion_start',
  ingestionEnd: 'ingestion_end',
} as const;

/** Checks a `client_user_id`. It is sent in a body, so any text is allowed. */
export function checkClientUserId(context: CallContext, clientUserId: unknown): void {
  checkText(context, 'clientUserId', clientUserId);
}

export function createJunctionUsers(api: Api): JunctionUsers {
  return {
    async create(user, options = {}) {
      const context = api.context('createUser');
      checkOptionNames(context, user, Object.keys(newUserFields), 'the user');
      checkClientUserId(context, user.clientUserId);
      const fields = toFields(context, user);
      return api.call({ operation: 'createUser', options }, (call) => createUser(call, user.clientUserId, fields));
    },
    resolve(clientUserId, options = {}) {
      const check = (context: CallContext) => {
        checkClientUserId(context, clientUserId);
        if (isResolvable(clientUserId)) return;
        const problem =
          'must not have a slash or a dot segment, because it is looked up by path. Use `users.ensure` instead';
        refuseId(context, 'clientUserId', problem);
      };
      return api.call({ operation: 'resolveUser', options, check }, (call) => resolveUser(call, clientUserId));
    },
    ensure(clientUserId, options = {}) {
      const check = (context: CallContext) => {
        checkClientUserId(context, clientUserId);
      };
      return api.call({ operation: 'resolveUser', options, check }, (call) => ensureUser(call, clientUserId));
    },
  };
}

// https://docs.junction.com/api-reference/user/create-user
function createUser({ send }: Call, clientUserId: string, fields: Record<string, string>): Promise<JunctionUser> {
  return send({
    operation: 'createUser',
    path: 'user',
    json: fields,
    lostAnswerHint: 'The user may have been created: call `users.ensure` to find out.',
    schema: userBody(),
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
    schema: userBody(),
    read: readUser(clientUserId),
  });
}

/**
 * Fetches a user, and checks that it has this `client_user_id`. Only this proves that the `user_id` in the answer
 * `user_exists` belongs to the right user: a token must not be issued for another one.
 */
// https://docs.junction.com/api-reference/user/get-user
function getUser({ send }: Call, clientUserId: string, userId: string): Promise<JunctionUser> {
  return send({
    operation: 'resolveUser',
    method: 'GET',
    path: `user/${encodeURIComponent(userId)}`,
    lostAnswerHint: 'Nothing was changed.',
    schema: userBody(),
    read(data, answer) {
      if (!isSameUser(data.user_id, userId)) throw answer.invalid('the answer is about another user');
      return readUser(clientUserId)(data, answer);
    },
  });
}

/** Finds a user, and creates one if there is none. The first step of `issueTokenForClient`, too. */
export async function ensureUser(call: Call, clientUserId: string): Promise<JunctionUser> {
  if (isResolvable(clientUserId)) {
    try {
      return await resolveUser(call, clientUserId);
    } catch (error) {
      // A 404 from a gateway (scope `account`) says nothing about the user.
      if (!(error instanceof NotFoundError) || error.scope !== 'user') throw error;
    }
  }
  try {
    return await createUser(call, clientUserId, { [newUserFields.clientUserId]: clientUserId });
  } catch (error) {
    // Another call was faster, or the id could not be looked up by path.
    if (!(error instanceof ApiError) || error.code !== 'user_exists') throw error;
    const { data: existing } = z.safeParse(existingUser(), error.details);
    const userId = existing?.detail.user_id;
    // The id is from an answer, and goes into a path: check it.
    if (userId === undefined || !userId.isWellFormed() || hasDotSegment(userId)) throw error;
    return getUser(call, clientUserId, userId);
  }
}

function readUser(clientUserId: string) {
  return (data: z.infer<ReturnType<typeof userBody>>, { invalid }: Answer): JunctionUser => {
    if (data.client_user_id !== clientUserId) throw invalid('the answer is about another user');
    return { provider: 'junction', userId: data.user_id, clientUserId, createdOn: toDate(data.created_on ?? '') };
  };
}

/** Junction's server decodes a path before it splits it, so an encoded slash counts as a slash. */
function isResolvable(clientUserId: string): boolean {
  return !/[\\/]/.test(clientUserId) && !hasDotSegment(clientUserId);
}

function toFields(context: CallContext, user: NewJunctionUser): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, field] of Object.entries(newUserFields)) {
    const value: unknown = user[name as keyof NewJunctionUser];
    if (value === undefined) continue;
    if (typeof value !== 'string') {
      throw invalidOption(context, `\`${name}\` of the user must be a string.`);
    }
    fields[field] = value;
  }
  return fields;
}
