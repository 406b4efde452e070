import * as z from 'zod/mini';
import { BodyTooLargeError, discardBody, maxBodyBytes, readBody } from './body.js';
import type { Connection } from '../client/config.js';
import { type Deadline, startDeadline } from '../time.js';
import {
  type ApiError,
  ConnectionError,
  InvalidResponseError,
  type InvalidResponseErrorCode,
  type Operation,
  TokenwrightError,
} from '../errors.js';
import { type FailureDescription, timeoutError, toApiError } from './failure.js';
import { type CallContext, configurationError } from '../client/options.js';
import { parseRetryAfter } from './retry.js';
import { copyCause, parseRedacted, redact } from '../secrets.js';

/** How one provider says who is calling and what went wrong. */
export interface Dialect {
  /** The headers that carry the key, and any other that every request has. */
  readonly headers: (key: string) => Record<string, string>;
  /** The header that names a request, to quote to the provider's support. */
  readonly requestIdHeader: string;
  /** Reads an error body, already free of the key; `undefined` where it was no JSON. */
  readonly describeFailure: (body: unknown, status: number, operation: Operation) => FailureDescription;
}

export interface ApiRequest<T> {
  readonly operation: Operation;
  /** @default 'POST' */
  readonly method?: 'GET' | 'POST';
  /** What follows the version, each segment encoded. */
  readonly path: string;
  /** The content, where the request has one. */
  readonly json?: unknown;
  /** What may have happened at the provider where its answer cannot be used, for people. */
  readonly onLostAnswer: string;
  /** What an answer must have; it may have more. */
  readonly schema: z.ZodMiniType<T>;
  /** When the call began that this request is a part of, as `performance.now()` has it; its time counts from there. */
  readonly startedAt?: number;
}

export interface ApiAnswer<T> {
  readonly data: T;
  /** The body as it came. */
  readonly raw: unknown;
  /** The error for an answer that has the right form and the wrong content. */
  readonly invalid: (problem: string, code?: InvalidResponseErrorCode) => InvalidResponseError;
}

export interface Attempt<T> {
  readonly context: CallContext;
  readonly connection: Connection;
  readonly dialect: Dialect;
  readonly request: ApiRequest<T>;
  readonly url: string;
  /** Time for the attempt in milliseconds, its body included. */
  readonly timeout: number;
  /** The option that its time comes from, and what that allows as a whole. */
  readonly limit: { readonly option: 'timeout' | 'attemptTimeout'; readonly milliseconds: number };
  /** Ends the attempt with the call. */
  readonly signal: AbortSignal | undefined;
  /** Is told of a failure as soon as its status is known: should time run out over its body, the status is what counts. */
  readonly onFailureStatus: (error: ApiError) => void;
}

/**
 * Sends a request once and judges the answer, body included. Throws typed errors only, but for the reason of its signal.
 * Also returns the response, its body read, because ky wants one.
 */
export async function runAttempt<T>(attempt: Attempt<T>): Promise<{ answer: ApiAnswer<T>; response: Response }> {
  const { context, connection } = attempt;
  const deadline = startDeadline(attempt.timeout, attempt.signal);
  let key: string | undefined;
  try {
    const asked = connection.readKey(context);
    key = typeof asked === 'string' ? asked : await deadline.race(asked);
    const response = await send(attempt, deadline, key);
    if (response.status < 200 || response.status >= 300) throw await readFailure(attempt, deadline, response, key);
    return { answer: await readAnswer(attempt, deadline, response, key), response };
  } catch (error) {
    if (error instanceof TokenwrightError) throw error;
    if (deadline.isExpired()) throw timeoutError(context, attempt.limit.option, attempt.limit.milliseconds);
    if (deadline.signal.aborted) throw error;
    const cause = copyCause(error, key);
    throw new ConnectionError({
      code: 'connection_failed',
      message:
        `${context.label} could not be reached at ${new URL(attempt.url).origin}, or its answer broke off ` +
        `(${cause.code ?? (cause.message || cause.name)}). Try again later, or check the base URL if you set one.`,
      provider: context.provider,
      operation: context.operation,
      retryable: true,
      cause,
    });
  } finally {
    deadline.stop();
  }
}

