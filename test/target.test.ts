import { describe, expect, it } from 'vitest';
import { configure } from '../src/client/connection.js';
import type { ProviderProfile } from '../src/client/profile.js';
import { clerkProfile } from '../src/providers/clerk/adapter.js';
import { junctionProfile } from '../src/providers/junction/adapter.js';
import { sfoxProfile } from '../src/providers/sfox/adapter.js';
import { thrownBy } from './support/failures.js';

type Given = readonly [profile: ProviderProfile, options: Record<string, unknown>, variables?: Record<string, string>];

const key = 'made-up-key-of-nobody';
const eu = { apiKey: 'sk_eu_made-up-key' };
const clerk = { apiKey: 'sk_test_made-up-key' };

/** A made-up provider with a host for each region, and no environments. */
const regional: ProviderProfile = {
  provider: 'regional',
  label: 'Regional',
  hosts: { us: 'https://us.regional.example', eu: 'https://eu.regional.example' },
  regions: ['us', 'eu'],
  credentials: {
    apiKey: { variables: ['REGIONAL_API_KEY'], header: 'regional-key', prefixes: { rk_eu_: { region: 'eu' } } },
  },
  variables: { region: ['REGIONAL_REGION'], baseUrl: [] },
  ownOptions: {},
};

const refusalOf = ([profile, options, variables = {}]: Given) => thrownBy(() => configure(profile, options, variables));

