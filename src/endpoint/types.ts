import type { ErrorCode } from '../errors.js';
import type { KnownError } from '../errors/known.js';
import type { CallOptions, IssuedTokenFields } from '../issuer.js';

export type MaybePromise<T> = T | Promise<T>;

/** What issues the tokens: a client of any provider, or an object of its shape. */
export interface TokenSource {
  /** Whose tokens these are. */
  readonly provider: IssuedTokenFields['provider'];
  /** Issues a token for a user. */
  readonly issueToken: (userId: string, options?: CallOptions) => Promise<IssuedTokenFields>;
  /** Revokes a token that is not handed out after all. Clerk's clients have it. */
  readonly revokeToken?: ((tokenId: string) => Promise<unknown>) | undefined;
}

/** Who asks, and for which user of the provider: in most apps two ids of the same person. */
export interface Authorization {
  /** The id of the user at the provider, for whom the token is issued. */
  readonly userId: string;
  /** Who is signed in with you, for the audit record. */
  readonly caller?: string | undefined;
}

/** How a request ended. */
export type TokenEndpointOutcome =
  'issued' | 'unauthenticated' | 'cross_site' | 'too_many_requests' | 'aborted' | ErrorCode;

/** The outcome of one request, for an audit. It never holds a token. */
export interface TokenEndpointRecord {
  /** Whose token was asked for; `undefined` if `issuer` is a function that has not been called yet. */
  readonly provider: string | undefined;
  /** Who is signed in with you, if `authorize` said so. */
  readonly caller: string | undefined;
  /** For whom the token was asked for; `undefined` if nobody was signed in. */
  readonly userId: string | undefined;
  /** `issued`, or why not: the `code` of the error, or of the refusal. */
  readonly outcome: TokenEndpointOutcome;
  /** The status of the answer. */
  readonly status: number;
  /** The id of the issued token, with which it can be revoked; only Clerk's have one. */
  readonly tokenId: string | undefined;
  /** When the issued token stops working; `undefined` if the provider does not say. */
  readonly expiresAt: Date | undefined;
  /** The provider's id for its answer, to quote to its support; `undefined` if it gave none. */
  readonly requestId: string | undefined;
  /** From the arrival of the request until this record was made. */
  readonly durationMilliseconds: number;
  /** The error of the issuer, with all that the answer does not tell. It holds neither key nor token. */
  readonly error: KnownError | undefined;
}

/**
 * Options of {@link createTokenEndpoint}.
 *
 * @typeParam C - What the endpoint is called with besides the request, such as your framework's own context.
 */
export interface TokenEndpointOptions<C = unknown> {
  /**
   * What issues the tokens, or a function that makes it. A function is called when a token is first needed, after
   * `authorize` and `limitRate`: a build or a start without secrets needs none. Its success is kept, its failure is not.
   */
  readonly issuer: TokenSource | (() => MaybePromise<TokenSource>);
  /**
   * Says who is asking, from your own session: the user's id at the provider, alone or with who that is to you; `null` or
   * an empty id for nobody (401); or an answer of your own. The id comes from nowhere else: no request can name another user.
   */
  readonly authorize: (
    request: Request,
    context: C,
  ) => MaybePromise<string | Authorization | Response | null | undefined>;
  /**
   * Web origins other than your own whose pages may ask and read the answer, as browsers send them (`https://app.example`,
   * `capacitor://localhost`), or a function that is called with an origin and says whether it is one.
   *
   * @default none: pages of other sites are refused (403), and apps that are no web page are served
   */
  readonly origins?:
    readonly string[] | ((origin: string, request: Request, context: C) => MaybePromise<boolean>) | undefined;
  /**
   * The names in the answer: our own (`provider`, `userId`, `token`, `expiresAt`, `expiresInSeconds`, and Clerk's `url`),
   * or those of Junction's guide for mobile apps (`user_id`, `sign_in_token`).
   *
   * @default 'default'
   */
  readonly format?: 'default' | 'junction_guide' | undefined;
  /**
   * Returns after how many seconds the user may ask again, or nothing if that is now. Called before anything is issued.
   * Whatever else it returns is a `TypeError`: a limit that cannot be read would be none.
   */
  readonly limitRate?:
    | ((authorization: Authorization, request: Request, context: C) => MaybePromise<number | null | undefined>)
    | undefined;
  /**
   * Called with every outcome but a wrong method, a preflight and an answer of your own, and waited for: a token that
   * cannot be recorded is not handed out. If this throws, the token is revoked, if the issuer can.
   */
  readonly audit?: ((record: TokenEndpointRecord, request: Request, context: C) => unknown) | undefined;
}

/**
 * A function from a Request to a Response, as Hono, Next.js, Bun, Deno and Workers take it. Unless its options name a type
 * of context, it takes any second argument and hands it on unread: frameworks pass one of their own.
 *
 * It rejects with what `authorize`, `origins`, `limitRate` or `audit` throws, and with a `TypeError` for what is no Request.
 */
export type TokenEndpoint<C = unknown> = (
  request: Request,
  ...context: unknown extends C ? [context?: unknown] : [context: C]
) => Promise<Response>;