async function send<T>(
  { context, connection, dialect, request, url }: Attempt<T>,
  deadline: Deadline,
  key: string,
): Promise<Response> {
  const { json } = request;
  const init: RequestInit = {
    method: request.method ?? 'POST',
    headers: {
      accept: 'application/json',
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...dialect.headers(key),
    },
    // `follow` would take the key along to wherever a redirect points; `error` throws on Cloudflare Workers.
    redirect: 'manual',
    signal: deadline.signal,
  };
  if (json !== undefined) init.body = JSON.stringify(json);
  // Next.js 13 and 14 store what `fetch` returns unless told not to. Workers of before November 2024 refuse the option.
  if (typeof Request === 'function' && 'cache' in Request.prototype) init.cache = 'no-store';

  const sent = Promise.resolve(connection.fetch(url, init));
  try {
    const response = await deadline.race(sent);
    if (isResponse(response)) return response;
  } catch (error) {
    // A `fetch` that ignores its signal may answer yet.
    sent.then(discardBody).catch(() => undefined);
    throw error;
  }
  const message =
    'the function `fetch` must return a Response whose body was not read yet, as the platform makes them.';
  throw configurationError(context, 'invalid_option', message);
}

// By its shape: a `fetch` may come from another realm, or with a Response class of its own.
function isResponse(value: unknown): value is Response {
  if (typeof value !== 'object' || value === null) return false;
  const { status, headers, body, bodyUsed } = value as Partial<Response>;
  if (typeof status !== 'number' || typeof headers?.get !== 'function' || body === undefined) return false;
  return body === null || (typeof body.getReader === 'function' && !body.locked && bodyUsed !== true);
}

async function readFailure<T>(
  { context, dialect, onFailureStatus }: Attempt<T>,
  deadline: Deadline,
  response: Response,
  key: string,
): Promise<ApiError> {
  const { status, headers } = response;
  const retryAfter = parseRetryAfter(headers.get('retry-after'));
  const describe = (body: unknown): ApiError => {
    const description = dialect.describeFailure(body, status, context.operation);
    const requestId = description.requestId ?? readHeader(response, dialect.requestIdHeader, key);
    return toApiError(context, status, { ...description, requestId }, retryAfter);
  };
  // Status 0 is what browsers make of a redirect that is not followed.
  if (status < 400) {
    discardBody(response);
    return describe(undefined);
  }
  onFailureStatus(describe(undefined));
  try {
    return describe(parseRedacted(await readBody(response, deadline), key));
  } catch {
    return describe(undefined);
  }
}

async function readAnswer<T>(
  { context, dialect, request }: Attempt<T>,
  deadline: Deadline,
  response: Response,
  key: string,
): Promise<ApiAnswer<T>> {
  const { provider, label, operation } = context;
  const { status } = response;
  const invalid = (problem: string, code: InvalidResponseErrorCode = 'invalid_response'): InvalidResponseError =>
    new InvalidResponseError({
      code,
      message: `${label} answered ${String(status)}, but ${problem}. ${request.onLostAnswer}`,
      provider,
      operation,
      status,
      requestId: readHeader(response, dialect.requestIdHeader, key),
    });

  let raw: unknown;
  try {
    raw = JSON.parse(await readBody(response, deadline));
  } catch (error) {
    if (error instanceof SyntaxError) throw invalid('the body is not JSON');
    if (error instanceof BodyTooLargeError) throw invalid(`the body has more than ${String(maxBodyBytes)} bytes`);
    throw error;
  }
  const { success, data, error } = z.safeParse(request.schema, raw);
  if (success) return { data, raw, invalid };
  const places = error.issues.map(({ path }) => (path.length === 0 ? 'the body' : `\`${path.map(String).join('.')}\``));
  throw invalid(`${places.join(', ')} is missing or has the wrong form`);
}

function readHeader(response: Response, name: string, key: string): string | undefined {
  const value = response.headers.get(name);
  return value === null ? undefined : redact(value, key);
}
