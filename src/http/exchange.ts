import type { Credentials } from '../client/credentials.js';
import { configurationError } from '../client/options.js';
import { type ApiError, InvalidResponseError } from '../errors.js';
import type { Fetch } from '../issuer.js';
import type { Deadline } from '../time.js';
import { discardBody } from './body.js';
import { toApiError } from './failure.js';
import type { Attempt } from './request.js';

/** Sends a request once, and returns an answer from where it was sent, with its body unread. */
export async function exchange<T, R>(
  attempt: Attempt<T, R>,
  deadline: Deadline,
  { headers }: Credentials,
): Promise<Response> {
  const { call, context, request, url } = attempt;
  const fetch = (call.connection.fetch ?? globalThis.fetch) as Fetch | undefined;
  if (typeof fetch !== 'function') {
    throw configurationError(context, 'invalid_option', 'this runtime has no `fetch`. Pass one as the option `fetch`.');
  }
  const { json } = request;
  const init: RequestInit = {
    method: request.method ?? 'POST',
    headers: {
      accept: 'application/json',
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...call.dialect.headers,
      ...headers,
    },
    // `follow` would take the key along to wherever a redirect points; `error` throws on Cloudflare Workers.
    redirect: 'manual',
    signal: deadline.signal,
  };
  if (json !== undefined) init.body = JSON.stringify(json);
  // Next.js 13 and 14 store what `fetch` returns unless told not to. Workers of before November 2024 refuse the option.
  if (typeof Request === 'function' && 'cache' in Request.prototype) init.cache = 'no-store';

  const sent = Promise.resolve(fetch(url, init));
  let answer: unknown;
  try {
    answer = await deadline.race(sent);
  } catch (error) {
    // A `fetch` that ignores its signal may answer yet.
    sent.then(discardBody).catch(() => undefined);
    throw error;
  }
  if (!isResponse(answer)) {
    discardBody(answer);
    throw unusable(attempt);
  }
  const elsewhere = findOtherOrigin(answer, url);
  if (elsewhere === undefined) return answer;
  discardBody(answer);
  throw redirected(attempt, answer.status, elsewhere);
}

// By its shape: a `fetch` may come from another realm, or with a Response class of its own.
function isResponse(value: unknown): value is Response {
  if (typeof value !== 'object' || value === null) return false;
  const { status, headers, body, bodyUsed } = value as Partial<Response>;
  if (typeof status !== 'number' || typeof headers?.get !== 'function' || body === undefined) return false;
  return body === null || (typeof body.getReader === 'function' && !body.locked && bodyUsed !== true);
}

/** Where an answer came from, if a `fetch` followed a redirect although it was told not to. */
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

function redirected<T, R>({ context }: Attempt<T, R>, status: number, origin: string): ApiError {
  const answer = { status, requestId: undefined, retryAfter: undefined, isRepeated: false };
  const hint =
    `The answer came from ${origin}: \`fetch\` followed a redirect, maybe with the key. ` +
    "Use one that heeds `redirect: 'manual'`, and check the base URL.";
  return toApiError(context, answer, { code: 'unexpected_status', scope: 'account', hint });
}

function unusable<T, R>({ context, request }: Attempt<T, R>): InvalidResponseError {
  const { provider, label, operation } = context;
  const message =
    `${label} was asked, but the function \`fetch\` returned no Response whose body is still unread. ` +
    `${request.lostAnswerHint} Return the Response as the platform makes it.`;
  return new InvalidResponseError({ code: 'invalid_response', message, provider, operation, status: 0 });
}
