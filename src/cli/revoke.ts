import { type CliContext, exitCodes, print } from './context.js';
import { withDrain } from './drain.js';
import { readIds } from './ids.js';
import { connectIssuer, type IssueFlags } from './issue.js';
import { exitCodeOf, redactorOf, reportError } from './report.js';

/** Revokes tokens one after the other, by the ids of the command line; a `-` stands for those from standard input. */
export async function revoke(
  context: CliContext,
  provider: 'clerk',
  tokenIds: readonly string[],
  flags: Pick<IssueFlags, 'environment' | 'baseUrl' | 'timeout' | 'retry'>,
): Promise<number> {
  const issuer = connectIssuer(context, provider, flags);
  const { timeout } = flags;
  const failures: unknown[] = [];
  let revokedCount = 0;
  let position = 0;
  for await (const tokenId of readIds(context, tokenIds)) {
    position += 1;
    let revoked: object;
    try {
      revoked = await withDrain(context, (signal) => issuer.revokeToken(tokenId, { signal, timeout }));
    } catch (error) {
      if (context.signal.aborted && error === context.signal.reason) throw error;
      // The argument may be the token itself instead of its id: it must not be printed.
      const isId = /^[\w-]{1,64}$/.test(tokenId) && redactorOf(context)(tokenId) === tokenId;
      reportError(context, error, isId ? tokenId : `id ${String(position)}`);
      failures.push(error);
      // All other tokens would fail with the same error.
      if (exitCodeOf(error) === exitCodes.configuration) break;
      continue;
    }
    revokedCount += 1;
    await print(context, `${JSON.stringify(revoked)}\n`);
  }
  if (failures.length === 0) return exitCodes.done;
  return revokedCount > 0 ? exitCodes.someFailed : exitCodeOf(failures[0]);
}
