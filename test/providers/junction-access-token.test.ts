import { describe, expect, it, vi } from 'vitest';
import { createIssuer, createJunction, type CredentialRequest } from '../../src/index.js';
import { createFakeProviders } from '../../src/testing/index.js';
import { failureOf, thrownBy } from '../support/failures.js';
import { everythingShownBy } from '../support/shown.js';

const userId = '6f3c0d4e-8a51-4c1b-9b7e-2f1d7a90c3aa';
const target = { environment: 'sandbox', region: 'eu' } as const;
const teamKey = 'sk_eu_made-up-team';

describe('createJunction({ accessToken })', () => {
  it('shows the token as a bearer, and no key', async () => {
    vi.stubEnv('JUNCTION_API_KEY', 'pk_us_made-up-key-of-another-team');
    const sent: [string, Record<string, string>][] = [];
    const { fetch } = createFakeProviders();
    const junction = createJunction({
      accessToken: () => 'made-up-access-token',
      ...target,
      fetch: (url, init) => {
        sent.push([url, init.headers as Record<string, string>]);
        return fetch(url, init);
      },
    });
    await failureOf(junction.issueToken(userId));
    const [url, headers] = sent[0]!;
    expect(url).toContain('https://api.sandbox.eu.junction.com/');
    expect(headers).toMatchObject({ authorization: 'Bearer made-up-access-token' });
    expect(headers).not.toHaveProperty('x-vital-api-key');
  });

  it('mints another when the ten minutes are over, once', async () => {
    let now = Date.now();
    const fakes = createFakeProviders({ now: () => now });
    let minted = 0;
    let cached: string | undefined;
    const accessToken = vi.fn(({ rejected }: CredentialRequest) => {
      if (cached === undefined || rejected) {
        minted += 1;
        cached = `made-up-access-token-${String(minted)}`;
        fakes.junction.acceptAccessToken(cached, teamKey);
      }
      return Promise.resolve(cached);
    });
    const junction = createJunction({ accessToken, ...target, fetch: fakes.fetch, retry: 0 });
    await junction.issueToken(userId);
    await junction.issueToken(userId);
    expect(minted).toBe(1);
    now += 11 * 60 * 1000;
    await Promise.all([junction.issueToken(userId), junction.issueToken(userId)]);
    expect(minted).toBe(2);
  });

  it('says what to do about one that is refused, and does not show it', async () => {
    const accessToken = 'made-up-access-token-that-is-old';
    const { fetch } = createFakeProviders();
    const error = await failureOf(createJunction({ accessToken, ...target, fetch }).issueToken(userId));
    expect(error).toMatchObject({ code: 'unauthorized', message: expect.stringContaining('ten minutes') as string });
    expect(everythingShownBy(error)).not.toContain(accessToken);
  });

  it.each<[string, object, string]>([
    [
      'beside a key',
      { accessToken: () => 'x', apiKey: teamKey, ...target },
      '`apiKey` and `accessToken` exclude each other',
    ],
    [
      'without an environment',
      { accessToken: () => 'x', region: 'eu' },
      "`environment` is missing, and `accessToken` does not show it. Pass 'production' or 'sandbox', as an option",
    ],
    [
      'without a region',
      { accessToken: 'made-up-access-token', environment: 'sandbox' },
      "`region` is missing, and `accessToken` does not show it. Pass 'us' or 'eu', as an option",
    ],
    ['that is a key', { accessToken: teamKey, ...target }, 'begins with sk_eu_, like an API key. Pass it as `apiKey`'],
    ['that is blank', { accessToken: ' ', ...target }, 'the option `accessToken` is blank'],
  ])('%s: refused before anything is sent', async (_, options, message) => {
    const error = await thrownBy(() => createJunction(options));
    expect(error).toMatchObject({ name: 'ConfigurationError' });
    expect(error.message).toContain(message);
    expect(everythingShownBy(error)).not.toContain(teamKey);
  });

  it('takes environment and region from the variables, and a base URL', async () => {
    vi.stubEnv('JUNCTION_ENV', 'sandbox');
    vi.stubEnv('JUNCTION_REGION', 'eu');
    const fetch = vi.fn<(url: string) => Promise<Response>>(() => Promise.reject(new Error('enough')));
    const accessToken = () => 'made-up-access-token';
    await failureOf(createJunction({ accessToken, fetch, retry: 0 }).issueToken(userId));
    await failureOf(createJunction({ accessToken, fetch, retry: 0, baseUrl: 'https://x.invalid' }).issueToken(userId));
    expect(fetch.mock.calls.map(([url]) => new URL(url).host)).toEqual(['api.sandbox.eu.junction.com', 'x.invalid']);
  });

  it('is an option of no other provider', async () => {
    const options = { accessToken: () => 'x' } as object;
    expect(await thrownBy(() => createIssuer('clerk', options))).toMatchObject({ code: 'invalid_option' });
  });
});
