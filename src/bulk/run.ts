import type { TokenwrightError } from '../errors.js';
import type { Api, Call } from '../http/call.js';
import type { BulkPart } from '../http/request.js';
import { toResult } from '../http/watch.js';
import type { CallOptions, IssuedTokenFields, IssueOutcome, UserIds } from '../issuer.js';
import { onAbort } from '../time.js';
import { createInputReader } from './input-reader.js';
import { createJobs, type Job } from './jobs.js';
import { createLane } from './lane.js';
import type { RunOptions } from './options.js';
import { createOutcomeQueue, type OutcomeQueue } from './outcome-queue.js';
import { createReading } from './reading.js';
import { createRequests } from './requests.js';

/** What an adapter offers for bulk work; nothing in this folder knows which provider it is. */
export interface BulkSource<T extends IssuedTokenFields, O extends CallOptions> {
  readonly api: Api;
  /** Sends the request for one user. */
  readonly issue: (call: Call<O>, userId: string) => Promise<T>;
  /** The provider's own request for many users, if it has one. */
  readonly batch?: {
    /** The default number of users in one request. */
    readonly size: number;
    /** Sends one request for users who are all different. */
    readonly issue: (call: Call, userIds: readonly string[]) => Promise<BatchAnswer<T>>;
  };
}

/** The results of one request for many users. */
export interface BatchAnswer<T extends IssuedTokenFields> {
  /** A token or an error for each user who was asked for. */
  readonly results: ReadonlyMap<string, T | TokenwrightError>;
  /** Users in the answer that were not in the request. Their tokens are dropped. */
  readonly unexpectedUserIds: readonly string[];
}

/** The work of one call: it reads inputs, sends requests, and puts outcomes into a queue. */
export interface Run<T extends IssuedTokenFields> {
  readonly queue: OutcomeQueue<IssueOutcome<T>>;
  /** Ends the work, at the end of the stream or before it. */
  stop(): void;
}

export function startRun<T extends IssuedTokenFields, O extends CallOptions>(
  source: BulkSource<T, O>,
  userIds: UserIds,
  options: RunOptions<O>,
): Run<T> {
  const { signal, concurrency, giveUpAfter, batchSize } = options;
  const controller = new AbortController();
  // Ends all waiting: nothing more is sent, but requests in flight finish.
  const halt = new AbortController();
  const reader = createInputReader(userIds, controller.signal);
  const queue = createOutcomeQueue<IssueOutcome<T>>(Math.max(concurrency, batchSize));
  let isReadingDone = false;
  let failure: { readonly error: unknown } | undefined;

  const lane = createLane({
    halt: halt.signal,
    concurrency,
    giveUpAfter,
    onRoom: () => {
      requests.dispatch();
      reading.wake();
    },
  });
  const jobs = createJobs<T>(source.api.context('issueTokens'), source.batch !== undefined, (outcome) => {
    queue.push(outcome);
    tellOutcome(source.api, lane.bulkId, outcome);
  });
  const ask = createAsk(source, { ...options, signal: controller.signal }, jobs.settle, fail);
  const requests = createRequests({
    lane,
    halt,
    ask,
    settle: jobs.settle,
    fail,
    onEnd,
    isAborted: () => controller.signal.aborted,
  });
  const reading = createReading({ reader, jobs, requests, queue, concurrency, batchSize });

  function fail(error: unknown): void {
    failure ??= { error };
    reader.stop();
  }

  function abort(reason?: unknown): void {
    controller.abort(reason);
    halt.abort(reason);
  }
  const leaveCaller =
    signal &&
    onAbort(signal, () => {
      abort(signal.reason);
    });

  function onEnd(): void {
    if (!isReadingDone || requests.count() > 0) return;
    queue.close(signal?.aborted === true ? { error: signal.reason } : failure);
  }

  void reading
    .readAll()
    .catch(fail)
    .then(() => {
      isReadingDone = true;
      onEnd();
    });

  return {
    queue,
    stop() {
      leaveCaller?.();
      abort();
      reader.stop();
      queue.close();
    },
  };
}

/** Makes the function that sends one request for some users, and settles each user in its answer. */
function createAsk<T extends IssuedTokenFields, O extends CallOptions>(
  { api, issue, batch }: BulkSource<T, O>,
  { signal, callOptions, onUnexpectedUser }: RunOptions<O>,
  settle: (job: Job, result: T | TokenwrightError) => void,
  fail: (error: unknown) => void,
) {
  const options = { ...callOptions, signal };
  const { timeout, attemptTimeout, retry } = options;
  // The provider's own options are for single users.
  const batchOptions = { signal, timeout, attemptTimeout, retry };
  return async (jobs: readonly Job[], place: BulkPart): Promise<void> => {
    const [first] = jobs;
    if (first === undefined) return;
    if (batch === undefined || jobs.length === 1) {
      settle(first, await api.call('issueToken', options, (call) => issue(call, first.userId), place));
      return;
    }
    const ids = jobs.map(({ userId }) => userId);
    const answer = await api.call('issueTokens', batchOptions, (call) => batch.issue(call, ids), place);
    for (const job of jobs) {
      const result = answer.results.get(job.userId);
      if (result !== undefined) settle(job, result);
    }
    try {
      for (const userId of answer.unexpectedUserIds) await (onUnexpectedUser?.(userId) as unknown);
    } catch (error) {
      fail(error);
    }
  };
}

function tellOutcome({ emit, context }: Api, bulkId: string, outcome: IssueOutcome): void {
  if (emit === undefined) return;
  const { operation, provider = '' } = context('issueTokens');
  const result = toResult(outcome.status === 'rejected' ? outcome.reason : undefined);
  emit({ type: 'outcome', provider, operation, callId: bulkId, bulkId, result });
}
