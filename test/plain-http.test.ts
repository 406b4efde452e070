import { describe, expect, it, vi } from 'vitest';
import { createClerk, createIssuer, createJunction, createSfox } from '../src/index.js';
import { connect } from '../src/providers/create-issuer.js';
import { failureOf, thrownBy } from './support/failures.js';
import { keys, optionsOf } from './support/operations.js';
import { judged } from './support/subjects/index.js';

const allowHttp = true;
/** Every form of a host is in `client.test.ts`. */
const privateHosts = ['fakes', '172.16.0.1', '[fd00::1]'];
const publicHosts = ['provider.example', '172.32.0.1', 'api.clerk.com'];

describe.each(judged)('plain http for %s', (provider) => {
  const create = (options: object) => createIssuer(provider, { ...optionsOf(provider), ...options });

  it.each(privateHosts)('may be allowed to %s', async (host) => {
    const asked: string[] = [];
    const fetch = (url: string) => {
      asked.push(url);
      return Promise.reject(new Error('nobody there'));
    };
    const baseUrl = `http://${host}:4010/${provider}`;
    const issuer = create({ baseUrl, allowHttp, fetch, retry: 0 });
    expect(await failureOf(issuer.issueToken('user_1'))).toMatchObject({ code: 'connection_failed' });
    expect(asked[0]).toMatch(baseUrl);
    const error = await thrownBy(() => create({ baseUrl }));
    expect(error).toMatchObject({ code: 'invalid_option' });
    expect(error.message).toContain('`allowHttp: true`');
    expect(await thrownBy(() => create({ baseUrl, allowHttp: false }))).toMatchObject({ code: 'invalid_option' });
  });

  it.each(publicHosts)('is never allowed to %s', async (host) => {
    const error = await thrownBy(() => create({ baseUrl: `http://${host}`, allowHttp }));
    expect(error).toMatchObject({ code: 'invalid_option' });
    expect(error.message).toContain('`baseUrl` must be https');
  });

  it.each(['yes', 1, null])('is allowed by true alone, and not by %j', async (wrong) => {
    const error = await thrownBy(() => create({ allowHttp: wrong, baseUrl: 'http://fakes' }));
    expect(error).toMatchObject({ code: 'invalid_option' });
    expect(error.message).toContain('`allowHttp` must be');
  });

  it.each(['0.0.0.0', '[::]'])(
    'needs no permission to what a server on all addresses of this machine prints: %s',
    (host) => {
      expect(create({ baseUrl: `http://${host}:4010` })).toMatchObject({ provider });
    },
  );
});

describe('a key for production', () => {
  const baseUrl = 'http://fakes:4010';

  it.each<[string, () => unknown]>([
    ['Clerk', () => createClerk({ apiKey: 'sk_live_made-up', baseUrl, allowHttp })],
    ['Junction', () => createJunction({ apiKey: 'pk_eu_made-up', baseUrl, allowHttp })],
  ])('of %s never goes over plain http', async (_, make) => {
    const error = await thrownBy(make);
    expect(error).toMatchObject({ code: 'environment_mismatch' });
    expect(error.message).not.toContain('made-up');
  });

  it('never does if a function returns it, or a variable says that it is one', async () => {
    const fetch = vi.fn();
    const clerk = createClerk({ apiKey: () => 'sk_live_made-up', baseUrl, allowHttp, fetch });
    expect(await failureOf(clerk.issueToken('user_1'))).toMatchObject({ code: 'environment_mismatch' });
    expect(fetch).not.toHaveBeenCalled();
    vi.stubEnv('SFOX_ENV', 'production');
    expect(await thrownBy(() => createSfox({ apiKey: 'made-up', baseUrl, allowHttp }))).toMatchObject({
      code: 'environment_mismatch',
    });
  });
});

describe('TOKENWRIGHT_ALLOW_HTTP', () => {
  const baseUrl = 'http://fakes:4010/clerk';

  it('counts if the base URL is from a variable, too', async () => {
    vi.stubEnv('CLERK_API_URL', baseUrl);
    const error = await thrownBy(() => createClerk({ apiKey: keys.clerk }));
    expect(error.message).toContain('CLERK_API_URL must be https');
    expect(error.message).toContain('TOKENWRIGHT_ALLOW_HTTP=1');
    vi.stubEnv('TOKENWRIGHT_ALLOW_HTTP', '1');
    expect(createClerk({ apiKey: keys.clerk })).toMatchObject({ provider: 'clerk' });
    expect(await thrownBy(() => createClerk({ apiKey: keys.clerk, allowHttp: false }))).toMatchObject({
      code: 'invalid_option',
    });
    expect(await thrownBy(() => createClerk({ apiKey: 'sk_live_made-up' }))).toMatchObject({
      code: 'environment_mismatch',
    });
    vi.stubEnv('TOKENWRIGHT_ALLOW_HTTP', 'no');
    expect(await thrownBy(() => createClerk({ apiKey: keys.clerk }))).toMatchObject({ code: 'invalid_option' });
  });

  it('says nothing for a base URL in code', async () => {
    vi.stubEnv('TOKENWRIGHT_ALLOW_HTTP', '1');
    expect(await thrownBy(() => createClerk({ apiKey: keys.clerk, baseUrl }))).toMatchObject({
      code: 'invalid_option',
    });
  });

  it('counts for the command line, whose base URL may be a flag', async () => {
    const variables = { CLERK_SECRET_KEY: keys.clerk };
    const allowed = { ...variables, TOKENWRIGHT_ALLOW_HTTP: '1' };
    expect(connect('clerk', { baseUrl }, allowed)).toMatchObject({ provider: 'clerk' });
    expect(await thrownBy(() => connect('clerk', { baseUrl }, variables))).toMatchObject({ code: 'invalid_option' });
  });
});
