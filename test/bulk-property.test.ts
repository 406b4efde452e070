import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { type IssuedToken, type IssueOutcome, TokenwrightError } from '../src/index.js';
import type { FakeFailure } from '../src/testing/index.js';
import { createBulkSubject, userIdOf } from './support/bulk.js';
import { judged, subjects } from './support/subjects/index.js';
import { useVirtualTime } from './support/virtual-time.js';

// Waits and stalls cost nothing, and no answer comes too late: only the order of events matters.
useVirtualTime();

type Outcome = IssueOutcome<IssuedToken>;

const badId = fc.constantFrom('', '.', '..', 'a/../b', '\ud800');
const failure = fc.constantFrom<FakeFailure>(
  { status: 400 },
  { status: 404 },
  { status: 422 },
  { status: 429, retryAfter: 0 },
  { status: 500 },
  { status: 503, retryAfter: 0 },
  { fault: 'drop_connection' },
  { fault: 'malformed_body' },
  { fault: 'stall_body' },
  { body: { data: [] } },
  { body: { data: [{ token: 'made-up', partner_user_id: 'stranger', expires: '2030-01-01T00:00:00Z' }] } },
  { body: { user_id: 'stranger', sign_in_token: 'made-up' } },
  { delay: 5 },
);

const scenario = fc.record({
  provider: fc.constantFrom(...judged),
  // Numbers of users; few, so that many are equal. Negative ones are unknown to the provider.
  inputs: fc.array(
    fc.oneof({ weight: 8, arbitrary: fc.integer({ min: -3, max: 12 }) }, { weight: 1, arbitrary: badId }),
    {
      maxLength: 60,
    },
  ),
  failures: fc.array(failure, { maxLength: 6 }),
  concurrency: fc.integer({ min: 1, max: 6 }),
  batchSize: fc.integer({ min: 1, max: 20 }),
  leaveOut: fc.boolean(),
  abortAfter: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
});

it("rules 7 and 8: whatever the inputs and the faults: one outcome each, nobody else's token, nothing lost", async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ provider, inputs, failures, concurrency, batchSize, leaveOut, abortAfter }) => {
      const { hasBatches, askedFor } = subjects[provider];
      const { fakes, fake, issuer } = createBulkSubject(provider);
      const userIds = inputs.map((input) =>
        typeof input === 'number' ? userIdOf(provider, Math.abs(input) + (input < 0 ? 100 : 0)) : input,
      );
      for (let number = 0; number <= 12; number += 1) fake.addUser(userIdOf(provider, number));
      if (leaveOut) fakes.sfox.unknownUsersInBatch = 'leave_out';
      for (const each of failures) fake.failNext(each);

      const controller = new AbortController();
      const reason = { aborted: true };
      const handedOut: Outcome[] = [];
      const run = issuer.issueTokens(userIds, {
        concurrency,
        ...(hasBatches ? { batchSize } : {}),
        signal: controller.signal,
        onOutcome(outcome) {
          handedOut.push(outcome);
          if (handedOut.length === abortAfter) controller.abort(reason);
        },
      });
      const result = await run.catch((error: unknown) => error);

      // Every token belongs to whom it is handed to; at sFOX, equal ids share theirs.
      const owners = new Map(fake.tokens.map(({ token, userId }) => [token, userId]));
      const tokens = handedOut.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
      for (const { token, userId } of tokens) expect(owners.get(token)).toBe(userId);
      if (!hasBatches) expect(new Set(tokens.map(({ token }) => token)).size).toBe(tokens.length);

      // Each outcome is that of its own input, and no input has two.
      expect(new Set(handedOut.map(({ index }) => index)).size).toBe(handedOut.length);
      for (const outcome of handedOut) {
        expect(outcome.userId).toBe(userIds[outcome.index]);
        if (outcome.status === 'fulfilled') expect(outcome.value.userId).toBe(outcome.userId);
        else expect(outcome.reason).toBeInstanceOf(TokenwrightError);
      }

      if (controller.signal.aborted && result === reason) {
        // What was under way may have been issued without our knowing: a request's worth for each worker.
        const known = new Set(tokens.map(({ token }) => token));
        const unknown = fake.tokens.filter(({ token }) => !known.has(token)).length;
        expect(unknown).toBeLessThanOrEqual((concurrency + failures.length) * (hasBatches ? batchSize : 1));
        return;
      }
      expect(result).toHaveLength(userIds.length);
      expect(result).toEqual([...handedOut].sort((a, b) => a.index - b.index));

      // Invalid ids are never sent, and each request is about somebody.
      const asked = fake.calls.flatMap(({ path, body }) => askedFor(path, body));
      for (const id of asked) expect(userIds).toContain(id);
      const valid = handedOut.filter(
        (outcome) => !(outcome.status === 'rejected' && outcome.reason.code === 'invalid_user_id'),
      );
      // One bad id costs at most its way down the halves, twice; faults cost their repetitions.
      const perInput = hasBatches ? 2 : 1;
      expect(fake.calls.length).toBeLessThanOrEqual(valid.length * perInput + failures.length * 2 + 1);
    }),
    { numRuns: 100 },
  );
}, 180_000);
