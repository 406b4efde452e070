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
   * Makes an attempt. If the answer is a 401 and the user's function now returns another key, makes it once more at once.
   * That does not count as a retry.
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
      // The new key did not come in time: the 401 stands.
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
