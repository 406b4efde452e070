/**
 * The endpoint at which an app fetches its token.
 *
 * @module tokenwright/endpoint
 */
import { type ConfigurationError, type ErrorCode, isBrandedError } from '../errors.js';
import type { KnownError } from '../errors/known.js';
import type { CallOptions, IssuedTokenFields } from '../issuer.js';
import { type CallContext, checkFunction, checkOptionNames, configurationError } from '../client/options.js';

/** What issues the tokens: a client of any provider, or an object of its shape. */
export interface TokenSource {
  /** Whose tokens these are. */
  readonly provider: IssuedTokenFields['provider'];
  /** Issues a token for a user. */
  readonly issueToken: (userId: string, options?: CallOptions) => Promise<IssuedTokenFields>;
}

/** Who asks, and for which user of the provider: in most apps two ids of the same person. */
export interface Authorization {
  /** The id of the user at the provider, for whom the token is issued. */
  readonly userId: string;
  /** Who is signed in with you, for the audit record. */
  readonly caller?: string | undefined;
}

/** What came of one request, for an audit. It never holds a token. */
export interface TokenEndpointRecord {
  /** Whose token was asked for. */
  readonly provider: string;
  /** Who is signed in with you, where `authorize` said so. */
  readonly caller: string | undefined;
  /** For whom the token was asked for; `undefined` where nobody was signed in. */
  readonly userId: string | undefined;
  /** `issued`, or why not: the `code` of the error, or of the refusal. */
  readonly outcome: 'issued' | 'unauthenticated' | 'too_many_requests' | 'aborted' | ErrorCode;
  /** The status of the answer. */
  readonly status: number;
  /** The error of the issuer, with all that the answer does not tell. It holds neither key nor token. */
  readonly error: KnownError | undefined;
}

type MaybePromise<T> = T | Promise<T>;

/** Options of {@link createTokenEndpoint}. */
export interface TokenEndpointOptions {
  /** Whose tokens these are. */
  readonly issuer: TokenSource;
  /**
   * Says who is asking, from your own session: the user's id at the provider, alone or with who that is to you; `null` for
   * nobody (401); or an answer of your own. The id comes from nowhere else: no request can name another user.
   */
  readonly authorize: (request: Request) => MaybePromise<string | Authorization | Response | null | undefined>;
  /**
   * The names in the answer: our own (`provider`, `userId`, `token`, `expiresAt`, and Clerk's `url`), or those of Junction's
   * guide for mobile apps (`user_id`, `sign_in_token`).
   *
   * @default 'default'
   */
  readonly format?: 'default' | 'junction_guide' | undefined;
  /**
   * Returns after how many seconds the user may ask again, or nothing where that is now. Asked before anything is issued.
   * Whatever else it returns is a `TypeError`: a limit that cannot be read would be none.
   */
  readonly limitRate?:
    ((authorization: Authorization, request: Request) => MaybePromise<number | null | undefined>) | undefined;
  /** Is told of every outcome but a wrong method and an answer of your own, and waited for: a token that cannot be recorded is not handed out. */
  readonly audit?: ((record: TokenEndpointRecord, request: Request) => unknown) | undefined;
}

