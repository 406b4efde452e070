import { CredentialError, TokenwrightError } from '../errors.js';
import type { Api, Call } from '../http/call.js';
import type { BulkPart } from '../http/request.js';
import { toResult } from '../http/watch.js';
import type { CallOptions, IssuedTokenFields, IssueOutcome, UserIds } from '../issuer.js';
import { Queue } from '../limits/queue.js';
import { onAbort } from '../time.js';
import { createInputReader, type InputReader } from './input-reader.js';
import { createJobs, type Job, type Jobs } from './jobs.js';
import { Lane } from './lane.js';
import type { RunOptions } from './options.js';
import { isTooLarge, type Part, Parts } from './parts.js';

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

interface Failure {
  readonly error: unknown;
}

/** After so many inputs without a request, yield to the event loop, so that timers and signals are handled. */
const longestStretch = 256;

/** The work of one bulk call: it reads inputs, sends requests, and hands out outcomes. */
export class Run<T extends IssuedTokenFields, O extends CallOptions> {
  readonly #source: BulkSource<T, O>;
  readonly #options: RunOptions<O>;
  /** Ends everything, also attempts in flight. */
  readonly #end = new AbortController();
  /** Ends all waiting: nothing more is sent, but requests in flight finish. */
  readonly #halt = new AbortController();
  readonly #reader: InputReader;
  readonly #lane: Lane;
  readonly #jobs: Jobs<T>;
  readonly #parts = new Parts();
  readonly #outcomes = new Queue<IssueOutcome<T>>();
  readonly #leaveCaller: (() => void) | undefined;
  /** An error that concerns all users: nothing more is sent. */
  #errorForAll: TokenwrightError | undefined;
  /** An error that ends the whole call, once the requests in flight have finished. */
  #failure: Failure | undefined;
  #isReadingDone = false;
  /** Set when no more outcomes follow, with the error that is thrown after the last one. */
  #closed: { readonly failure: Failure | undefined } | undefined;
  #wakeReading = (): void => undefined;
  #wakeConsumer = (): void => undefined;

  constructor(source: BulkSource<T, O>, userIds: UserIds, options: RunOptions<O>) {
    const { signal } = options;
    this.#source = source;
    this.#options = options;
    this.#reader = createInputReader(userIds, this.#end.signal);
    const onRoom = () => {
      this.#dispatch();
      this.#wakeReading();
    };
    this.#lane = new Lane(options, this.#halt.signal, onRoom);
    this.#jobs = createJobs<T>(source.api.context('issueTokens'), source.batch !== undefined, (outcome) => {
      this.#outcomes.push(outcome);
      this.#wakeConsumer();
      tellOutcome(source.api, this.#lane.bulkId, outcome);
    });
    this.#leaveCaller =
      signal &&
      onAbort(signal, () => {
        this.#abort(signal.reason);
      });
    // Not at once: a source may end the stream that it is read for, which needs the run.
    queueMicrotask(() => void this.#readAll());
  }

