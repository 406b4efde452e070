import { isBrandedError } from '../errors.js';
import type { KnownError } from '../errors/known.js';
import type { IssuedTokenFields } from '../issuer.js';
import { type Ending, type EndpointCall, recordOutcome, revokeUndelivered } from './audit.js';
import { AppDisconnectedError, watchConnection } from './connection.js';
import { checkOptions, checkRequest, isResponse, keepSource, toAuthorization } from './options.js';
import { allowOrigin, answerPreflight, findListedOrigin, isCrossSite, isPreflight } from './origins.js';
import { answerProblem, noStoreHeaders, refusals, tooManyRequests, toProblem } from './problem.js';
import type { TokenEndpoint, TokenEndpointOptions } from './types.js';

/**
 * Makes the endpoint from which an app fetches a token for the signed-in user: a function from a Request to a Response, as
 * Hono, Next.js, Bun, Deno and Workers use it. For Express and others, pass it to {@link toNodeHandler}. It issues tokens
 * only for POST, does not read the body, refuses pages of other sites, and forbids caching of its answers. Errors are
 * problem details (RFC 9457) with a `code`, and without the provider's own message.
 *
 * Errors that `authorize`, `origins`, `limitRate` or `audit` throws are passed on to your framework unchanged.
 *
 * @throws `ConfigurationError` (`invalid_option`) if an option is missing or wrong.
 * @example
 * const endpoint = createTokenEndpoint({
 *   issuer: () => createClerk({ expiresInSeconds: 60 }),
 *   authorize: async (request) => (await readSession(request))?.clerkUserId ?? null,
 * });
 */
export function createTokenEndpoint<C = unknown>(options: TokenEndpointOptions<C>): TokenEndpoint<C> {
  checkOptions(options);
  const { authorize, format = 'default', limitRate, audit } = options;
  // A copy, because origins that are added to the list later would not be checked.
  const origins = typeof options.origins === 'object' ? [...options.origins] : options.origins;
  const source = keepSource(options);

  async function decide(call: EndpointCall<C>): Promise<Ending> {
    const { request, context, app } = call;
    const authorized = await app.during(() => authorize(request, context));
    if (isResponse(authorized)) return { response: await copyWithoutCaching(authorized) };
    const authorization = toAuthorization(authorized);
    if (authorization === undefined) return refuse('unauthenticated');
    call.authorization = authorization;

    const secondsToWait = (await app.during(() => limitRate?.(authorization, request, context))) ?? 0;
    if (!Number.isFinite(secondsToWait)) {
      throw new TypeError('`limitRate` must return a number of seconds, or undefined.');
    }
    if (secondsToWait > 0) {
      return { response: answerProblem(tooManyRequests(secondsToWait)), outcome: 'too_many_requests' };
    }
    return issue(authorization.userId, call);
  }

  async function issue(userId: string, { app, request: { signal } }: EndpointCall<C>): Promise<Ending> {
    try {
      const issuer = await app.during(source.get);
      const onLate = (unwanted: IssuedTokenFields) => revokeUndelivered(issuer, unwanted);
      const token = await app.during(() => issuer.issueToken(userId, { signal }), onLate);
      return { response: Response.json(toBody(token, format), { headers: noStoreHeaders }), outcome: 'issued', token };
    } catch (error) {
      if (!isKnownError(error)) throw error;
      return { response: answerProblem(toProblem(error)), outcome: error.code, error };
    }
  }

  return async (request, ...[given]) => {
    checkRequest(request);
    const context = given as C;
    const app = watchConnection(request.signal);
    const call: EndpointCall<C> = { request, context, app, startedAt: performance.now() };
    let origin: string | undefined;
    let ending: Ending;
    try {
      origin = await app.during(() => findListedOrigin(origins, request, context));
      if (isPreflight(request)) ending = { response: answerPreflight(request, origin) };
      else if (request.method !== 'POST') ending = { response: answerProblem(refusals.method_not_allowed) };
      else if (origin === undefined && isCrossSite(request)) ending = refuse('cross_site');
      else ending = await decide(call);
    } catch (error) {
      if (!(error instanceof AppDisconnectedError)) throw error;
      ending = { ...refuse('aborted'), error: isKnownError(error.cause) ? error.cause : undefined };
    } finally {
      app.stop();
    }
    await recordOutcome(audit, source.current(), call, ending);
    const { response } = ending;
    if (origins !== undefined) response.headers.append('vary', 'Origin');
    if (origin !== undefined) allowOrigin(response, origin);
    return response;
  };
}

function refuse(code: 'unauthenticated' | 'cross_site' | 'aborted'): Ending {
  return { response: answerProblem(refusals[code]), outcome: code };
}

function isKnownError(error: unknown): error is KnownError {
  return isBrandedError(error);
}

function toBody(token: IssuedTokenFields, format: 'default' | 'junction_guide'): object {
  if (format === 'junction_guide') return { user_id: token.userId, sign_in_token: token.token };
  const { provider, userId, expiresAt } = token;
  const url = 'url' in token && typeof token.url === 'string' ? { url: token.url } : {};
  const expiresInSeconds = lifetimeSeconds(token);
  return {
    provider,
    userId,
    token: token.token,
    expiresAt: expiresAt?.toISOString() ?? null,
    expiresInSeconds,
    ...url,
  };
}

/** The lifetime by the provider's clock. The app counts it from now, so a wrong clock of the app or the server does no harm. */
function lifetimeSeconds({ expiresAt, issuedAt }: IssuedTokenFields): number | null {
  if (expiresAt === undefined || issuedAt === undefined) return null;
  return Math.max(0, Math.floor((expiresAt.getTime() - issuedAt.getTime()) / 1000));
}

/** The bodies of Responses from `authorize`. Each is read once: Node.js keeps every clone in memory as long as its Response. */
const bodies = /* @__PURE__ */ new WeakMap<Response, Promise<ArrayBuffer>>();

/** Copies a Response from `authorize`, which may be used again, and forbids caching. */
async function copyWithoutCaching(response: Response): Promise<Response> {
  const { headers, status, statusText } = response;
  const all = new Headers(headers);
  for (const [name, value] of Object.entries(noStoreHeaders)) all.set(name, value);
  let body: ArrayBuffer | null = null;
  if (response.body !== null) {
    const reading = bodies.get(response) ?? response.clone().arrayBuffer();
    bodies.set(response, reading);
    body = await reading;
  }
  return new Response(body, { status, statusText, headers: all });
}
