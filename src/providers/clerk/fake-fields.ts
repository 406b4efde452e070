import type { FakeAnswer, FakeIncoming } from '../../fakes/definition.js';
import { parseJson } from '../../fakes/json.js';
import { hasContentType } from '../../fakes/request.js';
import type { ClerkRefusals } from './fake-errors.js';

/** The fields of a request for a token. */
export interface TokenFields {
  readonly userId: string;
  readonly organizationId: string | undefined;
  readonly lifetimeSeconds: number;
}

/** 30 days. */
const defaultLifetimeSeconds = 2_592_000;
/** With a longer lifetime, the expiry would not be a valid date. */
const maxLifetimeSeconds = 1e12;

/** Reads the fields of a request for a token, or refuses them. */
export function readTokenFields({ headers, text }: FakeIncoming, refusals: ClerkRefusals): TokenFields | FakeAnswer {
  if (!hasContentType(headers, 'application/json')) return refusals.contentType();
  const body = parseJson(text);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return refusals.bodyInvalid();
  const { user_id: userId, expires_in_seconds, org_id, ...others } = body as Readonly<Record<string, unknown>>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return refusals.unknown(unknown);
  if (userId === undefined || userId === null || userId === '') return refusals.missing('user_id');
  if (typeof userId !== 'string') return refusals.wrongType('user_id', 'string');
  const lifetimeSeconds = expires_in_seconds ?? defaultLifetimeSeconds;
  if (typeof lifetimeSeconds !== 'number' || !Number.isInteger(lifetimeSeconds))
    return refusals.wrongType('expires_in_seconds', 'integer');
  if (lifetimeSeconds < 1 || lifetimeSeconds > maxLifetimeSeconds) {
    return refusals.wrongValue('expires_in_seconds', 'expires_in_seconds must be at least 1.');
  }
  const organizationId = org_id ?? undefined;
  if (organizationId !== undefined && typeof organizationId !== 'string') {
    return refusals.wrongType('org_id', 'string');
  }
  return { userId, organizationId, lifetimeSeconds };
}
