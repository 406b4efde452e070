import type { CallSettings } from '../client/settings.js';
import { ApiError, ConnectionError, CredentialError, TimeoutError } from '../errors.js';
import { backoff } from '../time.js';
import { meaningOf } from './statuses.js';

const maxDelay = 8_000;

/**
 * Reads a `Retry-After` header: seconds or an HTTP date (RFC 9110, 10.2.3). Returns seconds, 0 for a date in the past,
 * and `undefined` for what is neither.
 */
export function parseRetryAfter(header: string | null, now = Date.now()): number | undefined {
  if (header === null) return undefined;
  const value = header.trim();
  if (/^\d+(\.\d+)?$/.test(value)) return Math.min(Number(value), Number.MAX_SAFE_INTEGER);
  // Without the zone, Date.parse() would take the time as local.
  if (!value.endsWith(' GMT')) return undefined;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}

/** Whether an answer with this status is worth another attempt: as the user chose, else as the table of statuses says. */
export function isRepeated(status: number, { retryStatusCodes }: CallSettings): boolean {
  return retryStatusCodes?.includes(status) ?? meaningOf(status).mayPass;
}

/** The milliseconds to wait before the attempt after a failure, or `undefined` if another attempt is not worth it. */
export function retryDelay(failure: unknown, retryCount: number, settings: CallSettings): number | undefined {
  if (failure instanceof ApiError) {
    if (!isRepeated(failure.status, settings)) return undefined;
    if (failure.retryAfter !== undefined) return failure.retryAfter * 1000;
  } else if (!(
    failure instanceof ConnectionError ||
    failure instanceof TimeoutError ||
    failure instanceof CredentialError
  )) {
    return undefined;
  }
  return backoff(retryCount, maxDelay);
}
