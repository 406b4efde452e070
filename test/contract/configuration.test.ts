import { afterEach, describe, expect, it, vi } from 'vitest';
import { createClerk, createIssuer, createJunction, createSfox, type ProviderId } from '../../src/index.js';
import { configure } from '../../src/client/connection.js';
import { failureOf, thrownBy } from '../support/failures.js';
import { providers } from '../../src/providers/index.js';
import { judgedOperations, keys, optionsOf } from '../support/operations.js';
import { everythingShownBy } from '../support/shown.js';
import { judged, subjects } from '../support/subjects/index.js';

const baseUrl = 'https://provider.invalid';
const neverFetch = () => Promise.reject(new Error('Nothing may be sent.'));

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Creates clients with options that their types forbid. */
function create(provider: ProviderId, options: unknown): unknown {
  return createIssuer(provider, options as never);
}

describe.each(judged)('%s refuses when the client is made', (provider) => {
  const { keyOption, ownKeys, target } = subjects[provider];
  const key = keys[provider];
  const withKey = (options: object) => () => create(provider, { ...optionsOf(provider), ...options });
  const { credentials, environments, regions = [] } = providers[provider].profile;
  /** The option that says where requests go, with its values. */
  const [choice, choices] = environments === undefined ? ['region', regions] : ['environment', environments];

  it('and has a header for each credential: of two in one, only the last would be sent', () => {
    const { sources } = configure(providers[provider].profile, { ...optionsOf(provider), ...target });
    const headers = sources.map(({ credential }) => credential.header);
    expect(new Set(headers).size).toBe(headers.length);
  });

  it('no key', async () => {
    const error = await thrownBy(() => create(provider, { baseUrl }));
    expect(error).toMatchObject({
      name: 'ConfigurationError',
      code: 'missing_api_key',
      provider,
      operation: 'createClient',
    });
    const [[name, { variables }] = ['', { variables: [] }]] = Object.entries(credentials);
    expect(error.message).toContain(`\`${name}\` or set ${variables[0] ?? ''}`);
  });

  it.each([
    ['blank', ''],
    ['blank', '  '],
    ['white space around', ' made-up-secret'],
    ['white space around', 'made-up-secret\n'],
    ['characters', 'made-up-secret with spaces'],
    ['characters', 'made-up-secret\nline'],
    ['characters', 'made-up\0made-up-secret'],
    ['characters', 'made-up-secret-é'],
    ['characters', 'made-up-secret\u007f'],
    ['a quotation mark', '"made-up-secret"'],
    ['a quotation mark', "'made-up-secret"],
    ['a quotation mark', 'made-up-secret"'],
    ['must be a string', 42],
    ['must be a string', null],
  ])('a key: %s', async (problem, apiKey) => {
    const error = await thrownBy(() => create(provider, { ...optionsOf(provider, apiKey), baseUrl }));
    expect(error).toMatchObject({ code: 'invalid_api_key', provider });
    expect(error.message).toContain(problem);
    expect(error.message).toContain(`\`${keyOption}\``);
    expect(everythingShownBy(error)).not.toContain('made-up-secret');
  });

  it.each([
    'undefined',
    'null',
    '[object Object]',
    '$CLERK_SECRET_KEY',
    '${SFOX_KEY}',
    '%JUNCTION_API_KEY%',
    '{{ key }}'.replaceAll(' ', ''),
    '<your-key>',
    'your-api-key',
    'YOUR_SECRET_KEY',
    'changeme',
    'xxxxxxxx',
    '********',
    'op://vault/item/key',
    'vault://secret/data/key',
  ])('a key that cannot be one, and says what it looks like: %s', async (apiKey) => {
    const fromFunction = createIssuer(provider, {
      ...optionsOf(provider, () => apiKey),
      baseUrl,
      fetch: neverFetch,
    });
    for (const error of [
      await thrownBy(() => create(provider, { ...optionsOf(provider, apiKey), baseUrl })),
      await failureOf(fromFunction.issueToken('id')),
    ]) {
      expect(error).toMatchObject({ code: 'invalid_api_key', provider });
      expect(error.message).toMatch(/text of a missing value|looks like/);
      expect(error.message).not.toContain(apiKey);
    }
  });

  it('a prefix without a key', async () => {
    const [prefix] = ownKeys.exec(key) ?? /^[sp]k_\w+?_/.exec(key) ?? [];
    if (prefix === undefined) expect(ownKeys.test(key)).toBe(false);
    else
      expect((await thrownBy(() => create(provider, optionsOf(provider, prefix)))).message).toContain(
        'only the prefix',
      );
  });

  it('what a polluted prototype holds: only own properties count', async () => {
    const polluted = Object.prototype as Record<string, unknown>;
    const names = {
      baseUrl: 'https://evil.invalid',
      retry: 9,
      expiresInSeconds: 1,
      limit: 9,
      SFOX_BASE_URL: 'https://evil.invalid',
    };
    const sent: string[] = [];
    const fetch = (url: string) => {
      sent.push(url);
      return Promise.resolve(new Response(null, { status: 503, headers: { 'retry-after': '0' } }));
    };
    const issuer = createIssuer(provider, { ...optionsOf(provider), fetch, ...target });
    await failureOf(issuer.issueToken('id'));
    const expected = [...sent];
    sent.length = 0;
    Object.assign(polluted, names);
    try {
      const again = createIssuer(provider, { ...optionsOf(provider), fetch, ...target });
      await failureOf(again.issueToken('id', { retry: {} }));
    } finally {
      for (const name of Object.keys(names)) Reflect.deleteProperty(polluted, name);
    }
    expect(sent).toEqual(expected);
  });

  it.each(['sk_live_', 'sk_test_', 'pk_live_', 'pk_test_', 'sk_us_', 'sk_eu_', 'pk_us_', 'pk_eu_'])(
    "a key that begins with %s, unless it is the provider's own or a gateway's",
    async (prefix) => {
      const apiKey = `${prefix}made-up-secret`;
      const isOwn = ownKeys.test(prefix);
      const prefixes = Object.keys(credentials[keyOption]?.prefixes ?? {});
      const ownWords = prefixes.length === 0 ? 'have no such prefix' : `begin with ${prefixes.join(', ')}`;
      if (isOwn) expect(create(provider, optionsOf(provider, apiKey))).toMatchObject({ provider });
      else {
        const error = await thrownBy(() => create(provider, { ...optionsOf(provider, apiKey), ...target }));
        expect(error).toMatchObject({ code: 'invalid_api_key', provider });
        expect(error.message).toContain(prefix.startsWith('pk_') ? 'pk_' : prefix);
        expect(error.message).toMatch(
          new RegExp(`like the key of another provider\\. Keys of \\w+ ${ownWords}\\.|publishable`),
        );
        expect(everythingShownBy(error)).not.toContain('made-up-secret');
      }
      const isPublishable = credentials[keyOption]?.publishable?.test(prefix) === true;
      if (!isPublishable)
        expect(create(provider, { ...optionsOf(provider, apiKey), baseUrl })).toMatchObject({ provider });
    },
  );

  it.each([
    ['plain http', 'http://provider.invalid', 'https'],
    ['another scheme', 'ftp://provider.invalid', 'https'],
    ['another scheme on loopback', 'ftp://localhost', 'https'],
    ['credentials', 'https://user:made-up-password@provider.invalid', 'credentials'],
    ['a user alone', 'https://made-up-password@provider.invalid', 'credentials'],
    ['a password alone', 'https://:made-up-password@provider.invalid', 'credentials'],
    ['a query', 'https://provider.invalid/?a=1', 'query'],
    ['a fragment', 'https://provider.invalid/#a', 'fragment'],
    ['no URL', 'provider.invalid', 'absolute URL'],
    ['no scheme', 'localhost:4010/clerk', 'must begin with https://'],
    ['no string', 7, 'absolute URL'],
    ['empty', '', 'absolute URL'],
    ['loopback only by its name', 'http://localhost.evil.invalid', 'https'],
    ['loopback only by its end', 'http://notlocalhost', 'https'],
    ['loopback only by its start', 'http://127.0.0.1.evil.invalid', 'https'],
  ])('a base URL: %s', async (_, url, problem) => {
    const error = await thrownBy(withKey({ baseUrl: url }));
    expect(error).toMatchObject({ code: 'invalid_option', provider });
    expect(error.message).toContain(problem);
    expect(error.message).toContain('`baseUrl`');
    expect(everythingShownBy(error)).not.toContain('made-up-password');
  });

  it.each([
    'http://localhost:1',
    'http://127.0.0.1:1',
    'http://[::1]:1',
    'http://fake.localhost',
    'http://127.10.20.30',
    baseUrl,
  ])('but takes the base URL %s', (url) => {
    expect(withKey({ baseUrl: url })()).toMatchObject({ provider });
  });

  it.each(['sandbox', 'production', 'eu'])('a base URL together with %s', async (value) => {
    const error = await thrownBy(withKey({ baseUrl, [choice]: value }));
    expect(error).toMatchObject({ code: 'invalid_option' });
    expect(error.message).toContain('exclude');
  });

  it.each(['staging', '', 'Production', 'EU', 1, null])(`the ${choice} %j`, async (value) => {
    const error = await thrownBy(withKey({ [choice]: value }));
    expect(error).toMatchObject({ code: 'invalid_option' });
    expect(error.message).toContain(`\`${choice}\` must be '${choices[0]!}' or '`);
  });

  it.each([
    ['unknown options', { expiresIn: 300 }],
    ['a misspelt option', { baseURL: baseUrl }],
    ['a timeout of 0', { timeout: 0 }],
    ['a timeout of NaN', { timeout: Number.NaN }],
    ['a timeout without end', { timeout: Number.POSITIVE_INFINITY }],
    ['a timeout beyond what timers can', { timeout: 2 ** 31 }],
    ['a timeout as text', { timeout: '1000' }],
    ['a negative timeout', { attemptTimeout: -1 }],
    ['a timeout that is null', { attemptTimeout: null }],
    ['negative retries', { retry: -1 }],
    ['half a retry', { retry: 1.5 }],
    ['retries as text', { retry: '2' }],
    ['retries that are null', { retry: null }],
    ['unknown retry options', { retry: { limits: 2 } }],
    ['retry statuses that no repetition changes', { retry: { statusCodes: [404] } }],
    ['the retry status before the first', { retry: { statusCodes: [499] } }],
    ['the retry status behind the last', { retry: { statusCodes: [503, 600] } }],
    ['a retry status that is no list', { retry: { statusCodes: 503 } }],
    ['a retry status as text', { retry: { statusCodes: ['503'] } }],
    ['half a retry status', { retry: { statusCodes: [500.5] } }],
    ['a `fetch` that is no function', { fetch: 'fetch' }],
  ])('%s', async (_, options) => {
    const error = await thrownBy(withKey({ baseUrl, ...options }));
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'invalid_option', provider });
    expect(error.message).toContain(Object.keys(options)[0]);
  });

  it('but not the retry statuses that may be repeated', () => {
    const statusCodes = [408, 429, 500, 599];
    expect(withKey({ baseUrl, retry: { statusCodes } })()).toMatchObject({ provider });
  });

  it.each([null, 'key', [], 7])('options that are no object: %j', async (options) => {
    expect(await thrownBy(() => create(provider, options))).toMatchObject({ code: 'invalid_option' });
  });

  it('takes options that are left undefined as left out', () => {
    const options = { baseUrl, [choice]: undefined, timeout: undefined, retry: undefined, fetch: undefined };
    expect(withKey(options)()).toMatchObject({ provider });
  });

  it('takes what a key function returns no more lightly', async () => {
    for (const [returned, code] of [
      ['', 'invalid_api_key'],
      ['made-up\nkey', 'invalid_api_key'],
      [undefined, 'invalid_api_key'],
    ] as const) {
      const issuer = createIssuer(provider, { ...optionsOf(provider, () => returned), baseUrl, fetch: neverFetch });
      const error = await failureOf(issuer.issueToken('id'));
      expect(error).toMatchObject({ code, operation: 'issueToken' });
      expect(error.message).toContain(`the value that the function \`${keyOption}\` returned`);
    }
  });

  it('says that a key function failed, without what hangs on its error', async () => {
    const ask = () =>
      Promise.reject(Object.assign(new Error('vault sealed'), { config: { token: 'made-up-vault-token' } }));
    const issuer = createIssuer(provider, { ...optionsOf(provider, ask), baseUrl, fetch: neverFetch });
    const error = await failureOf(issuer.issueToken('id', { retry: 0 }));
    expect(error).toMatchObject({
      name: 'CredentialError',
      code: 'api_key_unavailable',
      scope: 'service',
      retryable: true,
      cause: { message: 'vault sealed' },
    });
    expect(everythingShownBy(error)).not.toContain('made-up-vault-token');
  });
});

