import { describe, expectTypeOf, it, type Mock, vi } from 'vitest';
import { createTokenEndpoint, type TokenEndpoint, type TokenEndpointOptions } from '../../src/endpoint/index.js';
import {
  type AnyTokenwrightError,
  ApiError,
  type ApiErrorFields,
  type BulkOptions,
  type CallOptions,
  type ClerkIssuer,
  type ClerkToken,
  type CollectOptions,
  createClerk,
  createIssuer,
  createJunction,
  createSfox,
  type ErrorFields,
  type IssuedToken,
  type IssuedTokenFields,
  type IssueOutcome,
  type JunctionToken,
  type KnownError,
  NotFoundError,
  type ProviderId,
  type ProviderIssuers,
  type ProviderOptions,
  RateLimitError,
  type RestoredToken,
  TimeoutError,
  type TokenIssuer,
  type TokenwrightEvent,
  type UserIds,
} from '../../src/index.js';

const apiKey = 'made-up';
const base = { message: 'Made up.', provider: 'clerk', operation: 'issueToken' } as const;
const clerkToken: ClerkToken = {
  provider: 'clerk',
  userId: 'user_1',
  token: 'made-up',
  id: 'sit_1',
  status: 'pending',
  expiresAt: new Date(),
  createdAt: new Date(),
  updatedAt: new Date(),
};

describe('a function of your own', () => {
  it('takes the issuer of any provider, and keeps the type of its tokens', () => {
    const issue = <T extends IssuedTokenFields>(issuer: TokenIssuer<T>, userId: string, options?: CallOptions) =>
      issuer.issueToken(userId, options);
    const issueAll = async <T extends IssuedTokenFields>(
      issuer: TokenIssuer<T>,
      ids: UserIds,
      options?: BulkOptions,
    ) => {
      const tokens: T[] = [];
      for await (const outcome of issuer.streamTokens(ids, options)) {
        if (outcome.status === 'rejected') throw outcome.reason;
        tokens.push(outcome.value);
      }
      return tokens;
    };
    expectTypeOf(issue(createClerk(), 'id')).resolves.toEqualTypeOf<ClerkToken>();
    expectTypeOf(issueAll(createJunction(), ['id'])).resolves.toEqualTypeOf<JunctionToken[]>();
    // For a union of issuers, TypeScript makes no union of the tokens by itself.
    const issueByName = (name: ProviderId) => issue<IssuedToken>(createIssuer(name, { apiKey }), 'id');
    expectTypeOf(issueByName).returns.resolves.toEqualTypeOf<IssuedToken>();
    expectTypeOf<Awaited<ReturnType<ClerkIssuer['issueToken']>>>().toEqualTypeOf<ClerkToken>();
  });

  it('makes an issuer by a name that is known later, and passes its methods on', async () => {
    const make = <P extends ProviderId>(name: P, options?: ProviderOptions[P]): ProviderIssuers[P] =>
      createIssuer(name, options);
    expectTypeOf(make('clerk', { expiresInSeconds: 5 })).toEqualTypeOf<ClerkIssuer>();
    const makeAny = (name: ProviderId) => make(name);
    const issuer = makeAny('sfox');
    const token: IssuedToken = await issuer.issueToken('id');
    expectTypeOf(token.provider).toEqualTypeOf<ProviderId>();
    for (const outcome of await issuer.issueTokens(['id'], { concurrency: 2 })) {
      if (outcome.status === 'fulfilled') expectTypeOf(outcome.value).toEqualTypeOf<IssuedToken>();
      else expectTypeOf(outcome.reason).toEqualTypeOf<AnyTokenwrightError>();
    }
  });

  it('makes an endpoint with the context of a framework', () => {
    const endpointFor = <C>(options: Omit<TokenEndpointOptions<C>, 'issuer'>): TokenEndpoint<C> =>
      createTokenEndpoint<C>({ ...options, issuer: createClerk({ apiKey }) });
    expectTypeOf(endpointFor({ authorize: (_, { user }: { user: string }) => user }))
      .parameter(1)
      .toEqualTypeOf<{ user: string }>();
  });
});

describe('a table of all providers', () => {
  it('takes their clients, and gives the type of each', () => {
    const issuers: Record<ProviderId, TokenIssuer> = {
      junction: createJunction(),
      sfox: createSfox(),
      clerk: createClerk(),
    };
    expectTypeOf(issuers.sfox.issueToken('id')).resolves.toEqualTypeOf<IssuedTokenFields>();
    const factories = { junction: createJunction, sfox: createSfox, clerk: createClerk } satisfies {
      [P in ProviderId]: () => ProviderIssuers[P];
    };
    expectTypeOf(factories.clerk()).toEqualTypeOf<ClerkIssuer>();
  });
});

