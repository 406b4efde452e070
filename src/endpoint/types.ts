import type { ErrorCode } from '../errors.js';
import type { KnownError } from '../errors/known.js';
import type { CallOptions, IssuedTokenFields } from '../issuer.js';

export type MaybePromise<T> = T | Promise<T>;

/** The issuer of the tokens: a client of any provider, or an object of the same shape. */
export interface TokenSource {
  /** The provider of the tokens. */
  readonly provider: IssuedTokenFields['provider'];
  /**
   * Issues a token for a user. If you wrap a client, return its token itself and not a copy such as `{ ...token }`: `issuedAt`
   * and `requestId` are not enumerable, and the answer's `expiresInSeconds` and the audit record need them.
   */
  readonly issueToken: (userId: string, options?: CallOptions) => Promise<IssuedTokenFields>;
  /** Revokes a token that was not delivered. Clients of Clerk have it. */
  readonly revokeToken?: ((tokenId: string) => Promise<unknown>) | undefined;
}

/** The signed-in user: the id that `issueToken` takes, and your own id of the same person. */
export interface Authorization {
  /** The id that is handed to `issueToken`: the provider's, or your own if the issuer is Junction's `issueTokenForClient`. */
  readonly userId: string;
  /** Your own id of the signed-in user, for the audit record. */
  readonly caller?: string | undefined;
}

/** How a request ended. */
export type TokenEndpointOutcome =
  'issued' | 'unauthenticated' | 'cross_site' | 'too_many_requests' | 'aborted' | ErrorCode;

/** The outcome of one request, for an audit log. It never holds a token. */
export interface TokenEndpointRecord {
  /** The provider of the token; `undefined` if `issuer` is a function that has not been called yet. */
  readonly provider: string | undefined;
  /** Your own id of the signed-in user, if `authorize` returned one. */
  readonly caller: string | undefined;
  /** The `userId` that `authorize` returned; `undefined` if nobody was signed in. */
  readonly userId: string | undefined;
  /** `issued`, or why not: the `code` of the error or of the refusal. */
  readonly outcome: TokenEndpointOutcome;
  /** The HTTP status of the answer. */
  readonly status: number;
  /** The id of the issued token, for `revokeToken`; only tokens of Clerk have one. */
  readonly tokenId: string | undefined;
  /** When the issued token stops working; `undefined` if the provider does not say. */
  readonly expiresAt: Date | undefined;
  /** The provider's id of its request, to quote to its support; `undefined` if it sent none. */
  readonly requestId: string | undefined;
  /** The time from the arrival of the request until this record, in milliseconds. */
  readonly durationMilliseconds: number;
  /** The full error of the issuer, which the app does not see. It holds neither key nor token. */
  readonly error: KnownError | undefined;
}

/**
 * Options of {@link createTokenEndpoint}.
 *
 * @typeParam C - The type of the endpoint's second argument, such as the context of your framework.
 */
export interface TokenEndpointOptions<C = unknown> {
  /**
   * The client that issues the tokens, or a function that returns it. The function is called when the first token is needed,
   * after `authorize` and `limitRate`, so that a build or a start needs no secrets. Its result is kept; if it fails, it is
   * called again for the next request.
   */
  readonly issuer: TokenSource | (() => MaybePromise<TokenSource>);
  /**
   * Returns the signed-in user, from your own session: the id that `issueToken` takes, or an {@link Authorization}; `null`,
   * `undefined` or an empty id if nobody is signed in (401); or your own Response. No other part of a request can select the
   * user.
   */
  readonly authorize: (
    request: Request,
    context: C,
  ) => MaybePromise<string | Authorization | Response | null | undefined>;
  /**
   * Other web origins whose pages may request a token (CORS), as browsers send them (`https://app.example`,
   * `capacitor://localhost`), or a function that returns whether an origin is allowed.
   *
   * @default none: pages of other sites are refused (403); apps that are not web pages are served
   */
  readonly origins?:
    readonly string[] | ((origin: string, request: Request, context: C) => MaybePromise<boolean>) | undefined;
  /**
   * The fields of the answer. `default`: `provider`, `userId`, `token`, `expiresAt`, `expiresInSeconds`, and for Clerk
   * `url`. `junction_guide`: `user_id` and `sign_in_token`, as in Junction's guide for mobile apps.
   *
   * @default 'default'
   */
  readonly format?: 'default' | 'junction_guide' | undefined;
  /**
   * Your own rate limit, called before a token is issued. Returns after how many seconds the user may try again, or nothing
   * if a token may be issued now. Any other result is a `TypeError`, because it would mean no limit.
   */
  readonly limitRate?:
    | ((authorization: Authorization, request: Request, context: C) => MaybePromise<number | null | undefined>)
    | undefined;
  /**
   * Called with every outcome, except for a wrong method, a preflight, your own Response from `authorize`, and if one of
   * your functions throws (`authorize`, `limitRate`, `origins`, or `issuer` with an error that is no `TokenwrightError`). It
   * is awaited before the answer is sent. If it throws, the token is not delivered, and is revoked if the issuer can.
   */
  readonly audit?: ((record: TokenEndpointRecord, request: Request, context: C) => unknown) | undefined;
}

/**
 * A function from a Request to a Response, as Hono, Next.js, Bun, Deno and Workers use it. Its second argument is passed to
 * your functions as `context`; unless the options name a type for it, it may be anything that your framework passes.
 *
 * It rejects with the errors of `authorize`, `origins`, `limitRate` and `audit`, and with a `TypeError` if the first argument
 * is not a Request.
 */
export type TokenEndpoint<C = unknown> = (
  request: Request,
  ...context: unknown extends C ? [context?: unknown] : [context: C]
) => Promise<Response>;