  /** The next outcome, or `undefined` at the end. Rejects with the error that ended the call. */
  async next(): Promise<IssueOutcome<T> | undefined> {
    while (this.#outcomes.size === 0) {
      if (this.#closed?.failure !== undefined) throw this.#closed.failure.error;
      if (this.#closed !== undefined) return undefined;
      await new Promise<void>((resolve) => (this.#wakeConsumer = resolve));
    }
    this.#wakeReading();
    return this.#outcomes.shift();
  }

  /** Ends the work, at the end of the stream or before it. */
  stop(): void {
    this.#leaveCaller?.();
    this.#abort();
    this.#reader.stop();
    this.#close();
  }

  #abort(reason?: unknown): void {
    this.#end.abort(reason);
    this.#halt.abort(reason);
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#reader.stop();
  }

  #closeIfDone(): void {
    // If no request is open, none waits either: there was room to send it.
    if (!this.#isReadingDone || this.#lane.open > 0) return;
    const { signal } = this.#options;
    this.#close(signal?.aborted === true ? { error: signal.reason } : this.#failure);
  }

  #close(failure?: Failure): void {
    this.#closed = { failure };
    this.#wakeConsumer();
  }

  /** Reads the inputs, only as fast as requests may be sent and outcomes are taken. */
  async #readAll(): Promise<void> {
    let stretch = 0;
    try {
      for (;;) {
        while (!this.#mayRead()) await new Promise<void>((resolve) => (this.#wakeReading = resolve));
        const inputs = await this.#reader.read(this.#batchSize());
        if (inputs.length === 0) break;
        const jobs = this.#jobs.make(inputs);
        if (jobs.length > 0) {
          this.#parts.add(jobs);
          this.#dispatch();
        }
        stretch = jobs.length > 0 && this.#errorForAll === undefined ? 0 : stretch + inputs.length;
        if (stretch <= longestStretch) continue;
        stretch = 0;
        await new Promise((resolve) => setTimeout(resolve));
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#isReadingDone = true;
    this.#closeIfDone();
  }

  #batchSize(): number {
    return Math.min(this.#options.batchSize, this.#parts.largest);
  }

  #mayRead(): boolean {
    const { concurrency, batchSize } = this.#options;
    const isFull = this.#outcomes.size >= Math.max(concurrency, batchSize);
    // Backpressure: an endless source of equal ids must not be read ahead of its one request.
    const size = this.#batchSize();
    const isFarAhead = this.#jobs.joined() + size > size * concurrency && this.#lane.open > 0;
    return !isFull && !isFarAhead && this.#lane.hasRoom;
  }

  /** Sends waiting requests while there is room. */
  #dispatch(): void {
    while (this.#lane.hasRoom) {
      const part = this.#parts.take();
      if (part === undefined) return;
      void this.#send(part);
    }
  }

  async #send(part: Part): Promise<void> {
    const { jobs, budget } = part;
    const { bulk, finish } = this.#lane.begin();
    try {
      if (this.#errorForAll === undefined) {
        await this.#ask(jobs, bulk);
        budget.left += jobs.length;
      } else this.#settleAll(jobs, this.#errorForAll);
    } catch (error) {
      // Check for an abort first: its reason may be an error of this package.
      if (this.#end.signal.aborted || !(error instanceof TokenwrightError)) this.#fail(error);
      else if (!this.#parts.divide(part, error)) {
        this.#settleAll(jobs, error);
        if (this.#isForEverybody(error)) {
          this.#errorForAll ??= error;
          this.#halt.abort(error);
        }
      }
    } finally {
      finish();
      this.#closeIfDone();
    }
  }

  #settleAll(jobs: readonly Job[], error: TokenwrightError): void {
    for (const job of jobs) this.#jobs.settle(job, error);
  }

  /** Whether requests for all other users would fail as well. This includes a failure of the user's key function. */
  #isForEverybody(error: TokenwrightError): boolean {
    if (isTooLarge(error)) return false;
    return error.scope === 'account' || error instanceof CredentialError || this.#lane.isSpent;
  }

  /** Sends one request for some users, and settles each user in its answer. */
  async #ask(jobs: readonly Job[], bulk: BulkPart): Promise<void> {
    const { api, issue, batch } = this.#source;
    const { callOptions, onUnexpectedUser } = this.#options;
    const { signal } = this.#end;
    if (batch === undefined || jobs.length === 1) {
      const options = { ...callOptions, signal };
      // One job: without `batch`, no part has more.
      for (const job of jobs)
        this.#jobs.settle(
          job,
          await api.call({ operation: 'issueToken', options, bulk }, (call) => issue(call, job.userId)),
        );
      return;
    }
    const { timeout, attemptTimeout, retry } = callOptions;
    // The provider's own options are for single users.
    const options = { signal, timeout, attemptTimeout, retry };
    const ids = jobs.map(({ userId }) => userId);
    const answer = await api.call({ operation: 'issueTokens', options, bulk }, (call) => batch.issue(call, ids));
    for (const job of jobs) {
      const result = answer.results.get(job.userId);
      if (result !== undefined) this.#jobs.settle(job, result);
    }
    try {
      for (const userId of answer.unexpectedUserIds) await (onUnexpectedUser?.(userId) as unknown);
    } catch (error) {
      this.#fail(error);
    }
  }
}

function tellOutcome({ emit, context }: Api, bulkId: string, outcome: IssueOutcome): void {
  if (emit === undefined) return;
  const { operation, provider } = context('issueTokens');
  const result = toResult(outcome.status === 'rejected' ? outcome.reason : undefined);
  emit({ type: 'outcome', provider, operation, callId: bulkId, bulkId, result });
}
