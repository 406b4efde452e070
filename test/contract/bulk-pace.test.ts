import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { IssuedToken, IssueOutcome, TokenIssuer } from '../../src/index.js';
import type { FakeProviders } from '../../src/testing/index.js';
import { type AnyBulkOptions, createBulkSubject, userIdOf } from '../support/bulk.js';
import { judged, subjects } from '../support/subjects/index.js';
import { useVirtualTime } from '../support/virtual-time.js';

useVirtualTime();

const reasonOf = (outcome: IssueOutcome<IssuedToken> | undefined) =>
  outcome?.status === 'rejected' ? outcome.reason : undefined;

/** One request as the network saw it: when it began and ended, and how many were under way when it began. */
interface Sent {
  readonly start: number;
  end: number;
  status: number | undefined;
  readonly underWay: number;
}

describe.each(judged)('%s, at the pace of the provider', (provider) => {
  let fakes: FakeProviders;
  let fake: FakeProviders[typeof provider];
  let issuer: TokenIssuer<IssuedToken, AnyBulkOptions>;
  let sent: Sent[];
  let limit: { requests: number; seconds: number } | undefined;
  /** A user whom the provider always refuses, as if it were for the pace. */
  let refusedUser: string | undefined;
  const ids = (count: number) => Array.from({ length: count }, (_, index) => userIdOf(provider, index));
  /** One user a request, for all providers. */
  const oneByOne = subjects[provider].hasBatches ? { batchSize: 1 } : {};

  beforeEach(() => {
    sent = [];
    limit = undefined;
    refusedUser = undefined;
    let windowEnd = 0;
    let accepted = 0;
    const fetch = async (url: string, init: RequestInit) => {
      const underWay = sent.filter(({ end }) => end === Infinity).length;
      const entry: Sent = { start: performance.now(), end: Infinity, status: undefined, underWay };
      sent.push(entry);
      if (limit !== undefined) {
        if (entry.start >= windowEnd) {
          windowEnd = entry.start + limit.seconds * 1000;
          accepted = 0;
        }
        accepted += 1;
        if (accepted > limit.requests) fake.failNext({ status: 429, retryAfter: (windowEnd - entry.start) / 1000 });
      }
      try {
        const isRefused = refusedUser !== undefined && `${url} ${init.body as string}`.includes(refusedUser);
        const response = isRefused
          ? Response.json({}, { status: 503, headers: { 'retry-after': '0.05' } })
          : await fakes.fetch(url, init);
        entry.status = response.status;
        return response;
      } finally {
        entry.end = performance.now();
      }
    };
    ({ fakes, fake, issuer } = createBulkSubject(provider, { fetch }));
  });

  describe('pauses', () => {
    it.each([429, 503])('after a %i, for as long as it is asked to, and loses nobody', async (status) => {
      fake.failNext({ delay: 20 }, 3);
      fake.failNext({ status, retryAfter: 0.4 });
      const outcomes = await issuer.issueTokens(ids(30), { ...oneByOne, concurrency: 4 });
      expect(outcomes.every((outcome) => outcome.status === 'fulfilled')).toBe(true);
      expect(sent).toHaveLength(31);
      // What was under way goes through; nothing begins until the pause is over.
      const refused = sent.find((each) => each.status === status)!;
      const later = sent.filter(({ start }) => start > refused.end);
      expect(later.length).toBeGreaterThan(20);
      for (const { start } of later) expect(start - refused.end).toBeGreaterThan(390);
    });

    it('for all calls of a client', async () => {
      fake.failNext({ status: 429, retryAfter: 0.4 });
      const start = performance.now();
      const first = issuer.issueTokens(ids(2), { ...oneByOne, concurrency: 1 });
      await vi.waitFor(() => {
        expect(sent[0]?.status).toBe(429);
      });
      const [outcome] = await issuer.issueTokens(ids(1));
      expect(outcome?.status).toBe('fulfilled');
      expect(performance.now() - start).toBeGreaterThan(390);
      await first;
    });

    it('and takes its pace up again one at a time at first', async () => {
      fake.failNext({ status: 429, retryAfter: 0.1 }, 8);
      await issuer.issueTokens(ids(60), { ...oneByOne, concurrency: 8 });
      const later = sent.slice(8);
      expect(later[0]?.underWay).toBe(0);
      expect(later[1]!.start).toBeGreaterThanOrEqual(later[0]!.end);
      expect(Math.max(...later.slice(0, 6).map(({ underWay }) => underWay))).toBeLessThan(4);
      expect(Math.max(...later.map(({ underWay }) => underWay))).toBeGreaterThanOrEqual(4);
    });

    it('also who repeats for a reason of its own', async () => {
      fake.failNext({ status: 500 });
      fake.failNext({ status: 429, retryAfter: 1 });
      const outcomes = await issuer.issueTokens(ids(2), { ...oneByOne, concurrency: 2 });
      expect(outcomes.every(({ status }) => status === 'fulfilled')).toBe(true);
      const refused = sent.find(({ status }) => status === 429)!;
      expect(sent.slice(2).map(({ start }) => start - refused.end > 990)).toEqual([true, true]);
    });

    it('growing longer where the provider does not say how long', async () => {
      fake.failNext({ status: 429 }, 2);
      const start = performance.now();
      const [outcome] = await issuer.issueTokens(ids(1));
      expect(outcome?.status).toBe('fulfilled');
      // Nearly half a second, and then all of it.
      expect(performance.now() - start).toBeGreaterThan(500 - 5);
    });

    it("without counting the pause as the user's own time", async () => {
      fake.failNext({ status: 429, retryAfter: 0.4 });
      fake.failNext({ delay: 100 });
      const [outcome] = await issuer.issueTokens(ids(1), { timeout: 300 });
      expect(outcome?.status).toBe('fulfilled');
    });

    it('but not where retries are switched off: then it is a failure, and others still wait', async () => {
      fake.failNext({ status: 429, retryAfter: 0.4 });
      const start = performance.now();
      const options = { ...oneByOne, retry: 0, concurrency: 1 };
      const outcomes = await issuer.issueTokens(ids(2), options);
      expect(reasonOf(outcomes[0])).toMatchObject({ code: 'rate_limited', retryAfter: 0.4 });
      expect(outcomes[1]?.status).toBe('fulfilled');
      expect(performance.now() - start).toBeGreaterThan(390);
    });

    it('and gives up on a pause beyond all patience, at once, for everybody', async () => {
      fake.failWith({ status: 429, retryAfter: 86_400 });
      const outcomes = await issuer.issueTokens(ids(50), { ...oneByOne, concurrency: 1 });
      for (const outcome of outcomes) {
        expect(reasonOf(outcome)).toMatchObject({ code: 'rate_limited', retryAfter: 86_400 });
      }
      expect(fake.calls).toHaveLength(1);
    });

    it('and so meets few refusals at a provider with a limit', async () => {
      limit = { requests: 10, seconds: 0.3 };
      const outcomes = await issuer.issueTokens(ids(30), { ...oneByOne, concurrency: 5 });
      expect(outcomes.every(({ status }) => status === 'fulfilled')).toBe(true);
      const refused = fake.calls.filter(({ status }) => status === 429).length;
      expect(refused).toBeGreaterThan(0);
      expect(refused).toBeLessThanOrEqual(15);
    });

    it.each([0, 20])('but keeps asking for others where one user is refused again and again: %i', async (index) => {
      const userIds = ids(41);
      refusedUser = userIds[index];
      const options = { ...oneByOne, concurrency: 1, retry: { limit: 1 } };
      const issued = [];
      // What becomes of that one user takes five minutes: test/bulk-limits.test.ts.
      for await (const outcome of issuer.streamTokens(userIds, options)) {
        if (outcome.status === 'fulfilled') issued.push(outcome.index);
        if (issued.length === 40) break;
      }
      expect(issued).toEqual(userIds.flatMap((userId, each) => (userId === refusedUser ? [] : [each])));
      expect(Math.max(...sent.map(({ underWay }) => underWay))).toBe(0);
    });

    it('of a provider that takes one request at a time for a while, and still loses nobody', async () => {
      limit = { requests: 1, seconds: 0.1 };
      const outcomes = await issuer.issueTokens(ids(12), { ...oneByOne, concurrency: 4, retry: { limit: 1 } });
      expect(outcomes.every(({ status }) => status === 'fulfilled')).toBe(true);
    });

    it('unless there is nothing to wait for: a refused key ends the pause', async () => {
      fake.failNext({ status: 429, retryAfter: 60 });
      fake.failNext({ status: 401, delay: 50 });
      const start = performance.now();
      const outcomes = await issuer.issueTokens(ids(20), { ...oneByOne, concurrency: 2 });
      for (const outcome of outcomes) expect(reasonOf(outcome)).toMatchObject({ code: 'unauthorized' });
      expect(sent).toHaveLength(2);
      expect(performance.now() - start).toBeLessThan(500);
    });

    it('and leaves nobody without an outcome, if somebody refused earlier waits for a place by then', async () => {
      fake.failNext({ status: 429, retryAfter: 0.1 });
      fake.failNext({ status: 401, delay: 50 });
      const outcomes = await issuer.issueTokens(ids(20), { ...oneByOne, concurrency: 1 });
      expect(outcomes).toHaveLength(20);
      for (const outcome of outcomes) expect(reasonOf(outcome)).toMatchObject({ code: 'unauthorized' });
      expect(sent).toHaveLength(2);
    });
  });

  describe("counts a user's own time", () => {
    it('over all requests for that user', async () => {
      fake.failWith({ status: 429, retryAfter: 0, delay: 60 });
      const [outcome] = await issuer.issueTokens(ids(1), { timeout: 150 });
      // Whichever comes last within its time.
      expect(['timeout', 'rate_limited']).toContain(reasonOf(outcome)?.code);
      expect(sent.length).toBeLessThanOrEqual(3);
    });

    it('and names the whole of it where it ran out', async () => {
      fake.failNext({ fault: 'drop_connection' });
      fake.failWith({ fault: 'stall' });
      const [outcome] = await issuer.issueTokens(ids(1), { timeout: 900 });
      expect(reasonOf(outcome)).toMatchObject({ code: 'timeout', timeout: 900, operation: 'issueTokens' });
      expect(reasonOf(outcome)?.message).toContain('900 ms');
      expect(reasonOf(outcome)?.cause).toMatchObject({ code: 'connection_failed' });
      expect(sent).toHaveLength(2);
    });

    it('the waits between its own attempts included', async () => {
      // The shortest waits there are: 250 and 500 ms.
      vi.spyOn(Math, 'random').mockReturnValue(0);
      fake.failWith({ status: 500 });
      for (const [timeout, attempts] of [
        [200, 1],
        [700, 2],
      ]) {
        sent = [];
        const [outcome] = await issuer.issueTokens(ids(1), { timeout });
        expect(reasonOf(outcome)).toMatchObject({ code: 'server_error' });
        expect(sent).toHaveLength(attempts!);
      }
    });
  });

  it.each([
    [{ retry: 0 }, 1],
    [{ retry: 1 }, 2],
    [{ retry: { limit: 3, statusCodes: [429] } }, 1],
    [{}, 3],
  ])('repeats as a single call does, with %j', async (options, attempts) => {
    fake.failWith({ status: 500 });
    const [outcome] = await issuer.issueTokens(ids(1), options);
    expect(reasonOf(outcome)).toMatchObject({ code: 'server_error' });
    expect(sent).toHaveLength(attempts);
  });
});
