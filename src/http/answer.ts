import * as z from 'zod/mini';
import { type ApiError, InvalidResponseError, type InvalidResponseErrorCode } from '../errors.js';
import { bound, createRedactor, maxReadLength, type Redact, redactForms, redactTokens } from '../secrets.js';
import { findSecrets, redactJson } from '../secrets/json.js';
import { type Deadline, toDate } from '../time.js';
import { checkPathHint, discardBody, readBody } from './body.js';
import { describeGateway, toApiError } from './failure.js';
import { type Answer, type Attempt, type AttemptOf, type CallState, idsIn, type Unlisted } from './request.js';
import { isRepeated, parseRetryAfter } from './retry.js';

/** Makes the error for an answer without a success status. If the body cannot be read, the status alone decides. */
export async function readFailure(
  { call, context, request }: Attempt,
  response: Response,
  deadline: Deadline,
): Promise<ApiError> {
  const { dialect, settings } = call;
  const { status, headers } = response;
  const retryAfter =
    parseRetryAfter(headers.get('retry-after'), headers.get('date')) ??
    dialect.readRetryAfter?.((name) => headers.get(name) ?? undefined);
  let text = '';
  let raw: unknown;
  if (status < 400) discardBody(response);
  else {
    try {
      text = await readBody(response, deadline);
      raw = JSON.parse(text);
    } catch {
      // The body cannot be read, or is not JSON.
    }
  }
  // Made once: an answer may hold thousands of secrets and as many texts.
  const redactSecrets = createRedactor(findSecrets([...call.answers, raw]));
  const requestId = readRequestId(call, response, raw, redactSecrets);
  const kept = [...idsIn(request), ...(requestId === undefined ? [] : [requestId])];
  const redact = (part: string) => redactForms(redactSecrets(call.connection.keyring.redactExact(part)), kept);
  const body = redactJson(raw, redact, dialect.documentedNames);
  const ofGateway = status === 404 ? describeGateway(context.label, text, raw) : undefined;
  const description = { ...dialect.describeFailure(body, status, context.operation), ...ofGateway };
  return toApiError(context, { status, requestId, retryAfter, isRepeated: isRepeated(status, settings) }, description);
}

/** Reads the result of a success, and its request id for events. Throws an `InvalidResponseError` if it cannot be used. */
export function readSuccess<T, R>(
  attempt: AttemptOf<T, R>,
  response: Response,
  body: string,
): { readonly result: R; readonly requestId: string | undefined } {
  const { call, request } = attempt;
  let raw: unknown;
  try {
    raw = response.status === 204 ? undefined : JSON.parse(body);
  } catch {
    throw invalidAnswer(attempt, response, 'the body is not JSON', { hint: checkPathHint });
  }
  call.answers.push(raw);
  // Read once: a batch may need the id for each of its users.
  const requestId = readRequestId(call, response, raw);
  const invalid: Answer['invalid'] = (problem, code) => invalidAnswer(attempt, response, problem, { requestId, code });
  const { success, data, error } = z.safeParse(request.schema, raw);
  if (success) {
    const unlisted = createUnlisted(raw, requestId, response.headers.get('date') ?? '');
    return { result: request.read(data, { unlisted, invalid }), requestId };
  }
  const places = error.issues.map(({ path }) => (path.length === 0 ? 'the body' : `\`${path.map(String).join('.')}\``));
  const hint = raw === undefined ? checkPathHint : undefined;
  throw invalidAnswer(attempt, response, `${places.join(', ')} is missing or has the wrong form`, { requestId, hint });
}

/** A separate function, so that its closures do not keep the response and the call in memory with a token. */
function createUnlisted(raw: unknown, requestId: string | undefined, date: string): Unlisted {
  return { raw: () => raw, ...createFacts(requestId, date) };
}

/** Separate from `raw`: a token of a batch must not keep the body of the whole batch in memory. */
function createFacts(requestId: string | undefined, date: string): Omit<Unlisted, 'raw'> {
  let issuedAt: Date | undefined;
  return { requestId: () => requestId, issuedAt: () => (issuedAt ??= toDate(date)) };
}

interface InvalidAnswer {
  readonly requestId?: string | undefined;
  readonly code?: InvalidResponseErrorCode | undefined;
  /** What to do next. */
  readonly hint?: string | undefined;
}

/** Makes the error for a success that cannot be used. */
export function invalidAnswer(
  { call, context, request }: Attempt,
  response: Response,
  problem: string,
  { requestId: known, code = 'invalid_response', hint }: InvalidAnswer,
): InvalidResponseError {
  const { provider, label, operation } = context;
  const { status } = response;
  const requestId = known ?? readRequestId(call, response, undefined);
  const support = `${requestId === undefined ? 'ask' : 'quote `requestId` to'} ${label}'s support`;
  const usual = code === 'not_issued' ? 'Call `issueToken` for this user.' : `If it lasts, ${support}.`;
  return new InvalidResponseError({
    code,
    message: `${label} answered ${String(status)}, but ${problem}. ${request.lostAnswerHint} ${hint ?? usual}`,
    provider,
    operation,
    status,
    requestId,
  });
}

/** The longest request id, in characters; a longer one is cut. */
const maxRequestIdLength = 200;

/**
 * Reads the provider's request id. Long opaque text is not redacted in it, only known secrets, keys and JWTs.
 *
 * @param redactSecrets - Redacts the secrets in the answers of the call; made here if left out, and only if there is an id.
 */
function readRequestId(
  { connection, dialect, answers }: CallState,
  { headers }: Response,
  body: unknown,
  redactSecrets?: Redact,
): string | undefined {
  const id = dialect.readRequestId((name) => headers.get(name) ?? undefined, body);
  // Text that is far longer is no id.
  if (id === undefined || id.length > maxReadLength) return undefined;
  const redact = redactSecrets ?? createRedactor(findSecrets(answers));
  return bound(redactTokens(redact(connection.keyring.redactExact(id))), maxRequestIdLength);
}