describe.each(judgedOperations)('$name refuses before anything is sent', ({ prepare, success, key }) => {
  const sent: string[] = [];
  const { client, call } = prepare({
    baseUrl,
    fetch: (url) => {
      sent.push(url);
      return Promise.resolve(Response.json(success.body, { status: success.status }));
    },
  });

  afterEach(() => {
    expect(sent).toEqual([]);
  });

  it.each([
    ['an unknown option', { priority: 'high' }],
    ['a timeout of 0', { timeout: 0 }],
    ['a timeout of NaN', { timeout: Number.NaN }],
    ['an attempt timeout of 0', { attemptTimeout: 0 }],
    ['negative retries', { retry: -1 }],
    ['a signal that is none', { signal: {} }],
    ['half a signal', { signal: { aborted: false } }],
    ['a controller for a signal', { signal: new AbortController() }],
    ['a key for one call', { apiKey: key }],
  ])('%s', async (_, options) => {
    const error = await failureOf(call(options as never));
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'invalid_option' });
    expect(error.message).toContain(Object.keys(options)[0]);
    expect(error.operation).not.toBe('createClient');
  });

  it('options that are no object', async () => {
    expect(await failureOf(call(null as never))).toMatchObject({ code: 'invalid_option' });
  });

  const badIds = [
    '',
    '.',
    '..',
    '../admin',
    'a/..',
    'a/./b',
    'a\\..\\b',
    'a\ud800',
    '\udc00b',
    undefined,
    null,
    42,
    {},
    ['a'],
  ];
  it.each(badIds)('the id %j', async (id) => {
    const methods = client as Record<string, (id: unknown) => Promise<unknown>>;
    for (const name of ['issueToken', 'revokeToken'].filter((each) => each in methods)) {
      expect(await failureOf(methods[name]!(id))).toMatchObject({
        name: 'InvalidInputError',
        code: name === 'issueToken' ? 'invalid_user_id' : 'invalid_token_id',
        operation: name,
      });
    }
  });
});

