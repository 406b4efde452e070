import {
  type CallOptions,
  type ClientOptions,
  createClerk,
  createJunction,
  createSfox,
  type ProviderId,
} from '../../src/index.js';
import { configure } from '../../src/client/connection.js';
import { createSfoxOperations, sfoxProfile } from '../../src/providers/sfox/adapter.js';
import type { CannedAnswer } from './server.js';
import { fixture } from './fixtures.js';

/** Options that make a client of every provider talk to a server of the test's own. */
export type LoopbackOptions = ClientOptions & { readonly baseUrl: string };

/** One thing that can be asked of a provider. Every rule of the house is tested for each of them. */
export interface OperationUnderTest {
  readonly name: string;
  readonly provider: ProviderId;
  readonly label: string;
  readonly key: string;
  /** The id that the call is about, and the secrets of a successful answer. */
  readonly id: string;
  readonly secrets: readonly string[];
  readonly success: CannedAnswer & { readonly body: unknown };
  readonly request: {
    /** @default 'POST' */
    readonly method?: 'GET';
    readonly path: string;
    readonly headers: Readonly<Record<string, string | undefined>>;
    readonly body: string;
  };
  /** Makes a client and the call that this is about. */
  readonly prepare: (options: LoopbackOptions) => {
    readonly client: object;
    readonly call: (options?: CallOptions) => Promise<unknown>;
  };
}

export const keys: Readonly<Record<ProviderId, string>> = {
  junction: 'sk_eu_made-up-junction-key',
  sfox: 'made-up-sfox-key',
  clerk: 'sk_test_made-up-clerk-key',
};

const junctionId = '6f3c0d4e-8a51-4c1b-9b7e-2f1d7a90c3aa';
const clerkHeaders = { authorization: `Bearer ${keys.clerk}`, 'clerk-api-version': '2026-05-12' };
const noBody = { 'content-type': undefined, 'content-length': '0' };

/** The single call that every provider has; the compiler asks for one for each. */
export const issueOperations: Readonly<Record<ProviderId, OperationUnderTest>> = {
  junction: {
    name: 'junction issueToken',
    provider: 'junction',
    label: 'Junction',
    key: keys.junction,
    id: junctionId,
    secrets: ['made-up-junction-token'],
    success: fixture('junction/issue.200'),
    request: {
      path: `/v2/user/${junctionId}/sign_in_token`,
      headers: { 'x-vital-api-key': keys.junction, authorization: undefined, ...noBody },
      body: '',
    },
    prepare(options) {
      const client = createJunction({ apiKey: keys.junction, ...options });
      return { client, call: (callOptions) => client.issueToken(junctionId, callOptions) };
    },
  },
  sfox: {
    name: 'sfox issueToken',
    provider: 'sfox',
    label: 'sFOX',
    key: keys.sfox,
    id: 'partner/user 1',
    secrets: ['made-up-sfox-token'],
    success: fixture('sfox/issue.201'),
    request: {
      path: '/v1/enterprise/user-tokens/partner%2Fuser%201',
      headers: { authorization: `Bearer ${keys.sfox}`, ...noBody },
      body: '',
    },
    prepare(options) {
      const client = createSfox({ apiKey: keys.sfox, ...options });
      return { client, call: (callOptions) => client.issueToken('partner/user 1', callOptions) };
    },
  },
  clerk: {
    name: 'clerk issueToken',
    provider: 'clerk',
    label: 'Clerk',
    key: keys.clerk,
    id: 'user_made_up',
    secrets: ['made-up-clerk-token', 'made-up-clerk-link'],
    success: fixture('clerk/issue.200'),
    request: {
      path: '/v1/sign_in_tokens',
      headers: { ...clerkHeaders, 'content-type': 'application/json' },
      body: '{"user_id":"user_made_up"}',
    },
    prepare(options) {
      const client = createClerk({ apiKey: keys.clerk, ...options });
      return { client, call: (callOptions) => client.issueToken('user_made_up', callOptions) };
    },
  },
};

export const operations: readonly OperationUnderTest[] = [
  ...Object.values(issueOperations),
  {
    name: 'clerk revokeToken',
    provider: 'clerk',
    label: 'Clerk',
    key: keys.clerk,
    id: 'sit_made_up',
    secrets: [],
    success: fixture('clerk/revoke.200'),
    request: { path: '/v1/sign_in_tokens/sit_made_up/revoke', headers: { ...clerkHeaders, ...noBody }, body: '' },
    prepare(options) {
      const client = createClerk({ apiKey: keys.clerk, ...options });
      return { client, call: (callOptions) => client.revokeToken('sit_made_up', callOptions) };
    },
  },
  {
    name: 'junction createUser',
    provider: 'junction',
    label: 'Junction',
    key: keys.junction,
    id: 'mine 1',
    secrets: [],
    success: fixture('junction/user.200'),
    request: {
      path: '/v2/user',
      headers: { 'x-vital-api-key': keys.junction, authorization: undefined, 'content-type': 'application/json' },
      body: '{"client_user_id":"mine 1"}',
    },
    prepare(options) {
      const client = createJunction({ apiKey: keys.junction, ...options });
      return { client, call: (callOptions) => client.users.create({ clientUserId: 'mine 1' }, callOptions) };
    },
  },
  {
    name: 'junction resolveUser',
    provider: 'junction',
    label: 'Junction',
    key: keys.junction,
    id: 'mine 1',
    secrets: [],
    success: fixture('junction/user.200'),
    request: {
      method: 'GET',
      path: '/v2/user/resolve/mine%201',
      headers: {
        'x-vital-api-key': keys.junction,
        authorization: undefined,
        'content-type': undefined,
        'content-length': undefined,
      },
      body: '',
    },
    prepare(options) {
      const client = createJunction({ apiKey: keys.junction, ...options });
      return { client, call: (callOptions) => client.users.resolve('mine 1', callOptions) };
    },
  },
  {
    name: 'sfox batch',
    provider: 'sfox',
    label: 'sFOX',
    key: keys.sfox,
    id: 'user-1',
    secrets: ['made-up-sfox-token-1', 'made-up-sfox-token-2'],
    success: fixture('sfox/batch.201'),
    request: {
      path: '/v1/enterprise/user-tokens',
      headers: { authorization: `Bearer ${keys.sfox}`, 'content-type': 'application/json' },
      body: '{"data":["user-1","user-2"]}',
    },
    prepare(options) {
      const connection = configure(sfoxProfile, { apiKey: keys.sfox, ...options });
      const { issueToken, issueBatch } = createSfoxOperations(connection);
      const client = { issueToken, issueBatch };
      return { client, call: (callOptions) => issueBatch(['user-1', 'user-2'], callOptions) };
    },
  },
];
