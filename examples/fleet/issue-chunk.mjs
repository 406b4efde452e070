/**
 * One job of any queue: issues for those users of a chunk who were not handed a token yet. A queue stores what a job returns
 * and throws: this returns counts, and throws errors of tokenwright, which hold no token.
 *
 * @param issuer - A client, such as `createClerk()` makes.
 * @param userIds - The chunk.
 * @param ledger - Who was handed a token: `delivered(userIds)` resolves with a set of ids, `note(userId)` adds one.
 * @param deliver - Hands a token over. It may be called twice for a user if a process dies between it and the ledger.
 * @returns How many were delivered now and before, and how many will never be, by error code.
 * @throws The error that stopped the account, or the last one that may pass: in both cases run the job again.
 */
export async function issueChunk({ issuer, userIds, ledger, deliver, concurrency = 8 }) {
  const before = await ledger.delivered(userIds);
  const counts = { delivered: 0, before: before.size, failed: {} };
  let again;
  const rest = userIds.filter((userId) => !before.has(userId));
  for await (const { status, value, userId, reason } of issuer.streamTokens(rest, { concurrency })) {
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
