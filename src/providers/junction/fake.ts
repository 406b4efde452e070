import type { FakeAnswer, FakeProvider, FakeRequest, FakeWorld } from '../../fakes/contract.js';
import { createFake } from '../../fakes/create-fake.js';
import { parseJson } from '../../fakes/json.js';
import { createFakeUsers } from '../../fakes/users.js';

/** A token that the fake of Junction issued. */
export interface FakeJunctionToken {
  /** The token itself. */
  readonly token: string;
  /** Whom it was issued for. */
  readonly userId: string;
  /** When it was issued. */
  readonly issuedAt: Date;
}

/** A user that was created at the fake of Junction. */
export interface FakeJunctionUser {
  /** The id that the fake gave it. */
  readonly userId: string;
  /** The id that it has with you. */
  readonly clientUserId: string;
  /** When it was created. */
  readonly createdOn: Date;
}

/** The fake of Junction. */
export interface FakeJunction extends FakeProvider {
  /** Every token so far, oldest first. */
  readonly tokens: readonly FakeJunctionToken[];
  /** The users that were created over the API, oldest first. They are known beside those of `addUser`. */
  readonly createdUsers: readonly FakeJunctionUser[];
}

/** In the sandbox a team may have so many users. */
const sandboxUserLimit = 50;

const invalidRequest = { error_type: 'INVALID_REQUEST' };

export function createFakeJunction(world: FakeWorld): FakeJunction {
  const users = createFakeUsers(world.users, toCanonicalUuid);
  const tokens: FakeJunctionToken[] = [];
  const createdUsers: FakeJunctionUser[] = [];

  function issue(segment: string): FakeAnswer {
    const problem = findUuidProblem(segment);
    if (problem !== undefined) return unprocessable('uuid_parsing', ['path', 'user_id'], problem, segment);
    const userId = toCanonicalUuid(segment);
    const isKnown = users.has(userId) || users.has(segment) || createdUsers.some((user) => user.userId === userId);
    if (!isKnown) return { status: 404, body: { detail: 'User not found' } };
    const token = btoa(`fake-junction-sign-in:${crypto.randomUUID()}`);
    tokens.push({ token, userId, issuedAt: new Date(world.now()) });
    return { status: 200, body: { user_id: userId, sign_in_token: token } };
  }

  function createUser(request: FakeRequest): FakeAnswer {
    const body = readBody(request);
    if ('answer' in body) return body.answer;
    const { client_user_id: clientUserId } = body.fields;
    if (clientUserId === undefined) {
      return unprocessable('missing', ['body', 'client_user_id'], 'Field required', body.fields);
    }
    if (typeof clientUserId !== 'string') {
      return unprocessable('string_type', ['body', 'client_user_id'], 'Input should be a valid string', clientUserId);
    }
    for (const name of ['fallback_birth_date', 'ingestion_start', 'ingestion_end']) {
      const date = body.fields[name] ?? undefined;
      if (date === undefined || isDate(date)) continue;
      return unprocessable('date_parsing', ['body', name], 'Input should be a valid date', date);
    }
    const existing = createdUsers.find((user) => user.clientUserId === clientUserId);
    if (existing !== undefined) {
      const detail = {
        ...invalidRequest,
        error_message: 'Client user id already exists.',
        user_id: existing.userId,
        created_on: toIsoOffset(existing.createdOn),
      };
      return { status: 400, body: { detail } };
    }
    if (request.key.startsWith('sk_') && createdUsers.length >= sandboxUserLimit) {
      const detail = { ...invalidRequest, error_message: 'The sandbox has no room for another user.' };
      return { status: 400, body: { detail } };
    }
    const user = { userId: crypto.randomUUID(), clientUserId, createdOn: new Date(world.now()) };
    createdUsers.push(user);
    return { status: 200, body: toClientFacingUser(user) };
  }

  function resolveUser(clientUserId: string): FakeAnswer {
    const user = createdUsers.find((each) => each.clientUserId === clientUserId);
    return user === undefined
      ? { status: 404, body: { detail: 'User not found' } }
      : { status: 200, body: toClientFacingUser(user) };
  }

  function route(request: FakeRequest): FakeAnswer {
    const [version, resource, first, second, ...rest] = toSegments(request.path);
    const notFound = { status: 404, body: { detail: 'Not Found' } };
    if (version !== 'v2' || resource !== 'user' || rest.length > 0) return notFound;
    const only = (method: string, answer: () => FakeAnswer) =>
      request.method === method
        ? answer()
        : { status: 405, headers: { allow: method }, body: { detail: 'Method Not Allowed' } };
    if (first === undefined) return only('POST', () => createUser(request));
    if (first === 'resolve' && second !== undefined) return only('GET', () => resolveUser(second));
    if (second === 'sign_in_token') return only('POST', () => issue(first));
    return notFound;
  }

  const fake = createFake(world, users, {
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
    keyHeader: { name: 'x-vital-api-key' },
    isKey: (key) => /^[ps]k_(us|eu)_./.test(key),
    environmentOf: (key) => {
      const [, kind, region] = /^([ps])k_(us|eu)_/.exec(key) ?? [];
      return region === undefined ? undefined : `${kind === 'p' ? 'production' : 'sandbox'} ${region}`;
    },
    refuseKey: () => ({ status: 401, body: { detail: 'invalid token' } }),
    failure(status) {
      // Junction's own failures can be plain text.
      if (status === 500) return { status, headers: { 'content-type': 'text/plain' }, body: 'Internal Server Error' };
      if (status === 422)
        return unprocessable('uuid_parsing', ['path', 'user_id'], 'Input should be a valid UUID', 'x');
      const details: Record<number, unknown> = {
        400: { ...invalidRequest, error_message: 'The request cannot be processed.' },
        401: 'invalid token',
        404: 'User not found',
      };
      return { status, body: { detail: details[status] ?? `Failure ${String(status)} on demand` } };
    },
    // No Retry-After is documented.
    rateLimited: () => ({ status: 429, body: { detail: 'Too many requests' } }),
    answer: route,
    reset() {
      tokens.length = createdUsers.length = 0;
    },
  });
  return { ...fake, tokens, createdUsers };
}