/** The URL to which a client sends its request. */
async function urlOf(provider: ProviderId, options: object): Promise<string | undefined> {
  let sentTo: string | undefined;
  const issuer = createIssuer(provider, {
    ...options,
    retry: 0,
    fetch: (url: string) => {
      sentTo = url;
      return Promise.resolve(new Response(null, { status: 404 }));
    },
  });
  await failureOf(issuer.issueToken('id'));
  return sentTo;
}

describe('Junction: environment and region', () => {
  it.each([
    ['pk_us_x', 'https://api.us.junction.com'],
    ['pk_eu_x', 'https://api.eu.junction.com'],
    ['sk_us_x', 'https://api.sandbox.us.junction.com'],
    ['sk_eu_x', 'https://api.sandbox.eu.junction.com'],
  ])('%s goes to %s', async (apiKey, host) => {
    expect(await urlOf('junction', { apiKey })).toBe(`${host}/v2/user/id/sign_in_token`);
  });

  it.each([
    ['production', 'us', 'https://api.us.junction.com'],
    ['production', 'eu', 'https://api.eu.junction.com'],
    ['sandbox', 'us', 'https://api.sandbox.us.junction.com'],
    ['sandbox', 'eu', 'https://api.sandbox.eu.junction.com'],
  ])('a key that says nothing goes where it is told: %s %s', async (environment, region, host) => {
    const options = { apiKey: 'key', environment, region };
    expect(await urlOf('junction', options)).toBe(`${host}/v2/user/id/sign_in_token`);
    expect(await urlOf('junction', { ...options, apiKey: () => 'key' })).toContain(host);
  });

  it('takes an environment and a region that agree with the key', async () => {
    const options = { apiKey: 'sk_eu_x', environment: 'sandbox', region: 'eu' };
    expect(await urlOf('junction', options)).toContain('https://api.sandbox.eu.junction.com/');
  });

  it.each([
    ['sk_eu_x', { environment: 'production' }, "'sandbox'"],
    ['pk_eu_x', { environment: 'sandbox' }, "'production'"],
    ['pk_us_x', { region: 'eu' }, "'us'"],
    ['sk_us_x', { environment: 'sandbox', region: 'eu' }, "'us'"],
  ] as const)('refuses %s with %j', async (apiKey, options, said) => {
    const error = await thrownBy(() => createJunction({ apiKey, ...options }));
    expect(error).toMatchObject({ code: 'environment_mismatch', provider: 'junction' });
    expect(error.message).toContain(said);
    expect(error.message).not.toContain(apiKey);
  });

  it.each([{}, { environment: 'sandbox' }, { region: 'eu' }] as const)('does not guess: %j', async (options) => {
    const error = await thrownBy(() => createJunction({ apiKey: 'key', ...options }));
    expect(error).toMatchObject({ code: 'invalid_option' });
    expect(error.message).toContain('is missing, and the key does not show it');
    expect(await thrownBy(() => createJunction({ apiKey: () => 'sk_eu_x', ...options }))).toMatchObject({
      code: 'invalid_option',
    });
  });

  it.each(['ap', '', 'EU', 1])('refuses the region %j', async (region) => {
    const error = await thrownBy(() => createJunction({ apiKey: 'sk_eu_x', region: region as 'eu' }));
    expect(error).toMatchObject({ code: 'invalid_option' });
    expect(error.message).toContain("'us' or 'eu'");
  });

  it('refuses a base URL together with a region', async () => {
    const options = { apiKey: 'sk_eu_x', baseUrl, region: 'eu' } as never;
    expect(await thrownBy(() => createJunction(options))).toMatchObject({ code: 'invalid_option' });
  });

  it('checks a key that a function returns against what was chosen', async () => {
    const issuer = createJunction({ apiKey: () => 'pk_eu_x', environment: 'sandbox', region: 'eu', fetch: neverFetch });
    expect(await failureOf(issuer.issueToken('id'))).toMatchObject({ code: 'environment_mismatch' });
  });

  it.each([
    ['pk_us_x', 'https://api.tryvital.io'],
    ['sk_eu_x', 'https://api.sandbox.eu.tryvital.io'],
  ])('%s reaches the older host %s', async (apiKey, url) => {
    expect(await urlOf('junction', { apiKey, baseUrl: url })).toBe(`${url}/v2/user/id/sign_in_token`);
  });

  it.each([
    ['pk_us_x', 'https://api.sandbox.tryvital.io'],
    ['sk_eu_x', 'https://api.eu.tryvital.io'],
    ['sk_us_x', 'https://api.sandbox.eu.tryvital.io/v2'],
    ['sk_eu_x', 'https://api.eu.junction.com.'],
    ['sk_eu_x', 'https://API.EU.JUNCTION.COM'],
  ])(
    '%s is refused for %s: an older host, or a name written in another way, is Junction all the same',
    async (apiKey, url) => {
      expect(await thrownBy(() => createJunction({ apiKey, baseUrl: url }))).toMatchObject({
        code: 'environment_mismatch',
      });
    },
  );
});

