import * as z from 'zod/mini';
import { ApiError, NotFoundError } from '../../errors.js';
import type { ApiRequest } from '../../http/attempt.js';
import type { Api } from '../../http/call.js';
import type { CallOptions } from '../../issuer.js';
import {
  type CallContext,
  checkOptionNames,
  checkText,
  configurationError,
  hasDotSegment,
  refuseId,
} from '../../client/options.js';
import { existingUser, userBody } from './wire.js';

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
   * @throws `ApiError` with `user_exists` where there is one with this id, `user_limit_reached` where Junction refuses
   *   without naming a user, most often because the sandbox has its 50; `InvalidInputError` (`invalid_user_id`) for an id
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
   * Finds the user who has this id with you, and creates one where there is none. Two at once find the same user. One
   * `timeout` covers both requests.
   *
   * @throws As {@link JunctionUsers.create | create}, but for `user_exists`.
   */
  ensure(this: void, clientUserId: string, options?: CallOptions): Promise<JunctionUser>;
}

/** What the client needs beside its users' methods: to ensure as a part of a longer call. */
interface InternalUsers extends JunctionUsers {
  readonly ensureFrom: (startedAt: number, clientUserId: string, options: CallOptions) => Promise<JunctionUser>;
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

export function createJunctionUsers(api: Api): InternalUsers {
  function toUser(clientUserId: string, userId: string, createdOn: string | null | undefined): JunctionUser {
    const date = new Date(createdOn ?? Number.NaN);
    return {
      provider: 'junction',
      userId,
      clientUserId,
      createdOn: Number.isNaN(date.getTime()) ? undefined : date,
    };
  }

  /** Sends a request that is answered with the user who has an id. */
  async function ask(
    clientUserId: string,
    request: ApiRequest<z.infer<typeof userBody>>,
    options: CallOptions,
  ): Promise<JunctionUser> {
    const { data, invalid } = await api.send(request, options);
    if (data.client_user_id !== clientUserId) throw invalid('the user is another one');
    return toUser(clientUserId, data.user_id, data.created_on);
  }

  // https://docs.junction.com/api-reference/user/create-user
  async function createFrom(startedAt: number, user: NewJunctionUser, options: CallOptions): Promise<JunctionUser> {
    const operation = 'createUser';
    const context = api.context(operation);
    checkOptionNames(context, user, Object.keys(newUserFields), 'the user');
    const { clientUserId } = user;
    checkText(context, code, 'clientUserId', clientUserId);
    const json = toFields(context, user);
    const onLostAnswer = 'The user may have been created; `users.ensure` finds out.';
    const request = { operation, path: 'user', json, schema: userBody, onLostAnswer, startedAt } as const;
    return ask(clientUserId, request, options);
  }

  // https://docs.junction.com/api-reference/user/resolve-user
  async function resolveFrom(startedAt: number, clientUserId: string, options: CallOptions): Promise<JunctionUser> {
    const operation = 'resolveUser';
    const context = api.context(operation);
    checkText(context, code, 'clientUserId', clientUserId);
    if (!isResolvable(clientUserId)) {
      const problem =
        'must have no slash and no dot segment to be looked up by its path; `users.ensure` can do without';
      refuseId(context, code, 'clientUserId', problem);
    }
    const path = `user/resolve/${encodeURIComponent(clientUserId)}`;
    const onLostAnswer = 'Nothing was changed.';
    const request = { operation, method: 'GET', path, schema: userBody, onLostAnswer, startedAt } as const;
    return ask(clientUserId, request, options);
  }

  async function ensureFrom(startedAt: number, clientUserId: string, options: CallOptions): Promise<JunctionUser> {
    checkText(api.context('resolveUser'), code, 'clientUserId', clientUserId);
    if (isResolvable(clientUserId)) {
      try {
        return await resolveFrom(startedAt, clientUserId, options);
      } catch (error) {
        if (!(error instanceof NotFoundError)) throw error;
      }
    }
    try {
      return await createFrom(startedAt, { clientUserId }, options);
    } catch (error) {
      // Somebody else was faster, or the id is one that cannot be looked up.
      if (!(error instanceof ApiError) || error.code !== 'user_exists') throw error;
      const { data: existing } = z.safeParse(existingUser, error.details);
      if (existing === undefined) throw error;
      return toUser(clientUserId, existing.detail.user_id, existing.detail.created_on);
    }
  }

  return {
    create: (user, options = {}) => createFrom(performance.now(), user, options),
    resolve: (clientUserId, options = {}) => resolveFrom(performance.now(), clientUserId, options),
    ensure: (clientUserId, options = {}) => ensureFrom(performance.now(), clientUserId, options),
    ensureFrom,
  };
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
