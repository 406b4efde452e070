import * as z from 'zod/mini';
import { type ApiError, InvalidResponseError, type InvalidResponseErrorCode } from '../errors.js';
import { parseRedacted, redact } from '../secrets.js';
import type { Deadline } from '../time.js';
import { BodyTooLargeError, discardBody, maxBodyBytes, readBody } from './body.js';
import { toApiError } from './failure.js';
import type { Answer, Attempt } from './request.js';
import { isRepeated, parseRetryAfter } from './retry.js';

/** What came of sending a request: an answer whose body was not read yet. */
export interface Received {
  readonly response: Response;
  readonly deadline: Deadline;
  /** The credentials that were sent, which must not show in what is made of the answer. */
  readonly secrets: readonly string[];
}

/** The error for an answer that is no success. Its status counts, whatever becomes of its body. */
export async function readFailure(
  { call, context }: Pick<Attempt<unknown, unknown>, 'call' | 'context'>,
  { response, deadline, secrets }: Received,
): Promise<ApiError> {
  const { dialect, settings } = call;
  const { status, headers } = response;
  const retryAfter = parseRetryAfter(headers.get('retry-after'));
  const describe = (body: unknown): ApiError => {
    const description = dialect.describeFailure(body, status, context.operation);
    const requestId = dialect.readRequestId((name) => readHeader(response, name, secrets), body);
    return toApiError(
      context,
      { status, requestId, retryAfter, isRepeated: isRepeated(status, settings) },
      description,
    );
  };
  if (status < 400) {
    discardBody(response);
    return describe(undefined);
  }
  try {
    return describe(parseRedacted(await readBody(response, deadline), secrets));
  } catch {
    return describe(undefined);
  }
}

/** The result of a success; throws an `InvalidResponseError` for one that cannot be used. */
export async function readSuccess<T, R>(
  { call, context, request }: Attempt<T, R>,
  { response, deadline, secrets }: Received,
): Promise<R> {
  const { provider, label, operation } = context;
  const { status } = response;
  let raw: unknown;
  const readId = () => call.dialect.readRequestId((name) => readHeader(response, name, secrets), raw);
  const invalid: Answer['invalid'] = (problem, code: InvalidResponseErrorCode = 'invalid_response') =>
    new InvalidResponseError({
      code,
      message: `${label} answered ${String(status)}, but ${problem}. ${request.lostAnswerHint}`,
      provider,
      operation,
      status,
      requestId: readId(),
    });

  try {
    raw = JSON.parse(await readBody(response, deadline));
  } catch (error) {
    if (error instanceof SyntaxError) throw invalid('the body is not JSON');
    if (error instanceof BodyTooLargeError) throw invalid(`the body has more than ${String(maxBodyBytes)} bytes`);
    throw error;
  }
  const { success, data, error } = z.safeParse(request.schema, raw);
  if (success)
    return request.read(data, { unlisted: { raw, requestId: readId(), issuedAt: readDate(response) }, invalid });
  const places = error.issues.map(({ path }) => (path.length === 0 ? 'the body' : `\`${path.map(String).join('.')}\``));
  throw invalid(`${places.join(', ')} is missing or has the wrong form`);
}

function readHeader(response: Response, name: string, secrets: readonly string[]): string | undefined {
  const value = response.headers.get(name);
  return value === null ? undefined : redact(value, secrets);
}

/** The provider's own time; `undefined` if it does not say. */
function readDate({ headers }: Response): Date | undefined {
  const date = new Date(headers.get('date') ?? '');
  return Number.isNaN(date.getTime()) ? undefined : date;
}
