import { type CliContext, exitCodes, print, UsageError } from './context.js';
import { withDrain } from './drain.js';
import { connectIssuer, type IssueFlags } from './issue.js';

/** Finds Junction's user by the caller's own id, and creates one if there is none. */
export async function ensureUser(
  context: CliContext,
  clientUserId: string,
  flags: Pick<IssueFlags, 'environment' | 'region' | 'baseUrl' | 'timeout' | 'retry'>,
): Promise<number> {
  if (clientUserId === '-') throw new UsageError('users ensure does not read standard input. Pass one id.');
  const { users } = connectIssuer(context, 'junction', flags);
  const { timeout } = flags;
  const user = await withDrain(context, (signal) => users.ensure(clientUserId, { signal, timeout }));
  await print(context, `${JSON.stringify(user, undefined, 2)}\n`);
  return exitCodes.done;
}
