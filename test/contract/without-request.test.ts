import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createIssuer } from '../../src/index.js';
import { userIdOf } from '../support/bulk.js';
import { failureOf } from '../support/failures.js';
import { judgedIssueOperations, judgedOperations, optionsOf } from '../support/operations.js';
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

  it.each(judgedIssueOperations)('$provider: so do all requests of a bulk call', async ({ provider }) => {
    const { url } = await startServer(answers({ status: 500, headers: { 'retry-after': '0' }, body: {} }));
    // Not the fakes: they make a Request themselves.
    const issuer = createIssuer(provider, { ...optionsOf(provider), baseUrl: url, retry: 1 });
    vi.stubGlobal('Request', request);
    const outcomes = await issuer.issueTokens([userIdOf(provider, 1), userIdOf(provider, 2)]);
    const failed = { status: 'rejected', reason: { provider, code: 'server_error', status: 500 } };
    expect(outcomes).toMatchObject([failed, failed]);
  });
});