/** How an outcome is answered: with words that are safe for whoever uses the app. */
interface Problem {
  readonly status: number;
  readonly title: string;
  readonly code: string;
  readonly detail?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What an app is told to wait where the provider does not say, in seconds. */
const defaultRetryAfter = 10;

const neverStored = { 'cache-control': 'no-store', pragma: 'no-cache' } as const;

/**
 * Makes the endpoint at which an app fetches a token for the user who is signed in: a function from a Request to a
 * Response, as Hono, Next.js, Bun, Deno and Workers take it. It answers POST only, reads nothing of the body, and keeps
 * every answer out of caches. Errors are problem details (RFC 9457) with `code`, and with nothing of the provider's.
 *
 * What `authorize`, `limitRate` or `audit` throws goes on to your framework, as an error of your own code should.
 *
 * @throws `ConfigurationError` (`invalid_option`) for options that cannot work.
 * @example
 * const endpoint = createTokenEndpoint({
 *   issuer: createClerk({ expiresInSeconds: 60 }),
 *   authorize: async (request) => (await readSession(request))?.clerkUserId ?? null,
 * });
 */
export function createTokenEndpoint(options: TokenEndpointOptions): (request: Request) => Promise<Response> {
  checkOptions(options);
  const { issuer, authorize, format = 'default', limitRate, audit } = options;
  const { provider } = issuer;

  return async (request) => {
    checkRequest(request);
    if (request.method !== 'POST') {
      const headers = { allow: 'POST' };
      return answerProblem({ status: 405, title: 'Method Not Allowed', code: 'method_not_allowed', headers });
    }
    const authorized = await authorize(request);
    if (typeof authorized === 'object' && authorized !== null && !('userId' in authorized))
      return keepOutOfCaches(authorized);

    // What is neither of these is no id, and the issuer says so.
    const isSignedOut = authorized === null || authorized === undefined;
    const authorization = isSignedOut || typeof authorized === 'object' ? authorized : { userId: authorized };
    const finish = async (
      outcome: TokenEndpointRecord['outcome'],
      response: Response,
      error?: KnownError,
    ): Promise<Response> => {
      const { caller, userId } = authorization ?? {};
      await audit?.({ provider, caller, userId, outcome, status: response.status, error }, request);
      return response;
    };

    if (authorization === null || authorization === undefined) {
      const headers = { 'www-authenticate': 'Bearer' };
      const detail = 'Sign in, then ask again.';
      const problem = { status: 401, title: 'Unauthorized', code: 'unauthenticated', detail, headers };
      return finish('unauthenticated', answerProblem(problem));
    }
    const secondsToWait = (await limitRate?.(authorization, request)) ?? 0;
    if (!Number.isFinite(secondsToWait)) {
      throw new TypeError('`limitRate` must return a number of seconds, or undefined.');
    }
    if (secondsToWait > 0) {
      const headers = { 'retry-after': String(Math.ceil(secondsToWait)) };
      const detail = 'You have asked too often. Wait a little, then ask again.';
      const problem = { status: 429, title: 'Too Many Requests', code: 'too_many_requests', detail, headers };
      return finish('too_many_requests', answerProblem(problem));
    }

    const { signal } = request;
    let token: IssuedTokenFields;
    try {
      token = await issuer.issueToken(authorization.userId, { signal });
    } catch (error) {
      if (signal.aborted) {
        // Nobody is there to read it; the status is the one that proxies write into their logs.
        return finish('aborted', answerProblem({ status: 499, title: 'Client Closed Request', code: 'aborted' }));
      }
      if (!isBrandedError(error)) throw error;
      const failure = error as KnownError;
      return finish(failure.code, answerProblem(describe(failure)), failure);
    }
    return finish('issued', Response.json(toBody(token, format), { headers: neverStored }));
  };
}

function toBody(token: IssuedTokenFields, format: 'default' | 'junction_guide'): object {
  if (format === 'junction_guide') return { user_id: token.userId, sign_in_token: token.token };
  const { provider, userId, expiresAt } = token;
  const url = 'url' in token && typeof token.url === 'string' ? { url: token.url } : {};
  return { provider, userId, token: token.token, expiresAt: expiresAt?.toISOString() ?? null, ...url };
}

/** Puts a failure of the issuer into words for the user of an app. */
function describe(error: KnownError): Problem {
  const { code, retryable } = error;
  const { retryAfter } = error as { readonly retryAfter?: number | undefined };
  switch (code) {
    case 'not_found':
      return { status: 404, title: 'Not Found', code, detail: 'There is no such user at the provider.' };
    case 'missing_api_key':
    case 'invalid_api_key':
    case 'environment_mismatch':
    case 'invalid_option':
    case 'invalid_user_id':
    case 'invalid_token_id':
      // Ours to mend, and nothing that an app could do anything about.
      return { status: 500, title: 'Internal Server Error', code: 'misconfigured' };
    case 'unauthorized':
    case 'forbidden':
      // The provider does not accept our key. The app's user is signed in all the same.
      return { status: 502, title: 'Bad Gateway', code: 'misconfigured' };
    default:
      if (!retryable) {
        return { status: 502, title: 'Bad Gateway', code, detail: 'The provider did not issue a token.' };
      }
      return {
        status: 503,
        title: 'Service Unavailable',
        code,
        detail: 'No token can be had at the moment. Try again later.',
        headers: { 'retry-after': String(Math.ceil(retryAfter ?? defaultRetryAfter)) },
      };
  }
}

function answerProblem({ headers = {}, ...problem }: Problem): Response {
  const body = JSON.stringify({ type: 'about:blank', ...problem });
  const all = { 'content-type': 'application/problem+json', ...neverStored, ...headers };
  return new Response(body, { status: problem.status, headers: all });
}

/** An answer of the user's own, kept out of caches as ours are. */
function keepOutOfCaches(response: Response): Response {
  // By its shape: a Response may come from another realm.
  if (!('status' in response && 'headers' in response)) {
    throw new TypeError('`authorize` must return an id, an object with `userId`, null, or a Response.');
  }
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(neverStored)) headers.set(name, value);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}

/** Without its signal, a call could not be aborted with it, and an answer would go nowhere. */
function checkRequest(request: unknown): void {
  const { method, headers, signal } = (request ?? {}) as Partial<Request>;
  // By its shape: a Request may come from another realm.
  if (typeof method === 'string' && typeof headers?.get === 'function' && typeof signal?.aborted === 'boolean') return;
  throw new TypeError(
    'The endpoint takes a Request, as `fetch` does, and returns a Response. Adapt it to node:http and others with a package ' +
      'such as @remix-run/node-fetch-server.',
  );
}

function checkOptions(options: unknown): void {
  const context: CallContext = { provider: undefined, label: 'The token endpoint', operation: 'createClient' };
  checkOptionNames(context, options, ['issuer', 'authorize', 'format', 'limitRate', 'audit']);
  const { issuer, authorize, limitRate, audit } = options as Partial<TokenEndpointOptions>;
  const { format } = options as { readonly format?: unknown };
  const refuse = (problem: string): ConfigurationError => configurationError(context, 'invalid_option', problem);
  if (typeof issuer?.issueToken !== 'function') throw refuse('`issuer` must be a client, such as createClerk() makes.');
  if (typeof authorize !== 'function') throw refuse('`authorize` must be a function: it says whose token is issued.');
  checkFunction(context, 'limitRate', limitRate);
  checkFunction(context, 'audit', audit);
  if (format !== undefined && format !== 'default' && format !== 'junction_guide') {
    throw refuse("`format` may be 'default' or 'junction_guide'.");
  }
}