describe('sFOX: environment', () => {
  it.each([
    ['production', 'https://api.sfox.com'],
    ['sandbox', 'https://api.staging.sfox.com'],
  ])('%s is %s', async (environment, host) => {
    expect(await urlOf('sfox', { apiKey: 'key', environment })).toBe(`${host}/v1/enterprise/user-tokens/id`);
  });

  it('has none by default', async () => {
    const error = await thrownBy(() => createSfox({ apiKey: 'key' }));
    expect(error).toMatchObject({ code: 'invalid_option', provider: 'sfox' });
    expect(error.message).toMatch(/environment.*SFOX_ENV/);
  });
});

describe('Clerk: environment', () => {
  it.each(['sk_test_x', 'sk_live_x', 'key'])('%s goes to the one host', async (apiKey) => {
    expect(await urlOf('clerk', { apiKey })).toBe('https://api.clerk.com/v1/sign_in_tokens');
  });

  it.each([
    ['sk_test_x', 'development'],
    ['sk_live_x', 'production'],
  ] as const)('takes %s for %s', (apiKey, environment) => {
    expect(createClerk({ apiKey, environment })).toMatchObject({ provider: 'clerk' });
  });

  it.each([
    ['sk_live_x', 'development'],
    ['sk_test_x', 'production'],
    ['key', 'development'],
  ] as const)('refuses %s for %s', async (apiKey, environment) => {
    const error = await thrownBy(() => createClerk({ apiKey, environment }));
    expect(error).toMatchObject({ code: 'environment_mismatch', provider: 'clerk' });
    expect(error.message).not.toContain(apiKey === 'key' ? "'key'" : apiKey);
  });

  it('guards each key that a function returns', async () => {
    const issuer = createClerk({ apiKey: () => 'sk_live_x', environment: 'development', fetch: neverFetch });
    expect(await failureOf(issuer.issueToken('id'))).toMatchObject({ code: 'environment_mismatch' });
  });

  it('does not pretend to guard a key without a prefix, from a function either', async () => {
    const issuer = createClerk({ apiKey: () => 'key', environment: 'development', fetch: neverFetch });
    expect(await failureOf(issuer.issueToken('id'))).toMatchObject({ code: 'environment_mismatch' });
  });

  it('refuses a publishable key, from an option, a variable and a function', async () => {
    const error = await thrownBy(() => createClerk({ apiKey: 'pk_test_made-up' }));
    expect(error).toMatchObject({ code: 'invalid_api_key' });
    expect(error.message).toContain('publishable');
    expect(error.message).not.toContain('made-up');
    vi.stubEnv('CLERK_SECRET_KEY', 'pk_live_made-up');
    expect(await thrownBy(() => createClerk())).toMatchObject({ code: 'invalid_api_key' });
    const issuer = createClerk({ apiKey: () => 'pk_test_made-up', fetch: neverFetch });
    expect(await failureOf(issuer.issueToken('id'))).toMatchObject({ code: 'invalid_api_key' });
  });

  it.each([0, 1.5, -1, Number.NaN, Number.POSITIVE_INFINITY, 3_155_760_001, '300', null])(
    'refuses a lifetime of %j',
    async (seconds) => {
      const expiresInSeconds = seconds as number;
      const error = await thrownBy(() => createClerk({ apiKey: keys.clerk, expiresInSeconds }));
      expect(error).toMatchObject({ code: 'invalid_option', operation: 'createClient' });
      expect(error.message).toContain('expiresInSeconds');
      const issuer = createClerk({ apiKey: keys.clerk, fetch: neverFetch });
      expect(await failureOf(issuer.issueToken('id', { expiresInSeconds }))).toMatchObject({
        code: 'invalid_option',
        operation: 'issueToken',
      });
    },
  );

  it.each(['', 7, null])('refuses the organization %j', async (orgId) => {
    const issuer = createClerk({ apiKey: keys.clerk, fetch: neverFetch });
    expect(await failureOf(issuer.issueToken('id', { orgId: orgId as string }))).toMatchObject({
      code: 'invalid_option',
    });
  });

  it.each(['', '2026\n', 7, null])('refuses the API version %j', async (apiVersion) => {
    const options = { apiKey: keys.clerk, apiVersion: apiVersion as string };
    expect(await thrownBy(() => createClerk(options))).toMatchObject({ code: 'invalid_option' });
  });
});

