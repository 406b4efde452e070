import type { FakeProvider } from '../../fakes/contract.js';
import { createFake } from '../../fakes/create-fake.js';
import type { FakeAnswer, FakeIncoming, FakeSetting } from '../../fakes/definition.js';
import { readBearer } from '../../fakes/request.js';
import { createFakeUsers } from '../../fakes/users.js';
import { type ClerkRefusals, createRefusals } from './fake-errors.js';
import { corsHeaders, createFrontendRoutes } from './fake-frontend.js';
import { createOrganizations } from './fake-organizations.js';
import { backends, frontend } from './fake-origins.js';
import { createTokens, type FakeClerkToken, type Instance } from './fake-tokens.js';

/** The fake of Clerk. */
export interface FakeClerk extends FakeProvider {
  readonly tokens: readonly FakeClerkToken[];
  /** Signs in with a token, as a frontend does with the `ticket` strategy. Throws an Error if the token no longer works. */
  readonly consume: (token: string) => FakeClerkToken;
  /** Adds an organization with its members. Until the first call, every organization is known; then only those added. */
  readonly addOrganization: (organizationId: string, memberIds: readonly string[]) => void;
  /**
   * Whether organizations are enabled in the instance.
   * @default true
   */
  organizationsEnabled: boolean;
}

const knownVersions = ['2021-02-05', '2024-10-01', '2025-04-10', '2025-11-10', '2026-05-12'];

export function createFakeClerk(setting: FakeSetting): FakeClerk {
  const { random } = setting;
  const users = createFakeUsers(setting);
  const refusals = createRefusals(random);
  // It becomes the fake itself below, so that what a test sets is seen here.
  const instance = { organizationsEnabled: true };
  const organizations = createOrganizations(instance, refusals);
  const tokens = createTokens({ setting, users, organizations, refusals });

  const core = createFake<Instance>(setting, users, {
    origins: Object.fromEntries([...backends, frontend].map((origin) => [origin, undefined])),
    frontend,
    environments: ['production', 'development'],
    readKey: readBearer,
    isKey: (key) => /^sk_(test|live)_./.test(key),
    environmentOf: (key) => {
      const [, kind] = /^sk_(test|live)_/.exec(key) ?? [];
      return kind === undefined ? undefined : kind === 'live' ? 'production' : 'development';
    },
    routes: [
      { endpoint: 'POST /v1/sign_in_tokens', answer: tokens.create },
      { endpoint: 'POST /v1/sign_in_tokens/{sign_in_token_id}/revoke', answer: tokens.revoke },
      ...createFrontendRoutes({ random, refusals, redeem: tokens.redeem }),
    ],
    createWorld: () => new WeakSet(),
    headers: (incoming) => ({
      'x-clerk-trace-id': random.hex(32),
      'cf-ray': `${random.hex(16)}-FAK`,
      ...corsHeaders(incoming),
    }),
    check: (incoming) => checkVersion(incoming, refusals),
    refuseKey: (key) => (key === undefined ? refusals.noKey() : refusals.wrongKey()),
    notFound: refusals.notFound,
    wrongMethod: refusals.wrongMethod,
    failure: refusals.ofStatus,
    rateLimited: (secondsLeft) => {
      const { headers, ...answer } = refusals.tooMany();
      return { ...answer, headers: { ...headers, 'retry-after': String(secondsLeft) } };
    },
    rate: { by: 'key' },
    reset() {
      tokens.clear();
      organizations.reset();
      instance.organizationsEnabled = true;
    },
  });
  return Object.assign(instance, core, {
    tokens: tokens.entries,
    consume(token: string) {
      const redemption = tokens.redeem(token);
      if ('token' in redemption) return redemption.token;
      const { refusal } = redemption;
      if (refusal === 'invalid') throw new Error('The fake of Clerk did not issue this token.');
      if (refusal === 'expired') throw new Error('The token has expired.');
      throw new Error(`The status of the token is '${refusal}': it cannot be used any more.`);
    },
    addOrganization: organizations.add,
  });
}

function checkVersion({ headers, query }: FakeIncoming, refusals: ClerkRefusals): FakeAnswer | undefined {
  const inHeader = headers.get('clerk-api-version');
  const inQuery = query.get('__clerk_api_version');
  if (inHeader !== null && inQuery !== null) {
    return refusals.versionInvalid('Give the version in the header or in the query, and not in both.');
  }
  const version = inHeader ?? inQuery;
  return version === null || knownVersions.includes(version)
    ? undefined
    : refusals.versionInvalid(`There is no version ${version}. Known are ${knownVersions.join(', ')}.`);
}
