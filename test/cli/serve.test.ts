import { beforeEach, describe, expect, it } from 'vitest';
import { createIssuer } from '../../src/index.js';
import { providerIds } from '../../src/providers/create-issuer.js';
import { failureOf } from '../support/failures.js';
import { issueOperations, optionsOf } from '../support/operations.js';
import { useServedFakes } from '../support/serve.js';
import { judged } from '../support/subjects/index.js';

const { fakes, server } = useServedFakes();

describe.each(judged)('serveFakes(): %s', (provider) => {
  const { id } = issueOperations[provider];
  let issuer: ReturnType<typeof createIssuer>;

  beforeEach(() => {
    issuer = createIssuer(provider, { ...optionsOf(provider), baseUrl: server().baseUrls[provider], retry: 0 });
  });

  it('issues over HTTP', async () => {
    const token = await issuer.issueToken(id);
    expect(token.token).toBe(fakes[provider].tokens[0]?.token);
    expect(fakes[provider].calls[0]?.path).not.toContain(`/${provider}/`);
  });

  it.each([
    ['drop_connection', 'connection_failed', 30_000],
    ['malformed_body', 'invalid_response', 30_000],
    ['stall', 'timeout', 200],
    ['stall_body', 'timeout', 200],
  ] as const)('passes on a fault: %s', async (fault, code, timeout) => {
    fakes[provider].failNext({ fault });
    expect(await failureOf(issuer.issueToken(id, { timeout }))).toMatchObject({ code });
  });

  it('passes on status, headers and body', async () => {
    fakes[provider].failNext({ status: 429, retryAfter: 7 });
    expect(await failureOf(issuer.issueToken(id))).toMatchObject({ code: 'rate_limited', retryAfter: 7 });
  });
});

it('names the prefixes to who asks elsewhere', async () => {
  for (const path of ['', '/', '/other/v1', '/clerk2/v1']) {
    const response = await fetch(`${server().url}${path}`);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain([...providerIds, '_fakes/'].map((prefix) => `/${prefix}`).join(', '));
    expect(response.headers.get('x-tokenwright-fake')).toBe('1');
  }
});

it('listens on loopback', () => {
  expect(new URL(server().url).hostname).toBe('127.0.0.1');
});
