import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createBulkSubject, userIdOf } from '../support/bulk.js';
import { failureOf } from '../support/failures.js';
import { judgedIssueOperations, judgedOperations } from '../support/operations.js';
import { answers, startServer } from '../support/server.js';

afterEach(() => {
  vi.unstubAllGlobals();
});

// Test environments and sandboxes have none, or one of another realm, with which nothing can be repeated.
describe.each([
  ['no Request', undefined],
  ['a Request of another realm', runInNewContext('(class Request {})') as unknown],
])('no failure becomes another: a runtime with %s', (_, request) => {
  it.each(judgedOperations)('$name ends with the failure of its first attempt', async ({ prepare }) => {
    for (const [status, code] of [
      [404, 'not_found'],
      [503, 'server_error'],
    ] as const) {
      const { url } = await startServer(answers({ status, headers: { 'retry-after': '0' }, body: {} }));
      vi.stubGlobal('Request', request);
      const error = await failureOf(prepare({ baseUrl: url }).call());
      expect(error).toMatchObject({ code, status });
      vi.unstubAllGlobals();
    }
  });

  it.each(judgedIssueOperations)('$provider: a bulk call has an outcome for each', async ({ provider }) => {
    const { fake, issuer } = createBulkSubject(provider, { retry: 0 });
    fake.failWith({ status: 500 });
    const { fetch } = globalThis;
    vi.stubGlobal('Request', request);
    vi.stubGlobal('fetch', fetch);
    const outcomes = await issuer.issueTokens([userIdOf(provider, 1), userIdOf(provider, 2)]);
    expect(outcomes).toHaveLength(2);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { provider } });
  });
});
