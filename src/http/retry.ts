import type { CallSettings } from '../client/settings.js';
import { ApiError, ConnectionError, CredentialError, TimeoutError } from '../errors.js';
import { backoff, toDate } from '../time.js';
import { meaningOf } from './statuses.js';

const maxDelayMilliseconds = 8_000;

/** The obsolete form of an HTTP date, from asctime() in C: it has no time zone, but means UTC. */
const asctime = /^[a-z]{3} [a-z]{3} {1,2}\d{1,2} \d\d:\d\d:\d\d \d{4}$/i;

/** Reads an HTTP date (RFC 9110, 5.6.7). Date.parse() would take a time without a zone as local. */
function parseDate(text: string): number | undefined {
  const zoned = asctime.test(text) ? `${text} GMT` : text;
  return zoned.endsWith(' GMT') ? toDate(zoned)?.getTime() : undefined;
}

/**
 * Reads a `Retry-After` header: seconds or an HTTP date (RFC 9110, 10.2.3); if there are several, the longest. Returns
 * seconds, 0 for a date in the past, `undefined` if none can be read.
 *
 * @param date - The `Date` header of the answer. A date in `Retry-After` is compared with it, because both are by the
 *   server's clock.
 */
export function parseRetryAfter(header: string | null, date: string | null): number | undefined {
  if (header === null) return undefined;
  const now = parseDate(date?.trim() ?? '') ?? Date.now();
  // Several headers of one name are joined by commas. A date may lose the day of the week that way, and needs none.
  const seconds = header.split(',').flatMap((each) => {
    const value = each.trim();
    if (/^\d+(\.\d+)?$/.test(value)) return Math.min(Number(value), Number.MAX_SAFE_INTEGER);
    const time = parseDate(value);
    return time === undefined ? [] : Math.max(0, Math.ceil((time - now) / 1000));
  });
  return seconds.length === 0 ? undefined : Math.max(...seconds);
}

/** Whether an answer with this status is retried: by the user's choice, else by the table of statuses. */
export function isRepeated(status: number, { retryStatusCodes }: CallSettings): boolean {
  return retryStatusCodes?.includes(status) ?? meaningOf(status).isTemporary;
}

/** The milliseconds to wait before the next attempt, or `undefined` if the failure is not retried. */
export function retryDelay(failure: unknown, retryCount: number, settings: CallSettings): number | undefined {
  if (failure instanceof ApiError) {
    if (!isRepeated(failure.status, settings)) return undefined;
    if (failure.retryAfter !== undefined) return failure.retryAfter * 1000;
  } else if (!(
    (failure instanceof ConnectionError && failure.retryable) ||
    failure instanceof TimeoutError ||
    failure instanceof CredentialError
  )) {
    return undefined;
  }
  return backoff(retryCount, maxDelayMilliseconds);
}