describe('rule 1: where requests go', () => {
  it.each<[string, Given]>([
    ['https://api.sfox.com/v1', [sfoxProfile, { apiKey: key, environment: 'production' }]],
    ['https://api.staging.sfox.com/v1', [sfoxProfile, { apiKey: key }, { SFOX_ENV: 'sandbox' }]],
    ['https://api.staging.sfox.com/v1', [sfoxProfile, { apiKey: key }, { SFOX_ENV: ' sandbox\n' }]],
    // An option goes before a variable.
    ['https://api.sfox.com/v1', [sfoxProfile, { apiKey: key, environment: 'production' }, { SFOX_ENV: 'sandbox' }]],
    ['https://api.sandbox.eu.junction.com/v2', [junctionProfile, eu]],
    ['https://api.us.junction.com/v2', [junctionProfile, { apiKey: 'pk_us_made-up-key' }]],
    ['https://api.sandbox.eu.junction.com/v2', [junctionProfile, { ...eu, environment: 'sandbox', region: 'eu' }]],
    [
      'https://api.us.junction.com/v2',
      [junctionProfile, { apiKey: key }, { JUNCTION_ENV: 'production', JUNCTION_REGION: 'us' }],
    ],
    [
      'https://api.us.junction.com/v2',
      [junctionProfile, { apiKey: key }, { VITAL_ENV: 'production', VITAL_REGION: 'us' }],
    ],
    ['https://api.clerk.com/v1', [clerkProfile, clerk]],
    ['https://api.clerk.com/v1', [clerkProfile, { ...clerk, environment: 'development' }]],
    ['https://gateway.example/v1', [clerkProfile, { ...clerk, baseUrl: 'https://gateway.example' }]],
    ['https://gateway.example/a/v1', [clerkProfile, { ...clerk, baseUrl: 'https://gateway.example/a//' }]],
    ['https://gateway.example/a/v1', [clerkProfile, { ...clerk, baseUrl: 'https://gateway.example/a/v1/' }]],
    ['https://gateway.example/av1/v1', [clerkProfile, { ...clerk, baseUrl: 'https://gateway.example/av1' }]],
    ['https://gateway.example/v1/a/v1', [clerkProfile, { ...clerk, baseUrl: 'https://gateway.example/v1/a' }]],
    ['http://127.0.0.1:4010/v1', [clerkProfile, { ...clerk, baseUrl: 'http://127.0.0.1:4010' }]],
    ['https://gateway.example/v1', [clerkProfile, clerk, { CLERK_API_URL: 'https://gateway.example\n' }]],
    // With a base URL, the variable of the environment does not choose the host.
    ['https://gateway.example/v1', [sfoxProfile, { apiKey: key, baseUrl: 'https://gateway.example' }]],
    [
      'https://api.staging.sfox.com/v1',
      [sfoxProfile, { apiKey: key, baseUrl: 'https://api.staging.sfox.com' }, { SFOX_ENV: 'sandbox' }],
    ],
    [
      'https://api.sandbox.eu.tryvital.io/v2',
      [junctionProfile, { ...eu, baseUrl: 'https://api.sandbox.eu.tryvital.io' }],
    ],
    ['https://api.clerk.dev./v1', [clerkProfile, { ...clerk, baseUrl: 'https://api.clerk.dev.' }]],
  ])('is %s', (url, [profile, options, variables = {}]) => {
    expect(configure(profile, options, variables).url).toBe(url);
  });

  it.each<[string, Given]>([
    [
      'Clerk: `baseUrl` must be an absolute URL, such as https://gateway.example.',
      [clerkProfile, { ...clerk, baseUrl: 'gateway.example' }],
    ],
    [
      'Clerk: CLERK_API_URL must be an absolute URL, such as https://gateway.example.',
      [clerkProfile, clerk, { CLERK_API_URL: 'gateway.example' }],
    ],
    [
      'Clerk: `baseUrl` must begin with https://, or with http:// on this machine.',
      [clerkProfile, { ...clerk, baseUrl: 'ftp://gateway.example' }],
    ],
    [
      'Clerk: `baseUrl` must begin with https://, or with http:// on this machine.',
      [clerkProfile, { ...clerk, baseUrl: 'httpss://gateway.example' }],
    ],
    ['Clerk: `baseUrl` must not hold credentials.', [clerkProfile, { ...clerk, baseUrl: 'https://a@gateway.example' }]],
    [
      'Clerk: `baseUrl` must not hold credentials.',
      [clerkProfile, { ...clerk, baseUrl: 'https://:b@gateway.example' }],
    ],
    [
      'Clerk: `baseUrl` must not have a query or a fragment.',
      [clerkProfile, { ...clerk, baseUrl: 'https://gateway.example/?a' }],
    ],
    [
      'Clerk: `baseUrl` must not have a query or a fragment.',
      [clerkProfile, { ...clerk, baseUrl: 'https://gateway.example/#a' }],
    ],
    [
      'sFOX: `baseUrl` and `environment` exclude each other. Give only one.',
      [sfoxProfile, { apiKey: key, environment: 'sandbox', baseUrl: 'https://gateway.example' }],
    ],
    [
      'Junction: `baseUrl` and `region` exclude each other. Give only one.',
      [junctionProfile, { ...eu, region: 'eu', baseUrl: 'https://gateway.example' }],
    ],
    [
      "sFOX: `environment` must be 'production' or 'sandbox'.",
      [sfoxProfile, { apiKey: key, environment: 'Production' }],
    ],
    ["sFOX: SFOX_ENV must be 'production' or 'sandbox'.", [sfoxProfile, { apiKey: key }, { SFOX_ENV: 'staging' }]],
    ["Junction: `region` must be 'us' or 'eu'.", [junctionProfile, { ...eu, region: 'de' }]],
    [
      "sFOX: `environment` is missing, and the key does not show it. Pass 'production' or 'sandbox', as an option or " +
        'in SFOX_ENV.',
      [sfoxProfile, { apiKey: key }],
    ],
    [
      "Junction: `region` is missing, and the key does not show it. Pass 'us' or 'eu', as an option or in " +
        'JUNCTION_REGION or in VITAL_REGION.',
      [junctionProfile, { apiKey: key, environment: 'sandbox' }],
    ],
    [
      "Junction: `environment` is missing, and the key does not show it. Pass 'production' or 'sandbox', as an option " +
        "or in JUNCTION_ENV or in VITAL_ENV. `region` is missing, and the key does not show it. Pass 'us' or 'eu', as " +
        'an option or in JUNCTION_REGION or in VITAL_REGION.',
      [junctionProfile, { apiKey: key }],
    ],
  ])('%s', async (message, given) => {
    expect(await refusalOf(given)).toMatchObject({ name: 'ConfigurationError', code: 'invalid_option', message });
  });

  it.each<[string, Given]>([
    [
      "sFOX: `baseUrl` is the host for 'production', but SFOX_ENV means 'sandbox'. Change one of them.",
      [sfoxProfile, { apiKey: key, baseUrl: 'https://api.sfox.com' }, { SFOX_ENV: 'sandbox' }],
    ],
    [
      "Junction: `baseUrl` is the host for 'production', but the key means 'sandbox'. Change one of them.",
      [junctionProfile, { ...eu, baseUrl: 'https://api.eu.junction.com' }],
    ],
    [
      "Junction: JUNCTION_BASE_URL is the host for 'us', but the key means 'eu'. Change one of them.",
      [junctionProfile, eu, { JUNCTION_BASE_URL: 'https://api.sandbox.tryvital.io.' }],
    ],
    [
      "Junction: `region` is 'us', but the option `apiKey` begins with sk_eu_, which means 'eu'. Use a key of the " +
        'other region, or change `region`.',
      [junctionProfile, { ...eu, region: 'us' }],
    ],
    [
      "Clerk: `environment` is 'production', but CLERK_SECRET_KEY begins with sk_test_, which means 'development'. Use " +
        'a key of the other environment, or change `environment`.',
      [clerkProfile, { environment: 'production' }, { CLERK_SECRET_KEY: clerk.apiKey }],
    ],
    [
      'Clerk: `environment` cannot be checked: the option `apiKey` begins with neither sk_live_ nor sk_test_. Use a key ' +
        'with such a prefix, or leave out `environment`.',
      [clerkProfile, { apiKey: key, environment: 'development' }],
    ],
  ])('%s', async (message, given) => {
    expect(await refusalOf(given)).toMatchObject({ name: 'ConfigurationError', code: 'environment_mismatch', message });
  });
});

