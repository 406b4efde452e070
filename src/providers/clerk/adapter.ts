import * as z from 'zod/mini';
import { createBulk } from '../../bulk/bulk.js';
import { configure, type Connection } from '../../client/config.js';
import { checkId, refuseId } from '../../client/ids.js';
import { type CallContext, checkOptionNames, configurationError } from '../../client/options.js';
import type { ProviderProfile } from '../../client/profile.js';
import { callOptionNames } from '../../client/settings.js';
import type { ErrorIssue } from '../../errors.js';
import type { ProviderError } from '../../errors/known.js';
import { createApi } from '../../http/call.js';
import type { Dialect } from '../../http/request.js';
import type {
  BulkOptions,
  CallOptions,
  ClientOptions,
  IssuedTokenFields,
  RevokedTokenFields,
  TokenIssuer,
  TokenRevoker,
} from '../../issuer.js';
import { concealSecrets } from '../../secrets.js';
import { type ClerkErrorBody, type ClerkErrorItem, errorBody, signInTokenBody, toDate } from './wire.js';

/** https://clerk.com/docs/reference/backend-api: one host for all instances, the key says which one. */
export const clerkProfile = {
  provider: 'clerk',
  label: 'Clerk',
  version: 'v1',
  hosts: 'https://api.clerk.com',
  environments: ['production', 'development'],
  keyPrefixes: {
    sk_live_: { environment: 'production' },
    sk_test_: { environment: 'development' },
  },
  publishableKey: /^pk_(?!us_|eu_)/,
  variables: {
    apiKey: ['CLERK_SECRET_KEY'],
    environment: [],
    baseUrl: ['CLERK_API_URL'],
  },
  ownOptions: ['expiresInSeconds', 'apiVersion'],
} as const satisfies ProviderProfile;

/** Names of the options that only Clerk's `issueToken` has. */
const ownCallOptions = ['expiresInSeconds', 'orgId'] as const;

const defaultApiVersion = '2026-05-12';
/** What Clerk uses where no lifetime is asked for: 30 days. */
const defaultLifetimeInSeconds = 2_592_000;
/** A century. More is a mistake in the unit, and at some point no date any more. */
const maxLifetimeInSeconds = 3_155_760_000;

/** Where Clerk's requests go, and the guard against a live key in a test. */
export type ClerkTarget =
  | {
      /** The kind of instance that the key must be of; checked against its prefix, `sk_live_` or `sk_test_`. */
      readonly environment?: 'production' | 'development' | undefined;
      /** Not beside `environment`. */
      readonly baseUrl?: undefined;
    }
  | {
      /**
       * What stands before `/v1`; excludes `environment`.
       * @default `CLERK_API_URL`, else `https://api.clerk.com`
       */
      readonly baseUrl: string;
      /** Not beside `baseUrl`. */
      readonly environment?: undefined;
    };

/** Options of {@link createClerk}. The key is `CLERK_SECRET_KEY` if not given. */
export type ClerkOptions = ClientOptions &
  ClerkTarget & {
    /**
     * Lifetime of the tokens in seconds, from 1. The shorter, the better: whoever has the token signs in as the user.
     * @default 2592000, which is Clerk's own default of 30 days
     */
    readonly expiresInSeconds?: number | undefined;
    /**
     * Sent as `Clerk-API-Version`.
     * @default '2026-05-12'
     */
    readonly apiVersion?: string | undefined;
  };

/** Options of one call of Clerk's `issueToken`. */
export interface ClerkIssueOptions extends CallOptions {
  /**
   * Lifetime of this token in seconds, from 1.
   * @default the client's `expiresInSeconds`
   */
  readonly expiresInSeconds?: number | undefined;
  /** The organization to activate when the user signs in; the user must be a member of it. */
  readonly orgId?: string | undefined;
}

/** The states of a Clerk sign-in token that are documented; Clerk may add others. */
export type ClerkTokenStatus = 'pending' | 'accepted' | 'revoked' | (string & {});

