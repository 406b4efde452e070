import type { Credentials } from '../client/credentials.js';
import { AuthenticationError, TokenwrightError } from '../errors.js';
import { within } from '../time.js';
import { type Attempt, timeLeftOf } from './request.js';

/** The credentials for an attempt. */
export function readCredentials(attempt: Attempt): Credentials | Promise<Credentials> {
  const { call, context, renewed } = attempt;
  attempt.renewed = undefined;
  return renewed ?? call.connection.credentials.read(context);
}

/**
 * After a 401: whether the user's function now returns another key, so that the attempt is worth making again at once. If the
 * function fails, that is why the attempt failed.
 */
export async function renewCredentials(attempt: Attempt): Promise<boolean> {
  const { call, context, used, failure } = attempt;
  if (!(failure instanceof AuthenticationError) || used === undefined) return false;
  try {
    const renewing = call.connection.credentials.renew(context, used);
    attempt.renewed = await within(timeLeftOf(call), call.settings.signal, renewing);
    return attempt.renewed !== undefined;
  } catch (error) {
    // If the new key did not come in time, the 401 stands.
    if (error instanceof TokenwrightError) attempt.failure = error;
    return false;
  }
}
