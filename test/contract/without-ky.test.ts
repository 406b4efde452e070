import { expect, it, vi } from 'vitest';
import { createClerk } from '../../src/providers/clerk/adapter.js';
import { failureOf } from '../support/failures.js';
import { answers, startServer } from '../support/server.js';

// A network that serves the files of the package stands still. What cannot be loaded at all is in test/package.
vi.mock('../../src/http/ky.js', () => new Promise(() => undefined));

it('a call ends in its time, with the failure it had, if ky never comes', async () => {
  const { url, requests } = await startServer(answers({ status: 503, headers: { 'retry-after': '0' }, body: {} }));
  const clerk = createClerk({ apiKey: 'sk_test_made-up', baseUrl: url, timeout: 500 });
  expect(await failureOf(clerk.issueToken('user_1'))).toMatchObject({ code: 'server_error', status: 503 });
  expect(requests).toHaveLength(1);
});
