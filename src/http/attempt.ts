import { credentialError } from '../client/credential-reader.js';
import type { Credentials } from '../client/credentials.js';
import { refuseKeys } from '../client/ids.js';
import { invalidOption } from '../client/options.js';
import { type ApiError, type CredentialError, InvalidResponseError, TokenwrightError } from '../errors.js';
import type { Fetch } from '../issuer.js';
import { redactTokens } from '../secrets.js';
import { copyCause } from '../secrets/cause.js';
import { Deadline } from '../time.js';
import { invalidAnswer, readFailure, readSuccess } from './answer.js';
import { discardBody, readBody, UnusableBodyError } from './body.js';
import { timeoutError, toApiError } from './failure.js';
import { readCredentials } from './renewal.js';
import { type Attempt, type AttemptOf, idsIn, timeLeftOf } from './request.js';
import { connectionError } from './unreachable.js';
import type { AnswerFacts } from './watch.js';

/**
 * Sends a request once and reads the answer. Throws only typed errors, or the reason of the call's signal. Also returns the
 * response, with its body read, because ky needs one.
 */
export async function runAttempt<T, R>(
  attempt: AttemptOf<T, R>,
): Promise<{ readonly result: R; readonly response: Response; readonly answer: AnswerFacts }> {
  const { call, context, url, failure } = attempt;
  const { connection, settings } = call;
  const timeLeft = timeLeftOf(call);
  const option = timeLeft <= settings.attemptTimeout ? 'timeout' : 'attemptTimeout';
  const deadline = new Deadline(Math.min(timeLeft, settings.attemptTimeout), settings.signal);
  // A timeout of the whole call names the method that the user called; one of an attempt names the request.
  const timeLimitError = () => {
    const ownOperation = call.bulk === undefined ? call.operation : 'issueTokens';
    const operation = option === 'timeout' ? ownOperation : context.operation;
    return timeoutError({ ...context, operation }, option, settings[option], failure as Error | undefined);
  };
  attempt.isSent = false;
  let sent: Promise<unknown> | undefined;
  let response: Response | undefined;
  try {
    const asked = readCredentials(attempt);
    const credentials = 'headers' in asked ? asked : await deadline.race(asked);
    attempt.used = credentials;
    // A key from a function was not known when the ids were checked.
    if (asked !== credentials) refuseKeys(context, idsIn(attempt.request));
    const fetch = findFetch(attempt);
    attempt.isSent = true;
    sent = Promise.resolve(fetch(url, toInit(attempt, credentials, deadline.signal)));
    response = checkAnswer(attempt, await deadline.race(sent));
    const { status } = response;
    const { open } = call.gate;
    if (open !== undefined && response.headers.get('x-tokenwright-fake') !== null) open();
    if (status < 200 || status >= 300) throw await readFailure(attempt, response, deadline);
    const { result, requestId } = readSuccess(attempt, response, await readBody(response, deadline));
    return { result, response, answer: { status, requestId } };
  } catch (error) {
    // A `fetch` that ignores its signal may still answer.
    if (deadline.signal.aborted) sent?.then(discardBody).catch(() => undefined);
    if (error instanceof TokenwrightError) throw error;
    if (error instanceof UnusableBodyError && response !== undefined)
      throw invalidAnswer(attempt, response, error.message, { hint: error.hint });
    if (deadline.isExpired && !attempt.isSent) throw keyIsLate(attempt, option);
    if (deadline.isExpired) throw timeLimitError();
    if (deadline.signal.aborted) throw error;
    throw connectionError(attempt, copyCause(error, connection.keyring.redact));
  } finally {
    deadline.stop();
  }
}

/** The time was up before anything was sent: the user's function for the key has not answered. */
function keyIsLate({ call, context }: Attempt, option: 'timeout' | 'attemptTimeout'): CredentialError {
  const reason = `It did not answer within \`${option}\`, ${String(call.settings[option])} ms.`;
  return credentialError(context, call.connection, reason);
}

function findFetch({ call, context }: Attempt): Fetch {
  const fetch = (call.connection.fetch ?? globalThis.fetch) as Fetch | undefined;
  if (typeof fetch === 'function') return fetch;
  throw invalidOption(context, 'this runtime has no `fetch`. Pass one as the option `fetch`.');
}

function toInit({ call, request }: Attempt, { headers }: Credentials, signal: AbortSignal): RequestInit {
  const { json } = request;
  const own: Record<string, string> = { accept: 'application/json' };
  if (json !== undefined) own['content-type'] = 'application/json';
  const init: RequestInit & { next: { revalidate: 0 } } = {
    method: request.method ?? 'POST',
    headers: Object.assign(own, call.dialect.headers, headers),
    // `follow` would send the key to the target of a redirect; `error` throws on Cloudflare Workers.
    redirect: 'manual',
    signal,
    // Next.js 13 and 14 cache answers by default, even to a POST. All others ignore this option; see docs/decisions.md.
    next: { revalidate: 0 },
  };
  if (json !== undefined) init.body = JSON.stringify(json);
  return init;
}

/** Throws if what `fetch` returned cannot be read, or comes from another origin (a redirect). */
function checkAnswer(attempt: Attempt, answer: unknown): Response {
  // Only of the user's own `fetch`: that of the platform returns no body that was read, and `bodyUsed` takes Node.js several
  // microseconds.
  const isRead = attempt.call.connection.fetch !== undefined && (answer as Response | undefined)?.bodyUsed === true;
  if (isRead || !isResponse(answer)) {
    discardBody(answer);
    throw unusable(attempt);
  }
  const elsewhere = findOtherOrigin(answer, attempt.url);
  if (elsewhere === undefined) return answer;
  discardBody(answer);
  throw redirected(attempt, answer.status, elsewhere);
}

// Not `instanceof`: a `fetch` may come from another realm, or have its own Response class.
function isResponse(value: unknown): value is Response {
  if (typeof value !== 'object' || value === null) return false;
  const { status, headers, body } = value as Partial<Response>;
  if (typeof status !== 'number' || typeof headers?.get !== 'function' || body === undefined) return false;
  return body === null || (typeof body.getReader === 'function' && !body.locked);
}

/** The origin of an answer, if `fetch` followed a redirect although it was told not to; else `undefined`. */
function findOtherOrigin({ redirected, url: from }: Response, url: string): string | undefined {
  if (typeof from !== 'string' || from === '' || from === url) return redirected ? 'another address' : undefined;
  const origin = originOf(from);
  return redirected || origin !== originOf(url) ? origin : undefined;
}

function originOf(url: string): string {
  try {
    return new URL(url).origin;
  } catch {
    return 'another address';
  }
}

function redirected({ call, context }: Attempt, status: number, origin: string): ApiError {
  // Whoever redirects chooses the host. Long text without a known form stays: long host names are common.
  const shown = redactTokens(call.connection.keyring.redactExact(origin));
  const hint =
    `The answer came from ${shown}: \`fetch\` followed a redirect, maybe with the key. ` +
    "Use a `fetch` that respects `redirect: 'manual'`, and check the base URL.";
  return toApiError(context, { status }, { code: 'unexpected_status', scope: 'account', hint });
}

function unusable({ context, request }: Attempt): InvalidResponseError {
  const { provider, label, operation } = context;
  const message =
    `${label} was sent the request, but the function \`fetch\` did not return a Response with an unread body. ` +
    `${request.lostAnswerHint} Return the Response of the platform unchanged.`;
  return new InvalidResponseError({ code: 'invalid_response', message, provider, operation, status: 0 });
}