/** The server decodes a path as a whole and folds its dot segments, before it looks for the endpoint. */
function toSegments(path: string): string[] {
  const folded = new URL('https://junction.invalid');
  folded.pathname = decodeURIComponent(path).replaceAll('%', '%25').replaceAll('?', '%3F').replaceAll('#', '%23');
  return decodeURIComponent(folded.pathname).split('/').slice(1);
}

function readBody({ text, headers }: FakeRequest): { fields: Record<string, unknown> } | { answer: FakeAnswer } {
  const isJson = (headers.get('content-type') ?? '').toLowerCase().startsWith('application/json');
  const parsed = parseJson(text);
  if (isJson && parsed === undefined) {
    return { answer: unprocessable('json_invalid', ['body', 0], 'JSON decode error', {}) };
  }
  if (!isJson || typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    const message = 'Input should be a valid dictionary or object to extract fields from';
    return { answer: unprocessable('model_attributes_type', ['body'], message, text) };
  }
  return { fields: { ...parsed } };
}

function unprocessable(type: string, loc: (string | number)[], msg: string, input: unknown): FakeAnswer {
  return { status: 422, body: { detail: [{ type, loc, msg, input }] } };
}

/** What Pydantic finds wrong with a UUID, in its words; it takes one with or without hyphens. */
function findUuidProblem(text: string): string | undefined {
  const wrong = /[^0-9a-f-]/i.exec(text);
  if (wrong !== null) {
    return `Input should be a valid UUID, invalid character: found \`${wrong[0]}\` at ${String(wrong.index + 1)}`;
  }
  if (/^[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}$/i.test(text)) return undefined;
  return `Input should be a valid UUID, invalid length: expected length 32 for simple format, found ${String(text.length)}`;
}

function toCanonicalUuid(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('-', '')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function isDate(value: unknown): boolean {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value));
}

function toIsoOffset(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, '+00:00');
}

function toClientFacingUser({ userId, clientUserId, createdOn }: FakeJunctionUser): unknown {
  return {
    user_id: userId,
    team_id: '00000000-0000-4000-8000-000000000001',
    client_user_id: clientUserId,
    created_on: toIsoOffset(createdOn),
    connected_sources: [],
    fallback_time_zone: null,
    fallback_birth_date: null,
    ingestion_start: null,
    ingestion_end: null,
  };
}