it.each(['junction', 'sfox'] as const)('%s refuses `expiresInSeconds`', async (provider) => {
  const error = await thrownBy(() => create(provider, { apiKey: keys[provider], baseUrl, expiresInSeconds: 300 }));
  expect(error).toMatchObject({ code: 'invalid_option' });
  expect(error.message).toContain('`expiresInSeconds`');
  const issuer = createIssuer(provider, { apiKey: keys[provider], baseUrl, fetch: neverFetch });
  expect(await failureOf(issuer.issueToken('id', { expiresInSeconds: 300 } as never))).toMatchObject({
    code: 'invalid_option',
  });
});

describe('base URLs', () => {
  it.each([
    ['junction', 'https://x.invalid', 'https://x.invalid/v2/user/id/sign_in_token'],
    ['junction', 'https://x.invalid/', 'https://x.invalid/v2/user/id/sign_in_token'],
    ['junction', 'https://x.invalid/v2', 'https://x.invalid/v2/user/id/sign_in_token'],
    ['junction', 'https://x.invalid/v1', 'https://x.invalid/v1/v2/user/id/sign_in_token'],
    ['sfox', 'https://x.invalid/sfox/v1/', 'https://x.invalid/sfox/v1/enterprise/user-tokens/id'],
    ['sfox', 'https://x.invalid/sfox', 'https://x.invalid/sfox/v1/enterprise/user-tokens/id'],
    ['clerk', 'https://api.clerk.dev/v1', 'https://api.clerk.dev/v1/sign_in_tokens'],
    ['clerk', 'https://x.invalid:8443//', 'https://x.invalid:8443/v1/sign_in_tokens'],
  ] as const)('%s: %s', async (provider, url, expected) => {
    expect(await urlOf(provider, { apiKey: keys[provider], baseUrl: url })).toBe(expected);
  });
});

