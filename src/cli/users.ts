import { type CliContext, exitCodes, print, UsageError } from './context.js';
import { connectIssuer, type IssueFlags } from './issue.js';

/** Finds Junction's user for an id of one's own, and creates one where there is none. */
export async function ensureUser(
  context: CliContext,
  clientUserId: string,
  flags: Pick<IssueFlags, 'environment' | 'region' | 'baseUrl' | 'timeout' | 'retry'>,
): Promise<number> {
  if (clientUserId === '-') throw new UsageError('users ensure reads nothing from standard input. Give one id.');
  const { users } = connectIssuer(context, 'junction', flags);
  const user = await users.ensure(clientUserId, { signal: context.signal, timeout: flags.timeout });
  await print(context, `${JSON.stringify(user, undefined, 2)}\n`);
  return exitCodes.done;
}
