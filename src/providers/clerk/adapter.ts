import type * as z from 'zod/mini';
import { createBulk } from '../../bulk/bulk.js';
import { configure, type Connection } from '../../client/connection.js';
import { checkId, refuseId } from '../../client/ids.js';
import type { CallContext } from '../../client/options.js';
import type { ProviderProfile } from '../../client/profile.js';
import { type Call, createApi, createIssueToken } from '../../http/call.js';
import { isToken } from '../../http/schemas.js';
import type { CallOptions } from '../../issuer.js';
import { concealSecrets } from '../../secrets/conceal.js';
import { createDialect } from './dialect.js';
import type { ClerkIssueOptions, ClerkIssuer, ClerkOptions, ClerkToken, RevokedClerkToken } from './types.js';
import { signInTokenBody, toDate } from './wire.js';

/** Clerk's default lifetime: 30 days. */
const defaultLifetimeInSeconds = 2_592_000;
/** A century. More is a mistake in the unit, and far more would not be a valid date. */
const maxLifetimeInSeconds = 3_155_760_000;

/** https://clerk.com/docs/reference/backend-api: one host for all instances; the key selects the instance. */
export const clerkProfile: ProviderProfile = {
  provider: 'clerk',
  label: 'Clerk',
  version: 'v1',
  hosts: 'https://api.clerk.com',
  olderHosts: 'https://api.clerk.dev',
  environments: ['production', 'development'],
  credentials: {
    apiKey: {
      variables: ['CLERK_SECRET_KEY'],
      prefixes: { sk_live_: { environment: 'production' }, sk_test_: { environment: 'development' } },
      publishable: /^pk_(?!us_|eu_)/,
      header: 'authorization',
      scheme: 'Bearer',
    },
  },
  variables: { environment: [], baseUrl: ['CLERK_API_URL'] },
  ownOptions: {
    expiresInSeconds: {
      at: ['client', 'call'],
      kind: 'seconds',
      accepts: (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= maxLifetimeInSeconds,
      expected: 'a whole number of seconds from 1 to 3155760000, 100 years',
      flag: {
        name: 'expires-in',
        placeholder: '<time>',
        description: 'lifetime in seconds, or as 15m, 24h or 7d; default 30 days',
      },
    },
    orgId: {
      at: ['call'],
      kind: 'text',
      accepts: (value) => typeof value === 'string' && value !== '',
      expected: 'the id of an organization',
      flag: { name: 'org', placeholder: '<id>', description: 'organization to activate' },
    },
    apiVersion: {
      at: ['client'],
      kind: 'text',
      accepts: (value) => typeof value === 'string' && /^[\w.-]+$/.test(value),
      expected: 'like 2026-05-12',
    },
  },
};

/** Makes the client from checked settings. */
export function connectClerk(connection: Connection<ClerkOptions>): ClerkIssuer {
  const { expiresInSeconds: clientLifetime, apiVersion = '2026-05-12' } = connection.options;
  const api = createApi(connection, createDialect(apiVersion));

  // https://clerk.com/docs/reference/backend-api/tag/sign-in-tokens/post/sign_in_tokens
  function issue({ send, options }: Call<ClerkIssueOptions>, userId: string): Promise<ClerkToken> {
    const { expiresInSeconds = clientLifetime, orgId } = options;
    return send({
      operation: 'issueToken',
      path: 'sign_in_tokens',
      json: { user_id: userId, expires_in_seconds: expiresInSeconds, org_id: orgId },
      schema: signInTokenBody(),
      lostAnswerHint: 'A token may have been issued that nobody received.',
      read(data, { unlisted, invalid }) {
        const { token, url } = data;
        if (data.user_id !== userId) throw invalid('the token is for another user');
        if (!isToken(token)) throw invalid('`token` is missing or has the wrong form');
        if (data.status === 'revoked') throw invalid('the token is revoked already');
        const times = toTimes(data);
        const lifetime = expiresInSeconds ?? defaultLifetimeInSeconds;
        const issued: ClerkToken = {
          provider: 'clerk',
          userId,
          token,
          expiresAt: new Date(times.createdAt.getTime() + lifetime * 1000),
          id: data.id,
          status: data.status,
          ...(typeof url === 'string' ? { url } : {}),
          ...times,
        };
        return concealSecrets(issued, ['token', 'url'], { ...unlisted, issuedAt: () => times.createdAt });
      },
    });
  }

  // https://clerk.com/docs/reference/backend-api/tag/sign-in-tokens/post/sign_in_tokens/{sign_in_token_id}/revoke
  function revokeToken(tokenId: string, options: CallOptions = {}): Promise<RevokedClerkToken> {
    const operation = 'revokeToken';
    const check = (context: CallContext) => {
      checkTokenId(context, tokenId);
    };
    return api.call({ operation, options, check }, ({ send }) =>
      send({
        operation,
        path: `sign_in_tokens/${encodeURIComponent(tokenId)}/revoke`,
        schema: signInTokenBody(),
        lostAnswerHint: 'The token may have been revoked.',
        read(data, { unlisted, invalid }) {
          if (data.id !== tokenId) throw invalid('the answer is about another token');
          if (data.status === 'pending') throw invalid('the token is still pending');
          const { id, status, user_id: userId } = data;
          const revoked: RevokedClerkToken = { provider: 'clerk', id, userId, status, ...toTimes(data) };
          return concealSecrets(revoked, [], { raw: unlisted.raw });
        },
      }),
    );
  }

  const bulk: Pick<ClerkIssuer, 'issueTokens' | 'streamTokens'> = createBulk({ api, issue });
  return { provider: 'clerk', issueToken: createIssueToken(api, issue), ...bulk, revokeToken };
}

function checkTokenId(context: CallContext, tokenId: unknown): void {
  checkId(context, 'tokenId', tokenId);
  // A token is a JWT (`eyJ…`), and its link contains it. As a part of the URL, it would end up in logs.
  if (!/(^|=)eyJ|:\/\//.test(tokenId)) return;
  const problem = 'is the token or its link. Pass its `id`, which begins with sit_';
  refuseId(context, 'tokenId', problem);
}

/**
 * Makes a client for Clerk.
 *
 * @throws `ConfigurationError` if a key, an option or an environment variable is missing or wrong.
 * @example
 * const clerk = createClerk({ expiresInSeconds: 300 });
 * const { id, token } = await clerk.issueToken('user_…');
 * await clerk.revokeToken(id);
 */
export function createClerk(options: ClerkOptions = {}): ClerkIssuer {
  return connectClerk(configure(clerkProfile, options));
}

function toTimes(data: z.infer<ReturnType<typeof signInTokenBody>>): { createdAt: Date; updatedAt: Date } {
  return { createdAt: toDate(data.created_at), updatedAt: toDate(data.updated_at) };
}