describe('a base URL', () => {
  it.each([
    ['junction', { JUNCTION_ENV: 'sandbox' }, { apiKey: 'pk_us_x', baseUrl: 'https://api.tryvital.io' }],
    ['junction', { JUNCTION_REGION: 'eu' }, { apiKey: 'sk_us_x', baseUrl: 'https://x.invalid' }],
    ['junction', {}, { apiKey: 'sk_us_x', baseUrl: 'https://api.us.junction.com/v2' }],
    ['junction', {}, { apiKey: 'pk_us_x', baseUrl: 'https://api.eu.junction.com' }],
    ['junction', { JUNCTION_REGION: 'us' }, { apiKey: 'x', baseUrl: 'https://api.eu.junction.com' }],
    ['sfox', { SFOX_ENV: 'sandbox' }, { apiKey: 'x', baseUrl: 'https://api.sfox.com' }],
  ] as const)('of %s does not switch the guard off: %j, %j', async (provider, variables, options) => {
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    const error = await thrownBy(() => create(provider, options));
    expect(error).toMatchObject({ code: 'environment_mismatch' });
    // Whatever it was that spoke against it.
    expect(error.message).toContain(Object.keys(variables)[0] ?? 'the key');
  });

  it("may be the provider's own", async () => {
    vi.stubEnv('SFOX_ENV', 'production');
    expect(await urlOf('sfox', { apiKey: 'x', baseUrl: 'https://api.sfox.com' })).toContain('https://api.sfox.com/v1/');
  });
});

