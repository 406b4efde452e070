/**
 * One job of any queue: issues tokens for the users of a chunk who have none yet. Queues store what a job returns and throws:
 * this returns counts, and throws tokenwright's errors, which contain no token.
 *
 * @param issuer - A client, such as `createClerk()` makes.
 * @param userIds - The chunk.
 * @param ledger - Who has a token: `delivered(userIds)` resolves with a set of ids, `note(userId)` adds one.
 * @param deliver - Sends a token to its user. Called twice for a user if the process dies before `ledger.note`.
 * @param signal - Aborted when the queue has given the job to another worker.
 * @returns How many tokens were delivered now and before, and how many users failed for good, by error code.
 * @throws The account's error, or the last retryable one: in both cases run the job again.
 */
export async function issueChunk({ issuer, userIds, ledger, deliver, signal, concurrency = 8 }) {
  const before = await ledger.delivered(userIds);
  const counts = { delivered: 0, before: before.size, failed: {} };
  let again;
  const rest = userIds.filter((userId) => !before.has(userId));
  for await (const { status, value, userId, reason } of issuer.streamTokens(rest, { concurrency, signal })) {
    if (status === 'fulfilled') {
      await deliver(value);
      await ledger.note(userId);
      counts.delivered += 1;
    } else if (reason.scope === 'account' || reason.retryable) {
      // After an error about the account nothing more is sent, and the rest of the chunk gets it as well. It counts for more.
      if (again?.scope !== 'account') again = reason;
    } else counts.failed[reason.code] = (counts.failed[reason.code] ?? 0) + 1;
  }
  if (again !== undefined) throw again;
  return counts;
}
