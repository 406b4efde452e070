import type { Credentials } from '../client/credentials.js';
import type { CallContext } from '../client/options.js';
import { AuthenticationError, TokenwrightError } from '../errors.js';
import { startDeadline } from '../time.js';
import type { CallState } from './request.js';

/** The credentials of one request, all of its attempts included. */
export interface CredentialUse {
  /** The credentials for an attempt. */
  readonly read: () => Credentials | Promise<Credentials>;
  /**
   * Makes an attempt, and another at once if the provider answered 401 to what a function of the user's returned and the
   * function has another value. That is no retry: the same attempt is made with the right key.
   */
  readonly attempt: <R>(run: () => Promise<R>) => Promise<R>;
}

export function useCredentials({ connection, settings, end }: CallState, context: CallContext): CredentialUse {
  const { credentials } = connection;
  let used: Credentials | undefined;
  let renewed: Credentials | undefined;

  async function canRenew(error: unknown): Promise<boolean> {
    if (!(error instanceof AuthenticationError) || used === undefined) return false;
    const deadline = startDeadline(Math.max(1, end - performance.now()), settings.signal);
    try {
      renewed = await deadline.race(credentials.renew(context, used));
      return renewed !== undefined;
    } catch (failure) {
      if (failure instanceof TokenwrightError && !deadline.signal.aborted) throw failure;
      // It did not come in time, so the answer stands.
      return false;
    } finally {
      deadline.stop();
    }
  }

  return {
    read() {
      const keep = (read: Credentials) => (used = read);
      if (renewed !== undefined) {
        const next = renewed;
        renewed = undefined;
        return keep(next);
      }
      const read = credentials.read(context);
      return 'headers' in read ? keep(read) : read.then(keep);
    },
    async attempt(run) {
      try {
        return await run();
      } catch (error) {
        if (!(await canRenew(error))) throw error;
      }
      return run();
    },
  };
}