describe('environment variables', () => {
  it.each([
    ['junction', { JUNCTION_API_KEY: 'sk_us_x' }, 'https://api.sandbox.us.junction.com/'],
    ['junction', { VITAL_API_KEY: 'pk_eu_x' }, 'https://api.eu.junction.com/'],
    ['junction', { JUNCTION_API_KEY: 'pk_us_x', VITAL_API_KEY: 'pk_us_x' }, 'https://api.us.junction.com/'],
    [
      'junction',
      { JUNCTION_API_KEY: 'x', JUNCTION_ENV: 'sandbox', JUNCTION_REGION: 'eu' },
      'https://api.sandbox.eu.junction.com/',
    ],
    ['junction', { VITAL_API_KEY: 'x', VITAL_ENV: 'production', VITAL_REGION: 'us' }, 'https://api.us.junction.com/'],
    ['sfox', { SFOX_ENTERPRISE_API_KEY: 'x', SFOX_ENV: 'sandbox' }, 'https://api.staging.sfox.com/'],
    ['sfox', { ENTERPRISE_API_KEY: 'x', SFOX_ENV: 'production' }, 'https://api.sfox.com/'],
    ['clerk', { CLERK_SECRET_KEY: 'sk_test_x' }, 'https://api.clerk.com/'],
    ['clerk', { CLERK_SECRET_KEY: 'sk_test_x', CLERK_API_URL: 'https://x.invalid' }, 'https://x.invalid/v1/'],
  ] as const)('%s takes %j', async (provider, variables, expected) => {
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    expect(await urlOf(provider, {})).toContain(expected);
  });

  it('come after options', async () => {
    vi.stubEnv('JUNCTION_API_KEY', 'pk_us_x');
    expect(await urlOf('junction', { apiKey: 'sk_eu_x' })).toContain('sandbox.eu');
    vi.stubEnv('SFOX_ENV', 'production');
    expect(await urlOf('sfox', { apiKey: 'x', environment: 'sandbox' })).toContain('staging');
    vi.stubEnv('CLERK_API_URL', 'https://x.invalid');
    expect(await urlOf('clerk', { apiKey: 'x', baseUrl: 'https://y.invalid' })).toContain('y.invalid');
  });

  it('leave the guard of Clerk in place, also beside CLERK_API_URL', async () => {
    vi.stubEnv('CLERK_API_URL', 'https://x.invalid');
    const options = { apiKey: 'sk_live_x', environment: 'development' } as const;
    expect(await thrownBy(() => createClerk(options))).toMatchObject({ code: 'environment_mismatch' });
  });

  it('of another product is no conflict: the specific name wins', async () => {
    vi.stubEnv('SFOX_ENTERPRISE_API_KEY', 'made-up-own');
    vi.stubEnv('ENTERPRISE_API_KEY', 'made-up-other');
    vi.stubEnv('SFOX_ENV', 'sandbox');
    let sent: unknown;
    const sfox = createSfox({
      retry: 0,
      fetch: (_, { headers }) => {
        sent = headers;
        return Promise.resolve(new Response(null, { status: 404 }));
      },
    });
    await failureOf(sfox.issueToken('id'));
    expect(sent).toMatchObject({ authorization: 'Bearer made-up-own' });
  });

  it.each(['sandbox\r', ' sandbox', 'sandbox\n'])('count without the white space around them: %j', async (value) => {
    vi.stubEnv('SFOX_ENV', value);
    expect(await urlOf('sfox', { apiKey: 'made-up' })).toContain('https://api.staging.sfox.com/');
  });

  it.each([
    ['clerk', 'CLERK_API_URL', 'https://api.clerk.com', 'pk_eu_made-up-secret'],
    ['clerk', 'CLERK_API_URL', 'https://api.clerk.dev/v1', 'sk_us_made-up-secret'],
    ['junction', 'JUNCTION_BASE_URL', 'https://api.eu.junction.com', 'sk_live_made-up-secret'],
    ['junction', 'JUNCTION_BASE_URL', 'https://api.tryvital.io.', 'sk_test_made-up-secret'],
    ['sfox', 'SFOX_BASE_URL', 'https://api.sfox.com', 'pk_us_made-up-secret'],
  ] as const)(
    "%s: %s is no gateway if it names the provider's own host: %s, and takes no other's key",
    async (...row) => {
      const [provider, variable, url, apiKey] = row;
      vi.stubEnv(variable, url);
      const error = await thrownBy(() => create(provider, { apiKey }));
      expect(error).toMatchObject({ code: 'invalid_api_key', provider });
      expect(error.message).not.toContain('made-up-secret');
      vi.stubEnv(variable, 'https://gateway.invalid');
      expect(create(provider, { apiKey })).toMatchObject({ provider });
    },
  );

  it('do not count where they are empty', async () => {
    vi.stubEnv('JUNCTION_API_KEY', '');
    vi.stubEnv('VITAL_API_KEY', 'sk_eu_x');
    expect(await urlOf('junction', {})).toContain('sandbox.eu');
  });

  it.each([
    ['junction', { JUNCTION_API_KEY: 'sk_eu_made-up', VITAL_API_KEY: 'pk_eu_made-up' }],
    ['junction', { JUNCTION_ENV: 'sandbox', VITAL_ENV: 'production' }],
    ['junction', { JUNCTION_REGION: 'us', VITAL_REGION: 'eu' }],
  ] as const)('%s refuses two that disagree: %j', async (provider, variables) => {
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    const options = Object.keys(variables).some((name) => name.endsWith('KEY')) ? {} : { apiKey: 'x' };
    const error = await thrownBy(() => create(provider, options));
    expect(error).toMatchObject({ code: 'environment_mismatch', provider });
    for (const name of Object.keys(variables)) expect(error.message).toContain(name);
    expect(error.message).not.toContain('made-up');
  });

  it.each([
    ['junction', { JUNCTION_API_KEY: 'sk_eu_x', JUNCTION_ENV: 'production' }, 'environment_mismatch'],
    ['junction', { JUNCTION_API_KEY: 'sk_eu_x', JUNCTION_ENV: 'staging' }, 'invalid_option'],
    ['junction', { JUNCTION_API_KEY: 'sk_eu_x ', JUNCTION_ENV: 'sandbox' }, 'invalid_api_key'],
    ['sfox', { SFOX_ENTERPRISE_API_KEY: 'x', SFOX_ENV: 'staging' }, 'invalid_option'],
    ['clerk', { CLERK_SECRET_KEY: 'sk_test_x', CLERK_API_URL: 'http://x.invalid' }, 'invalid_option'],
  ] as const)('%s names the variable that is wrong in %j', async (provider, variables, code) => {
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    const error = await thrownBy(() => create(provider, {}));
    expect(error).toMatchObject({ code });
    expect(Object.keys(variables).some((name) => error.message.includes(name))).toBe(true);
  });

  it('may be out of reach', () => {
    const { process } = globalThis;
    vi.stubGlobal('process', {
      get env() {
        throw new Error('not allowed');
      },
    });
    try {
      expect(() => createClerk({ apiKey: 'sk_test_x' })).not.toThrow();
      expect(() => createJunction({ apiKey: 'sk_eu_x' })).not.toThrow();
    } finally {
      vi.stubGlobal('process', process);
    }
  });
});

it.each(['toString', '__proto__', 'nobody', '', undefined])('there is no provider %j', async (name) => {
  const error = await thrownBy(() => createIssuer(name as never));
  expect(error).toMatchObject({ code: 'invalid_option', provider: undefined });
  expect(error.message).toContain('junction, sfox, clerk');
});
