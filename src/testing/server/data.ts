import { providerIds } from '../../providers/create-issuer.js';
import type { ProviderId } from '../../providers/index.js';
import type { FakeProviders, FakeRateLimit } from '../../testing/index.js';
import { checkText } from '../checks.js';

type OfProviders<T> = Readonly<Partial<Record<ProviderId, T>>>;

/** A key and its environment. */
export interface FakeServerKey {
  /** The key itself. */
  readonly key: string;
  /** Its environment, as `acceptKey` takes it. */
  readonly environment?: string;
}

/** Organizations by provider. */
export interface FakeServerOrganizations {
  /** Clerk's organizations: the ids of the members, by the id of the organization. */
  readonly clerk?: Readonly<Record<string, readonly string[]>>;
}

/** What the fakes of a server begin with, and return to at a reset. Each part names providers: `{ users: { clerk: [...] } }`. */
export interface FakeServerData {
  /** The users that a provider knows: an empty list means none, no list every user. */
  readonly users?: OfProviders<readonly string[]>;
  /** The keys that a provider accepts; without a list, every key in its form. */
  readonly keys?: OfProviders<readonly (string | FakeServerKey)[]>;
  /** The organizations that a provider knows; if left out, every organization. */
  readonly organizations?: FakeServerOrganizations;
  /** The rate limit of a provider. */
  readonly limits?: OfProviders<FakeRateLimit>;
}

/**
 * Checks data that may come from a file.
 *
 * @throws TypeError that names the wrong field.
 */
export function checkData(value: unknown): FakeServerData {
  const data = checkObject(value, 'The data', ['users', 'keys', 'organizations', 'limits']);
  const { users = {}, keys = {}, organizations = {}, limits = {} } = data;
  for (const [id, list] of entriesOf(users, 'users', providerIds)) {
    for (const [index, user] of checkList(list, `users.${id}`).entries()) {
      checkText(user, `users.${id}[${String(index)}]`);
    }
  }
  for (const [id, list] of entriesOf(keys, 'keys', providerIds)) {
    for (const [index, entry] of checkList(list, `keys.${id}`).entries()) {
      const place = `keys.${id}[${String(index)}]`;
      if (typeof entry === 'string') checkText(entry, place);
      else checkText(checkObject(entry, `\`${place}\``, ['key', 'environment'])['key'], `${place}.key`);
    }
  }
  for (const [id, all] of entriesOf(organizations, 'organizations', ['clerk'])) {
    for (const [organization, list] of entriesOf(all, `organizations.${id}`)) {
      checkMembers(checkList(list, `organizations.${id}.${organization}`), { id, organization, users });
    }
  }
  for (const [id, limit] of entriesOf(limits, 'limits', providerIds)) checkObject(limit, `\`limits.${id}\``);
  return data;
}

interface Membership {
  readonly id: string;
  readonly organization: string;
  readonly users: unknown;
}

function checkMembers(members: readonly unknown[], { id, organization, users }: Membership): void {
  const known = (users as Readonly<Record<string, readonly unknown[]>>)[id];
  for (const [index, member] of members.entries()) {
    const place = `organizations.${id}.${organization}[${String(index)}]`;
    checkText(member, place);
    if (known?.includes(member) === false)
      throw new TypeError(`\`${place}\` must be one of the users in \`users.${id}\`.`);
  }
}

/** Adds the data to the fakes, except for the users: the fakes were created with those. */
export function applyData(fakes: FakeProviders, data: FakeServerData): void {
  for (const id of providerIds) {
    for (const [index, entry] of (data.keys?.[id] ?? []).entries()) {
      const { key, environment } = typeof entry === 'string' ? { key: entry, environment: undefined } : entry;
      applyAt(`keys.${id}[${String(index)}]`, () => {
        fakes[id].acceptKey(key, environment);
      });
    }
    const limit = data.limits?.[id];
    if (limit === undefined) continue;
    applyAt(`limits.${id}`, () => {
      fakes[id].limitRate(limit);
    });
  }
  for (const [organization, members] of Object.entries(data.organizations?.clerk ?? {})) {
    fakes.clerk.addOrganization(organization, members);
  }
}

/** Runs `apply`. If a fake refuses the data, the error names the place in the data. */
function applyAt(place: string, apply: () => void): void {
  try {
    apply();
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new TypeError(`\`${place}\` is wrong. ${problem}`, { cause: error });
  }
}

function checkObject(value: unknown, what: string, fields?: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(
      `${what} must be an object${fields === undefined ? '' : ` with the fields ${fields.join(', ')}`}.`,
    );
  }
  const unknown = fields === undefined ? undefined : Object.keys(value).find((name) => !fields.includes(name));
  if (unknown !== undefined)
    throw new TypeError(`${what} has the unknown field \`${unknown}\`. Known fields: ${fields?.join(', ') ?? ''}.`);
  return value as Readonly<Record<string, unknown>>;
}

function entriesOf(value: unknown, place: string, fields?: readonly string[]): [string, unknown][] {
  return Object.entries(checkObject(value, `\`${place}\``, fields));
}

function checkList(value: unknown, place: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`\`${place}\` must be a list.`);
  return value as unknown[];
}