/** A Clerk sign-in token: a frontend uses it once, with the `ticket` strategy, to sign in as this user. */
export interface ClerkToken extends IssuedTokenFields {
  /** Clerk. */
  readonly provider: 'clerk';
  /** The creation time and the lifetime that was asked for; the answer has no expiry of its own. */
  readonly expiresAt: Date;
  /** Names the token for {@link TokenRevoker.revokeToken}; no secret. */
  readonly id: string;
  /** Issued, and not used yet. */
  readonly status: ClerkTokenStatus;
  /** A link that signs the user in, as secret as the token. Not printed either. */
  readonly url?: string;
  /** When it was issued. */
  readonly createdAt: Date;
  /** When its status last changed. */
  readonly updatedAt: Date;
}

/** What is left of a token that was revoked. It holds no secret. */
export interface RevokedClerkToken extends RevokedTokenFields {
  /** Clerk. */
  readonly provider: 'clerk';
  /** Always `revoked` after a successful call, unless Clerk adds another. */
  readonly status: ClerkTokenStatus;
  /** When it was issued. */
  readonly createdAt: Date;
  /** When it was revoked. */
  readonly updatedAt: Date;
}

/** A client of Clerk: issues sign-in tokens, for one user or many, and revokes them. */
export type ClerkIssuer = TokenIssuer<
  ClerkToken,
  ClerkIssueOptions,
  BulkOptions,
  ProviderError<'clerk', ClerkErrorBody>
> &
  TokenRevoker<RevokedClerkToken>;

function createDialect(apiVersion: string): Dialect {
  return {
    headers: (key) => ({ authorization: `Bearer ${key}`, 'clerk-api-version': apiVersion }),
    requestIdHeader: 'cf-ray',
    describeFailure(body, status, operation) {
      const { data: details } = z.safeParse(errorBody, body);
      if (details === undefined) return {};
      const [first] = details.errors;
      const isAboutMembership = first?.code === 'not_a_member_in_organization';
      const isNotPending = first?.code === 'sign_in_token_cannot_be_revoked_code';
      return {
        providerCode: first?.code,
        providerMessage: first?.long_message ?? first?.message,
        issues: details.errors.map(toIssue),
        requestId: details.clerk_trace_id ?? undefined,
        details,
        hint: isAboutMembership ? 'Add the user to the organization, or leave out `orgId`.' : undefined,
        scope: isAboutMembership ? 'user' : undefined,
        code: isNotPending && status === 400 && operation === 'revokeToken' ? 'token_not_pending' : undefined,
      };
    },
  };
}

function toIssue({ code, message, long_message: longMessage, meta }: ClerkErrorItem): ErrorIssue {
  const parameter = meta?.['param_name'];
  return { path: typeof parameter === 'string' ? [parameter] : [], code, message: longMessage ?? message };
}

function checkLifetime(context: CallContext, seconds: unknown): void {
  if (seconds === undefined) return;
  if (Number.isInteger(seconds) && Number(seconds) >= 1 && Number(seconds) <= maxLifetimeInSeconds) return;
  throw configurationError(
    context,
    'invalid_option',
    `\`expiresInSeconds\` must be a whole number of seconds from 1 to ${String(maxLifetimeInSeconds)}, 100 years.`,
  );
}

