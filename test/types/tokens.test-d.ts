import { describe, expectTypeOf, it } from 'vitest';
import type { createTokenEndpoint, TokenEndpointRecord } from '../../src/endpoint/index.js';
import {
  type AnyTokenwrightError,
  canRevoke,
  type ClerkErrorBody,
  type ClerkIssuer,
  type ClerkToken,
  createClerk,
  createIssuer,
  createJunction,
  createSfox,
  type ErrorCode,
  type IssuedToken,
  type IssuedTokenFields,
  type IssueOutcome,
  isTokenwrightError,
  type JunctionErrorBody,
  type JunctionToken,
  type KnownError,
  outcomeToJSON,
  type ProviderId,
  type ProviderIssuers,
  type RevokedClerkToken,
  type SfoxErrorBody,
  type SfoxToken,
  type TokenIssuer,
} from '../../src/index.js';

const apiKey = 'made-up';

describe('options', () => {
  it('of one provider are not those of another', () => {
    createClerk({ apiKey, expiresInSeconds: 300, apiVersion: '2026-05-12' });
    // @ts-expect-error -- Junction's tokens have no lifetime to choose.
    createJunction({ apiKey, expiresInSeconds: 300 });
    // @ts-expect-error -- nor have sFOX's.
    createSfox({ apiKey, environment: 'sandbox', expiresInSeconds: 300 });
    // @ts-expect-error -- only Junction has regions.
    createClerk({ apiKey, region: 'eu' });
    // @ts-expect-error -- nor has Clerk.
    createSfox({ apiKey, environment: 'sandbox', region: 'eu' });
    // @ts-expect-error -- Clerk calls it development.
    createClerk({ apiKey, environment: 'sandbox' });
    // @ts-expect-error -- Junction calls it sandbox.
    createJunction({ apiKey, environment: 'development' });
    // @ts-expect-error -- there is no such region.
    createJunction({ apiKey, region: 'ap' });
    // @ts-expect-error -- the name is misspelt.
    createClerk({ apiKey, expiresIn: 300 });
  });

  it('choose the place by its name or by its URL, not both', () => {
    createJunction({ apiKey, baseUrl: 'https://x.invalid' });
    // @ts-expect-error -- the two exclude each other.
    createJunction({ apiKey, baseUrl: 'https://x.invalid', region: 'eu' });
    // @ts-expect-error -- the two exclude each other.
    createSfox({ apiKey, baseUrl: 'https://x.invalid', environment: 'sandbox' });
    // @ts-expect-error -- the two exclude each other.
    createClerk({ apiKey, baseUrl: 'https://x.invalid', environment: 'development' });
  });

  it('take undefined, also under exactOptionalPropertyTypes', () => {
    createJunction({ apiKey: undefined, environment: undefined, region: undefined, baseUrl: undefined });
    createClerk({ expiresInSeconds: undefined, fetch: undefined, timeout: undefined, retry: undefined });
    void createSfox({ apiKey }).issueToken('id', { signal: undefined, retry: { limit: undefined } });
    outcomeToJSON({} as IssueOutcome, { includeToken: undefined });
    const variable = undefined as string | undefined;
    createJunction({ apiKey: variable, baseUrl: variable });
    createJunction({ accessToken: variable, baseUrl: variable });
    createSfox({ apiKey: variable, baseUrl: variable });
    createClerk({ apiKey: variable, baseUrl: variable });
  });

  it('take the fetch of the platform, and a key from a function', () => {
    createJunction({ fetch: globalThis.fetch, apiKey: () => apiKey });
    createJunction({ apiKey: () => Promise.resolve(apiKey) });
    createJunction({ apiKey: ({ rejected }) => (rejected ? 'sk_eu_new' : apiKey) });
    createJunction({ accessToken: () => Promise.resolve('token'), environment: 'sandbox', region: 'eu' });
    // @ts-expect-error -- the two exclude each other.
    createJunction({ accessToken: () => 'token', apiKey, environment: 'sandbox', region: 'eu' });
    // @ts-expect-error -- only Junction has access tokens.
    createSfox({ accessToken: () => 'token', environment: 'sandbox' });
    // @ts-expect-error -- a key is text.
    createJunction({ apiKey: () => 7 });
  });

  it('of one call', () => {
    void createClerk({ apiKey }).issueToken('id', { expiresInSeconds: 60, orgId: 'org', timeout: 5 });
    // @ts-expect-error -- only Clerk's tokens have a lifetime to choose.
    void createJunction({ apiKey }).issueToken('id', { expiresInSeconds: 60 });
    // @ts-expect-error -- an id is text.
    void createJunction({ apiKey }).issueToken(7);
  });
});

