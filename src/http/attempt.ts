import { refuseKeys } from '../client/ids.js';
import { TokenwrightError } from '../errors.js';
import { copyCause } from '../secrets/cause.js';
import { startDeadline } from '../time.js';
import { readFailure, readSuccess } from './answer.js';
import { exchange } from './exchange.js';
import { timeoutError } from './failure.js';
import { type Attempt, idsIn } from './request.js';
import { connectionError } from './unreachable.js';
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
    const response = await exchange(attempt, deadline, credentials);
    if (response.headers.get('x-tokenwright-fake') !== null) call.gate.open();
    const received = { response, deadline };
    if (response.status < 200 || response.status >= 300) throw await readFailure(attempt, received);
    const { result, requestId } = await readSuccess(attempt, received);
    return { result, response, answer: { status: response.status, requestId } };
  } catch (error) {
    if (error instanceof TokenwrightError) throw error;
    if (deadline.isExpired()) throw timeLimitError();
    if (deadline.signal.aborted) throw error;
    throw connectionError(attempt, copyCause(error, connection.keyring.redact));
  } finally {
    deadline.stop();
  }
}