describe('a switch over all cases', () => {
  it('of a code leaves no error over', () => {
    const read = (error: AnyTokenwrightError | KnownError): number | undefined => {
      switch (error.code) {
        case 'missing_api_key':
        case 'invalid_api_key':
        case 'environment_mismatch':
        case 'invalid_option':
        case 'api_key_unavailable':
        case 'invalid_user_id':
        case 'invalid_token_id':
        case 'connection_failed':
          return undefined;
        case 'limit_reached':
        case 'limiter_failed':
        case 'rate_limited':
          return error.retryAfter;
        case 'bad_request':
        case 'conflict':
        case 'user_exists':
        case 'user_limit_reached':
        case 'unexpected_status':
        case 'unauthorized':
        case 'forbidden':
        case 'not_found':
        case 'validation_failed':
        case 'token_not_pending':
        case 'server_error':
        case 'invalid_response':
        case 'not_issued':
          return error.status;
        case 'timeout':
          return error.timeout;
        default:
          return error satisfies never;
      }
    };
    expectTypeOf(read).returns.toEqualTypeOf<number | undefined>();
  });

  it('of a provider leaves no token over, and of a type no event', () => {
    const readToken = (token: IssuedToken): Date | undefined => {
      switch (token.provider) {
        case 'junction':
        case 'sfox':
          return token.expiresAt;
        case 'clerk':
          return token.createdAt;
        default:
          return token satisfies never;
      }
    };
    const readEvent = (event: TokenwrightEvent): number => {
      switch (event.type) {
        case 'attempt':
          return event.attempt;
        case 'call':
          return event.attempts;
        case 'outcome':
          return event.result.length;
        case 'pause':
          return event.durationMilliseconds;
        default:
          return event satisfies never;
      }
    };
    expectTypeOf([readToken, readEvent]).not.toBeAny();
  });
});

describe('a token restored from JSON', () => {
  it('has the fields of its provider, of which the type knows only the names that were checked', () => {
    const token = {} as RestoredToken;
    // @ts-expect-error -- only tokens of Clerk have an id.
    expectTypeOf(token.id).toBeString();
    if ('id' in token) expectTypeOf(token.id).toBeUnknown();
  });
});

describe('a test double', () => {
  it('is an object literal, a class or a mock', () => {
    const clerk: ClerkIssuer = {
      provider: 'clerk',
      issueToken: () => Promise.resolve(clerkToken),
      issueTokens: () => Promise.resolve([]),
      async *streamTokens() {
        yield await Promise.resolve({ index: 0, userId: 'id', status: 'fulfilled', value: clerkToken });
      },
      revokeToken: (id) =>
        Promise.resolve({
          provider: 'clerk',
          id,
          userId: 'id',
          status: 'revoked',
          createdAt: new Date(),
          updatedAt: new Date(),
        }),
    };
    expectTypeOf(clerk).toExtend<TokenIssuer>();
    class Logged implements TokenIssuer {
      readonly provider = 'clerk';
      issueToken(userId: string, options?: CallOptions) {
        return clerk.issueToken(userId, options);
      }
      issueTokens(ids: UserIds, options?: CallOptions & BulkOptions & CollectOptions) {
        return clerk.issueTokens(ids, options);
      }
      streamTokens(ids: UserIds, options?: CallOptions & BulkOptions) {
        return clerk.streamTokens(ids, options);
      }
    }
    expectTypeOf<Logged>().toExtend<TokenIssuer>();
    const issueToken = vi.fn<ClerkIssuer['issueToken']>().mockResolvedValue(clerkToken);
    expectTypeOf({ issueToken }).toExtend<Pick<ClerkIssuer, 'issueToken'>>();
    expectTypeOf(vi.mocked(clerk).issueToken).toExtend<Mock<ClerkIssuer['issueToken']>>();
  });

  it('rejects with an error that it makes, and outcomes take that', () => {
    const refused = new RateLimitError({ ...base, code: 'rate_limited', status: 429, retryAfter: 5 });
    const outcome: IssueOutcome<ClerkToken> = { index: 0, userId: 'id', status: 'rejected', reason: refused };
    const known: KnownError[] = [refused, new TimeoutError({ ...base, code: 'timeout', timeout: 5 })];
    expectTypeOf([outcome, known]).not.toBeAny();
    expectTypeOf(new ApiError({ ...base, code: 'conflict', status: 409 }).provider).toBeString();
    // @ts-expect-error -- a provider has answered.
    new NotFoundError({ ...base, provider: undefined, code: 'not_found', status: 404 });
    // @ts-expect-error -- the code of another class.
    new NotFoundError({ ...base, code: 'conflict', status: 404 });
  });

  it('makes its errors in a function or a class of your own', () => {
    const unknownUser = (fields: Partial<ApiErrorFields<'not_found'>>) =>
      new NotFoundError({ ...base, code: 'not_found', status: 404, ...fields });
    class SlowError extends TimeoutError {
      constructor(fields: ErrorFields<'timeout'>) {
        super({ ...fields, timeout: 1 });
      }
    }
    expectTypeOf(unknownUser).returns.toEqualTypeOf<NotFoundError>();
    expectTypeOf<SlowError>().toExtend<TimeoutError>();
  });
});