describe('tokens', () => {
  it('have the type of their provider', () => {
    expectTypeOf(createJunction({ apiKey }).issueToken('id')).resolves.toEqualTypeOf<JunctionToken>();
    expectTypeOf(createSfox({ apiKey }).issueToken('id')).resolves.toEqualTypeOf<SfoxToken>();
    expectTypeOf(createClerk({ apiKey }).issueToken('id')).resolves.toEqualTypeOf<ClerkToken>();
    expectTypeOf(createClerk({ apiKey }).revokeToken('id')).resolves.toEqualTypeOf<RevokedClerkToken>();
    expectTypeOf<JunctionToken['expiresAt']>().toEqualTypeOf<undefined>();
    expectTypeOf<SfoxToken['expiresAt']>().toEqualTypeOf<Date>();
    expectTypeOf<RevokedClerkToken>().not.toHaveProperty('token');
    expectTypeOf<RevokedClerkToken>().not.toHaveProperty('url');
  });

  it('are a union on `provider`', () => {
    const token = {} as IssuedToken;
    if (token.provider === 'sfox') expectTypeOf(token.partnerUserId).toBeString();
    if (token.provider === 'clerk') expectTypeOf(token.id).toBeString();
    // @ts-expect-error -- not every token has an id.
    expectTypeOf(token.id).toBeString();
    expectTypeOf(token.token).toBeString();
    expectTypeOf<IssuedToken>().toExtend<IssuedTokenFields>();
  });
});

describe('issuers', () => {
  it('by name are those of the factories', () => {
    expectTypeOf(createIssuer('clerk', { apiKey, expiresInSeconds: 5 })).toEqualTypeOf<ClerkIssuer>();
    // @ts-expect-error -- the options follow the name.
    createIssuer('junction', { apiKey, expiresInSeconds: 5 });
    // @ts-expect-error -- there is no such provider.
    createIssuer('nobody');
    type Issue = ProviderIssuers[ProviderId]['issueToken'];
    expectTypeOf<Awaited<ReturnType<Issue>>>().toEqualTypeOf<IssuedToken>();
  });

  it('fit the common contract', () => {
    const issuers: TokenIssuer[] = [createJunction({ apiKey }), createSfox({ apiKey }), createClerk({ apiKey })];
    expectTypeOf(issuers[0]!.issueToken).returns.resolves.toEqualTypeOf<IssuedTokenFields>();
    const typed: TokenIssuer<IssuedToken> = createClerk({ apiKey });
    expectTypeOf(typed.provider).toEqualTypeOf<ProviderId>();
  });

  it('can be replaced by an object literal in a test', () => {
    const double: Pick<TokenIssuer<JunctionToken>, 'provider' | 'issueToken'> = {
      provider: 'junction',
      issueToken: (userId) => Promise.resolve({ provider: 'junction', userId, token: 't', expiresAt: undefined }),
    };
    expectTypeOf(double).toExtend<Pick<TokenIssuer, 'issueToken'>>();
  });

  it('show that they can revoke', () => {
    const name = 'clerk';
    const issuer = createIssuer(name as ProviderId);
    expectTypeOf(issuer).not.toHaveProperty('revokeToken');
    if (canRevoke(issuer)) {
      expectTypeOf(issuer.revokeToken).parameter(0).toBeString();
    }
  });
});