describe('rule 1: a provider with regions alone', () => {
  it.each<[string, string | undefined, Record<string, unknown>, Record<string, string>?]>([
    ['https://eu.regional.example', 'eu', { apiKey: key, region: 'eu' }],
    ['https://us.regional.example', 'us', { apiKey: key }, { REGIONAL_REGION: 'us' }],
    ['https://eu.regional.example', 'eu', { apiKey: 'rk_eu_made-up-key' }],
    ['https://us.regional.example', 'us', { apiKey: key, baseUrl: 'https://us.regional.example' }],
    ['https://gateway.example', undefined, { apiKey: key, baseUrl: 'https://gateway.example' }],
  ])('%s', (url, region, options, variables = {}) => {
    const connection = configure(regional, options, variables);
    expect([connection.url, connection.region, connection.environment]).toEqual([url, region, undefined]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      'a missing region',
      { apiKey: key },
      "`region` is missing, and the key does not show it. Pass 'us' or 'eu', as an option or in REGIONAL_REGION.",
    ],
    ['another region', { apiKey: key, region: 'asia' }, "`region` must be 'us' or 'eu'."],
    ['a region that the key contradicts', { apiKey: 'rk_eu_made-up-key', region: 'us' }, "which means 'eu'"],
    [
      'a host that the key contradicts',
      { apiKey: 'rk_eu_made-up-key', baseUrl: 'https://us.regional.example' },
      "is the host for 'us', but the key means 'eu'",
    ],
    ['an environment', { apiKey: key, region: 'eu', environment: 'sandbox' }, 'unknown option `environment`.'],
  ])('refuses %s', async (_, options, message) => {
    expect((await refusalOf([regional, options])).message).toContain(message);
  });
});