/** Makes the client over a connection that is configured already. */
export function connectClerk(connection: Connection, options: ClerkOptions): ClerkIssuer {
  const { expiresInSeconds: clientLifetime, apiVersion = defaultApiVersion } = options;
  const api = createApi(connection, createDialect(apiVersion));
  checkLifetime(api.context('createClient'), clientLifetime);
  if (typeof apiVersion !== 'string' || !/^[\w.-]+$/.test(apiVersion)) {
    throw configurationError(api.context('createClient'), 'invalid_option', '`apiVersion` must be like 2026-05-12.');
  }

  /** Checks the options that only Clerk has. */
  function checkOptions(context: CallContext, { expiresInSeconds, orgId }: ClerkIssueOptions): void {
    checkLifetime(context, expiresInSeconds);
    if (orgId === undefined || (typeof orgId === 'string' && orgId !== '')) return;
    throw configurationError(context, 'invalid_option', '`orgId` must be the id of an organization.');
  }

  // https://clerk.com/docs/reference/backend-api/tag/sign-in-tokens/post/sign_in_tokens
  async function issueToken(userId: string, options: ClerkIssueOptions = {}): Promise<ClerkToken> {
    const operation = 'issueToken';
    const context = api.context(operation);
    checkId(context, 'invalid_user_id', 'userId', userId);
    checkOptionNames(context, options, [...callOptionNames, ...ownCallOptions]);
    checkOptions(context, options);
    const { expiresInSeconds = clientLifetime, orgId, ...callOptions } = options;
    const lifetime = expiresInSeconds ?? defaultLifetimeInSeconds;
    return api.call(operation, callOptions, ({ send }) =>
      send({
        operation,
        path: 'sign_in_tokens',
        json: { user_id: userId, expires_in_seconds: expiresInSeconds, org_id: orgId },
        schema: signInTokenBody,
        lostAnswerHint: 'A token may have been issued and lost.',
        read(data, { raw, invalid }) {
          const { token, url } = data;
          if (data.user_id !== userId) throw invalid('the token is for another user');
          if (!token) throw invalid('`token` is missing');
          const times = toTimes(data);
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
          return concealSecrets(issued, ['token', 'url'], raw);
        },
      }),
    );
  }

  // https://clerk.com/docs/reference/backend-api/tag/sign-in-tokens/post/sign_in_tokens/{sign_in_token_id}/revoke
  async function revokeToken(tokenId: string, options: CallOptions = {}): Promise<RevokedClerkToken> {
    const operation = 'revokeToken';
    const context = api.context(operation);
    checkId(context, 'invalid_token_id', 'tokenId', tokenId);
    // A token begins as every JWT does, and its link has it inside. In an address it would stand in others' logs.
    if (/(^|=)eyJ|:\/\//.test(tokenId)) {
      refuseId(
        context,
        'invalid_token_id',
        'tokenId',
        'is the token or its link. Give its `id`, which begins with sit_',
      );
    }
    return api.call(operation, options, ({ send }) =>
      send({
        operation,
        path: `sign_in_tokens/${encodeURIComponent(tokenId)}/revoke`,
        schema: signInTokenBody,
        lostAnswerHint: 'The token may be revoked all the same.',
        read(data, { raw, invalid }) {
          if (data.id !== tokenId) throw invalid('it is about another token');
          if (data.status === 'pending') throw invalid('the token is still pending');
          const { id, status, user_id: userId } = data;
          const revoked: RevokedClerkToken = { provider: 'clerk', id, userId, status, ...toTimes(data) };
          return concealSecrets(revoked, [], raw);
        },
      }),
    );
  }

  const bulk: Pick<ClerkIssuer, 'issueTokens' | 'streamTokens'> = createBulk({
    context: api.context,
    settings: connection.settings,
    ownOptions: ownCallOptions,
    checkOptions,
    issueToken,
  });
  return { provider: 'clerk', issueToken, ...bulk, revokeToken };
}

/**
 * Makes a client for Clerk.
 *
 * @throws `ConfigurationError` for a key, an option or an environment variable that cannot work.
 * @example
 * const clerk = createClerk({ apiKey: 'sk_test_…', expiresInSeconds: 300 });
 * const { id, token } = await clerk.issueToken('user_…');
 * await clerk.revokeToken(id);
 */
export function createClerk(options: ClerkOptions = {}): ClerkIssuer {
  return connectClerk(configure(clerkProfile, options), options);
}

function toTimes(data: z.infer<typeof signInTokenBody>): { createdAt: Date; updatedAt: Date } {
  return { createdAt: toDate(data.created_at), updatedAt: toDate(data.updated_at) };
}
