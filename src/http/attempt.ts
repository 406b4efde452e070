import type { Credentials } from '../client/credentials.js';
import { refuseKeys } from '../client/ids.js';
import { configurationError } from '../client/options.js';
import { ConnectionError, TokenwrightError } from '../errors.js';
import { copyCause } from '../secrets/cause.js';
import { type Deadline, startDeadline } from '../time.js';
import { readFailure, readRequestId, readSuccess } from './answer.js';
import { discardBody } from './body.js';
import { timeoutError } from './failure.js';
import { type Attempt, idsIn } from './request.js';
import type { AnswerFacts } from './watch.js';

/**
 * Sends a request once and judges the answer, body included. Throws typed errors only, or the reason of the call's signal.
 * Also returns the response, its body read, because ky wants one.
 *
 * @param previousFailure - Why the attempt before failed; the cause of a timeout.
 */
export async function runAttempt<T, R>(
  attempt: Attempt<T, R>,
  previousFailure: Error | undefined,
): Promise<{ readonly result: R; readonly response: Response; readonly answer: AnswerFacts | undefined }> {
  const { call, context } = attempt;
  const { connection, settings } = call;
  // An attempt may take no longer than the call.
  const timeLeft = Math.max(1, call.end - performance.now());
  const option = timeLeft <= settings.attemptTimeout ? 'timeout' : 'attemptTimeout';
  const deadline = startDeadline(Math.min(timeLeft, settings.attemptTimeout), settings.signal);
  // The time of the whole call is that of what the user has called.
  const timeLimitError = () => {
    const ownOperation = call.bulk === undefined ? call.operation : 'issueTokens';
    const operation = option === 'timeout' ? ownOperation : context.operation;
    return timeoutError({ ...context, operation }, option, settings[option], previousFailure);
  };
  try {
    const asked = attempt.credentials.read();
    const credentials = 'headers' in asked ? asked : await deadline.race(asked);
    // What a function returns was not known when the ids were checked.
    if (asked !== credentials) refuseKeys(context, idsIn(attempt.request));
    const response = await send(attempt, deadline, credentials);
    if (response.headers.get('x-tokenwright-fake') !== null) call.gate.open();
    const received = { response, deadline };
    if (response.status < 200 || response.status >= 300) throw await readFailure(attempt, received);
    const result = await readSuccess(attempt, received);
    const { status } = response;
    return { result, response, answer: call.watch && { status, requestId: readRequestId(call, response, undefined) } };
  } catch (error) {
    if (error instanceof TokenwrightError) throw error;
    if (deadline.isExpired()) throw timeLimitError();
    if (deadline.signal.aborted) throw error;
    throw connectionError(attempt, copyCause(error, connection.keyring.redact));
  } finally {
    deadline.stop();
  }
}

async function send<T, R>(
  { call, context, request, url }: Attempt<T, R>,
  deadline: Deadline,
  { headers }: Credentials,
) {
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

  const sent = Promise.resolve(call.connection.fetch(url, init));
  try {
    const response = await deadline.race(sent);
    if (isResponse(response)) return response;
  } catch (error) {
    // A `fetch` that ignores its signal may answer yet.
    sent.then(discardBody).catch(() => undefined);
    throw error;
  }
  const message = 'the function `fetch` must return a Response whose body is still unread, as the platform makes them.';
  throw configurationError(context, 'invalid_option', message);
}

// By its shape: a `fetch` may come from another realm, or with a Response class of its own.
function isResponse(value: unknown): value is Response {
  if (typeof value !== 'object' || value === null) return false;
  const { status, headers, body, bodyUsed } = value as Partial<Response>;
  if (typeof status !== 'number' || typeof headers?.get !== 'function' || body === undefined) return false;
  return body === null || (typeof body.getReader === 'function' && !body.locked && bodyUsed !== true);
}

function connectionError<T, R>({ context, url }: Attempt<T, R>, cause: Error & { code?: string }): ConnectionError {
  const { provider, label, operation } = context;
  return new ConnectionError({
    code: 'connection_failed',
    message:
      `${label} could not be reached at ${new URL(url).origin}, or its answer broke off ` +
      `(${cause.code ?? (cause.message || cause.name)}). Try again later, or check the base URL if you set one.`,
    provider,
    operation,
    retryable: true,
    cause,
  });
}