describe('rule 1: what cannot be a key is refused, and never shown', () => {
  const ofOption = (problem: string) => `Clerk: the option \`apiKey\` ${problem}`;

  it.each<[string, unknown]>([
    ['must be a string.', 7],
    ['is blank. Give it a value.', ''],
    ['is blank. Give it a value.', ' \n'],
    ['has white space around it, often a line break from a file. Trim it.', `${key}\n`],
    ['begins or ends with a quotation mark. Remove the quotation marks.', `"${key}`],
    ['begins or ends with a quotation mark. Remove the quotation marks.', `${key}'`],
    ...['undefined', 'null', 'NaN', '[object Object]'].map((value): [string, unknown] => [
      'is the text of a missing value, such as a variable that is not set. Check what sets it.',
      value,
    ]),
    ...['$CLERK_KEY', '${CLERK_KEY}', '%CLERK_KEY%', '{{key}}'].map((value): [string, unknown] => [
      'looks like the name of a variable, not its value. Check the file or shell that should replace it.',
      value,
    ]),
    ...['<key>', 'your-api-key', 'YOUR_KEY_HERE', 'changeme', 'change-me', 'placeholder', 'xxx', '****'].map(
      (value): [string, unknown] => ['looks like a placeholder. Use the real one.', value],
    ),
    ...['op://vault/item', 'AWS+sm://a', 'a1.b-c://d'].map((value): [string, unknown] => [
      'looks like a reference to a secret store. Resolve it first, and pass the secret itself.',
      value,
    ]),
    ...['made up', 'made\u0000up', 'made-üp', 'made\u007fup'].map((value): [string, unknown] => [
      'has white space, control or non-ASCII characters, which no key has. Copy it again.',
      value,
    ]),
    [
      'begins with pk_: that is the publishable key, which is for browsers. Use the secret key instead.',
      'pk_test_made-up-key',
    ],
    ['is only the prefix sk_test_. Use the whole key.', 'sk_test_'],
    [
      'begins with pk_eu_, like the key of another provider. Keys of Clerk begin with sk_live_, sk_test_.',
      'pk_eu_made-up-key',
    ],
  ])('%s', async (problem, apiKey) => {
    const error = await refusalOf([clerkProfile, { apiKey }]);
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'invalid_api_key', message: ofOption(problem) });
  });

  it.each(['xundefined', 'made"up', 'nullx', 'a$KEY', '$KEY-', 'my-your-key', 'xx', 'a<key>', '1a://b', '!~made-up'])(
    '%s may be one',
    (apiKey) => {
      expect(configure(clerkProfile, { apiKey }, {}).url).toBe('https://api.clerk.com/v1');
    },
  );

  it.each<[string, ProviderProfile, Record<string, string>]>([
    ['of the variable that is not used', clerkProfile, { CLERK_SECRET_KEY: ' sk_test_another-key-1\n' }],
    ['of the older variable', junctionProfile, { VITAL_API_KEY: 'another-key-1' }],
    ['of the fallback', sfoxProfile, { ENTERPRISE_API_KEY: 'another-key-1' }],
  ])('the key %s is a secret, too', (_, profile, variables) => {
    const { keyring } = configure(
      profile,
      { apiKey: 'sk_eu_made-up-key', baseUrl: 'https://gateway.example' },
      variables,
    );
    expect(keyring.redact('an error with another-key-1')).toBe('an error with [redacted]');
  });

  it('one for production goes over https alone', async () => {
    const options = { apiKey: 'sk_live_made-up-key', baseUrl: 'http://fakes', allowHttp: true };
    const error = await refusalOf([clerkProfile, options]);
    expect(error).toMatchObject({
      code: 'environment_mismatch',
      message: 'Clerk: `baseUrl` is plain http, and the option `apiKey` is for production. Use https.',
    });
  });

  it('a provider without prefixes says so', async () => {
    const error = await refusalOf([sfoxProfile, { ...clerk, environment: 'sandbox' }]);
    expect(error.message).toBe(
      'sFOX: the option `apiKey` begins with sk_test_, like the key of another provider. Keys of sFOX have no such prefix.',
    );
  });

  it('a gateway may have keys of any form', () => {
    const baseUrl = 'https://gateway.example';
    expect(configure(sfoxProfile, { ...clerk, baseUrl }, {}).url).toBe(`${baseUrl}/v1`);
  });

  it('a missing one names the ways to give it', async () => {
    const messageOf = async (profile: ProviderProfile, variables?: Record<string, string>) => {
      const error = await thrownBy(() => configure(profile, { environment: 'sandbox' }, variables));
      expect(error).toMatchObject({ name: 'ConfigurationError', code: 'missing_api_key' });
      return error.message;
    };
    expect(await messageOf(sfoxProfile)).toBe(
      'sFOX: there is no API key. Pass `apiKey` or set SFOX_ENTERPRISE_API_KEY or ENTERPRISE_API_KEY.',
    );
    expect(await messageOf(junctionProfile, {})).toBe(
      'Junction: there is no API key. Set JUNCTION_API_KEY or VITAL_API_KEY.',
    );
  });

  it('the fallback is read if nothing else is set', () => {
    const authorizationOf = async (variables: Record<string, string>) => {
      const { credentials } = configure(sfoxProfile, { environment: 'sandbox' }, variables);
      return (await credentials.read({ provider: 'sfox', label: 'sFOX', operation: 'issueToken' })).headers;
    };
    return Promise.all([
      expect(authorizationOf({ ENTERPRISE_API_KEY: 'made-up-1' })).resolves.toEqual({
        authorization: 'Bearer made-up-1',
      }),
      expect(
        authorizationOf({ ENTERPRISE_API_KEY: 'made-up-1', SFOX_ENTERPRISE_API_KEY: 'made-up-2' }),
      ).resolves.toEqual({ authorization: 'Bearer made-up-2' }),
    ]);
  });
});