describe('bulk', () => {
  it('outcomes have the shape of Promise.allSettled', () => {
    expectTypeOf(createClerk({ apiKey }).issueTokens(['id'])).resolves.toExtend<IssueOutcome<ClerkToken>[]>();
    const outcome = {} as IssueOutcome<ClerkToken>;
    if (outcome.status === 'fulfilled') expectTypeOf(outcome.value).toEqualTypeOf<ClerkToken>();
    else expectTypeOf(outcome.reason).toEqualTypeOf<KnownError>();
    expectTypeOf(outcome).toExtend<PromiseSettledResult<ClerkToken>>();
    expectTypeOf(outcome.index).toBeNumber();
  });

  it("the reason of an outcome narrows by code, down to the form of the provider's details", async () => {
    const [outcome] = await createClerk({ apiKey }).issueTokens(['id']);
    if (outcome?.status !== 'rejected') return;
    const { reason } = outcome;
    if (reason.code === 'rate_limited') expectTypeOf(reason.retryAfter).toEqualTypeOf<number | undefined>();
    if (reason.code === 'not_found') expectTypeOf(reason.details).toEqualTypeOf<ClerkErrorBody | undefined>();
    const record = {} as TokenEndpointRecord;
    if (record.error?.code === 'timeout') expectTypeOf(record.error.timeout).toBeNumber();
  });

  it('streams what it is given', () => {
    async function* ids() {
      yield await Promise.resolve('id');
    }
    expectTypeOf(createSfox({ apiKey }).streamTokens(ids(), { batchSize: 5 })).toExtend<
      AsyncIterable<IssueOutcome<SfoxToken>>
    >();
    void createClerk({ apiKey }).issueTokens(new Set(['id']), { concurrency: 2, expiresInSeconds: 5 });
    // @ts-expect-error -- only sFOX has batches.
    void createClerk({ apiKey }).issueTokens(['id'], { batchSize: 5 });
    // @ts-expect-error -- a batch size is for many.
    void createSfox({ apiKey }).issueToken('id', { batchSize: 5 });
    // @ts-expect-error -- a stream hands its outcomes out itself.
    createSfox({ apiKey }).streamTokens(['id'], { onOutcome: () => undefined });
  });
});

describe('errors', () => {
  it('narrow by code', () => {
    const error: unknown = undefined;
    if (!isTokenwrightError(error)) return;
    expectTypeOf(error).toEqualTypeOf<AnyTokenwrightError>();
    expectTypeOf<AnyTokenwrightError['code']>().toEqualTypeOf<ErrorCode>();
    switch (error.code) {
      case 'rate_limited':
        expectTypeOf(error.retryAfter).toEqualTypeOf<number | undefined>();
        expectTypeOf(error.status).toEqualTypeOf<429>();
        break;
      case 'validation_failed':
        expectTypeOf(error.status).toEqualTypeOf<422>();
        expectTypeOf(error.issues[0]!.path).toEqualTypeOf<readonly (string | number)[]>();
        break;
      case 'timeout':
        expectTypeOf(error.timeout).toBeNumber();
        break;
      case 'bad_request':
        expectTypeOf(error.status).toBeNumber();
        break;
      case 'invalid_user_id':
        expectTypeOf(error).not.toHaveProperty('status');
        break;
      default:
    }
  });

  it('type `details` by provider', () => {
    const error: unknown = undefined;
    if (!isTokenwrightError(error) || error.code !== 'not_found') return;
    if (error.provider === 'clerk') expectTypeOf(error.details).toEqualTypeOf<ClerkErrorBody | undefined>();
    if (error.provider === 'sfox') expectTypeOf(error.details).toEqualTypeOf<SfoxErrorBody | undefined>();
    if (error.provider === 'junction') expectTypeOf(error.details).toEqualTypeOf<JunctionErrorBody | undefined>();
  });
});

describe('a token endpoint', () => {
  it('takes a client that was chosen by name, and any of its methods that issue', () => {
    type Source = Parameters<typeof createTokenEndpoint>[0]['issuer'];
    expectTypeOf(createIssuer('clerk', { apiKey })).toExtend<Source>();
    expectTypeOf<ClerkIssuer>().toExtend<Source>();
    const junction = createJunction({ apiKey });
    const forClients = { provider: 'junction', issueToken: junction.issueTokenForClient } as const;
    expectTypeOf(forClients).toExtend<Source>();
  });
});
