import { onAbort } from '../time.js';
import { createRequester, type Spender } from './request.js';
import {
  ApiError,
  AuthenticationError,
  ConfigurationError,
  CredentialError,
  InvalidInputError,
  PermissionDeniedError,
  TokenwrightError,
} from '../errors.js';
import type { KnownError } from '../errors/known.js';
import { createInputReader, type Input } from './input-reader.js';
import type { BulkOptions, CallOptions, IssuedTokenFields, IssueOutcome, UserIds } from '../issuer.js';
import { checkId } from '../client/ids.js';
import { type CallContext, checkOptionNames, configurationError, ownProperties } from '../client/options.js';
import { checkOwnOptions, ownOptionNames } from '../client/own-options.js';
import { callOptionNames, resolveSettings } from '../client/settings.js';
import type { Api } from '../http/call.js';
import { createOutcomeQueue, type OutcomeQueue } from './outcome-queue.js';
import type { Pacer } from '../limits/pacer.js';

/** What an adapter offers for bulk work; nothing in this file knows which provider it is. */
export interface BulkSource<T extends IssuedTokenFields, O extends CallOptions> {
  readonly api: Pick<Api, 'context' | 'connection'>;
  readonly issueToken: (userId: string, options: O) => Promise<T>;
  /** The provider's own request for many users, where it has one. */
  readonly batch?: {
    /** How many users one request asks for, unless the call says otherwise. */
    readonly size: number;
    /** Asks for users who are all different. */
    readonly issue: (userIds: readonly string[], options: O) => Promise<BatchAnswer<T>>;
  };
}

/** What one request for many users came to. */
export interface BatchAnswer<T extends IssuedTokenFields> {
  /** A token or an error for each user who was asked for. */
  readonly results: ReadonlyMap<string, T | TokenwrightError>;
  /** Whom the answer named although nobody had asked for them. Their tokens are handed to nobody. */
  readonly unexpectedUserIds: readonly string[];
}

/** What may be chosen where a provider has a request for many users. */
interface BatchOptions {
  readonly batchSize?: number | undefined;
  readonly onUnexpectedUser?: ((userId: string) => void) | undefined;
}

const defaultConcurrency = 8;
const maxConcurrency = 10_000;
/** How many requests may wait because they were refused, while others are asked for. */
const maxSetAside = 1_000;
/** The most users in one request: more tokens might not fit into what is read of an answer. */
export const maxBatchSize = 500;
/** Statuses with which a batch may be refused for the sake of one of its users, or for its size. */
const divisibleStatuses: readonly number[] = [400, 404, 413, 422];
/** How many users' tokens a call remembers for equal ids to share, where the provider's tokens may be shared. */
const maxShared = 1_000;
/** And for how long, in milliseconds: who comes later gets a token with all of its time before it. */
const sharedTime = 60_000;

/** The work of one call: workers that read inputs and put outcomes into a queue. */
export interface Run<T extends IssuedTokenFields> {
  readonly queue: OutcomeQueue<IssueOutcome<T>>;
  /** Ends the work, at the end of the stream or before it. */
  stop(): void;
}

/** A user to ask for, and the inputs that wait for the answer: several where a token may be shared. */
interface Job extends Spender {
  readonly userId: string;
  readonly inputs: Input[];
  /** What settles it. */
  work?: Promise<void>;
}

export function startRun<T extends IssuedTokenFields, O extends CallOptions>(
  source: BulkSource<T, O>,
  pacer: Pacer,
  userIds: UserIds,
  options: CallOptions & BulkOptions & BatchOptions,
): Run<T> {
  const { batch, api } = source;
  const { profile } = api.connection;
  const context = api.context('issueTokens');
  checkOptionNames(context, options, [...callOptionNames, 'concurrency', ...ownOptionNames(profile, 'call', 'bulk')]);
  const given = ownProperties(options);
  // A mistake in the options is told once, and is not every user's failure.
  checkOwnOptions(context, profile, given);
  const { concurrency = defaultConcurrency, batchSize = batch?.size ?? 1, onUnexpectedUser, ...callOptions } = given;
  if (!isCount(concurrency, maxConcurrency)) {
    const message = `\`concurrency\` must be a whole number from 1 to ${String(maxConcurrency)}.`;
    throw configurationError(context, 'invalid_option', message);
  }
  checkUserIds(context, userIds);
  const settings = resolveSettings(context, given, api.connection.settings);
  // The names are checked: what is left is the adapter's own.
  const ownCallOptions = callOptions as O;
  if (settings.signal?.aborted) throw settings.signal.reason;

  const controller = new AbortController();
  const { signal } = controller;
  const reader = createInputReader(userIds, signal);
  const queue = createOutcomeQueue<IssueOutcome<T>>(Math.max(concurrency, batchSize));
  const requesterParts = { context, settings, pacer, concurrency, setAside, controller, isAboutEverybody };
  const { ask, abort, stopper } = createRequester(requesterParts);
  const leaveCaller =
    settings.signal &&
    onAbort(settings.signal, () => {
      abort(settings.signal?.reason);
    });
  const openJobs = new Map<string, Job>();
  const shared = new Map<string, { readonly token: T; readonly until: number }>();

  function emit({ index, userId }: Input, result: T | TokenwrightError): void {
    const place = { index, userId: userId as string };
    if (result instanceof TokenwrightError) queue.push({ ...place, status: 'rejected', reason: result as KnownError });
    else queue.push({ ...place, status: 'fulfilled', value: result });
  }

  function settle(job: Job, result: T | TokenwrightError): void {
    openJobs.delete(job.userId);
    for (const input of job.inputs) emit(input, result);
    if (batch === undefined || result instanceof TokenwrightError) return;
    shared.set(job.userId, { token: result, until: performance.now() + sharedTime });
    const [oldest] = shared.keys();
    if (shared.size > maxShared && oldest !== undefined) shared.delete(oldest);
  }

  /** Answers what can be answered without asking, joins the jobs of other workers, and makes new ones of the rest. */
  function toJobs(inputs: readonly Input[]): { readonly jobs: readonly Job[]; readonly joined: ReadonlySet<Job> } {
    const jobs: Job[] = [];
    const joined = new Set<Job>();
    for (const input of inputs) {
      const { userId } = input;
      try {
        checkId(context, 'invalid_user_id', 'userId', userId);
      } catch (error) {
        emit(input, error as TokenwrightError);
        continue;
      }
      const known = shared.get(userId);
      const open = openJobs.get(userId);
      const refusal = stopper();
      if (known !== undefined && performance.now() < known.until) emit(input, known.token);
      else if (open !== undefined) {
        open.inputs.push(input);
        joined.add(open);
      } else if (refusal !== undefined) emit(input, refusal);
      else {
        const job = { userId, inputs: [input], spent: 0 };
        jobs.push(job);
        if (batch !== undefined) openJobs.set(userId, job);
      }
    }
    return { jobs, joined };
  }

  async function issue(jobs: readonly Job[]): Promise<void> {
    const [first] = jobs;
    if (first === undefined) return;
    let unexpectedUserIds: readonly string[] = [];
    try {
      if (batch === undefined || jobs.length === 1) {
        settle(first, await ask(jobs, (each) => source.issueToken(first.userId, { ...ownCallOptions, ...each })));
        return;
      }
      const ids = jobs.map(({ userId }) => userId);
      const answer = await ask(jobs, (each) => batch.issue(ids, { ...ownCallOptions, ...each }));
      for (const job of jobs) {
        const result = answer.results.get(job.userId);
        if (result === undefined) throw new TypeError('A batch returned nothing for a user.');
        settle(job, result);
      }
      ({ unexpectedUserIds } = answer);
    } catch (error) {
      // An abort may have an error of ours for its reason.
      if (signal.aborted || !(error instanceof TokenwrightError)) throw error;
      const isDivisible = error instanceof ApiError && divisibleStatuses.includes(error.status);
      if (jobs.length > 1 && (isDivisible || error instanceof InvalidInputError)) {
        const half = Math.ceil(jobs.length / 2);
        await issue(jobs.slice(0, half));
        await issue(jobs.slice(half));
      } else {
        for (const job of jobs) settle(job, error);
      }
    }
    for (const userId of unexpectedUserIds) onUnexpectedUser?.(userId);
  }

  /** Whether everybody else would be refused as well. */
  function isAboutEverybody(error: unknown): boolean {
    if (error instanceof PermissionDeniedError) return error.scope === 'account';
    return (
      error instanceof AuthenticationError ||
      error instanceof ConfigurationError ||
      // The function would be called, and fail, for each of them.
      error instanceof CredentialError
    );
  }

  let failure: { readonly error: unknown } | undefined;
  let workers = 0;
  /** How many of them wait with a request that was refused. Another is in their place until that is answered. */
  let waiting = 0;

  async function work(): Promise<void> {
    workers += 1;
    try {
      let withoutRequest = 0;
      while (workers - waiting <= concurrency) {
        await queue.whenRoom();
        const inputs = await reader.read(batchSize);
        if (inputs.length === 0) return;
        const { jobs, joined } = toJobs(inputs);
        const issuing = issue(jobs);
        for (const job of jobs) job.work = issuing;
        await issuing;
        // Or an endless source of one id would be read without end while that is asked for.
        for (const job of joined) await job.work;
        // Timers and signals get their turn, too, where nothing has to be asked.
        withoutRequest = jobs.length > 0 ? 0 : withoutRequest + inputs.length;
        if (withoutRequest > 256) {
          withoutRequest = 0;
          await new Promise((resolve) => setTimeout(resolve));
        }
      }
    } catch (error) {
      failure ??= { error };
      reader.stop();
    } finally {
      // At once, or too many would see that there is one too many.
      workers -= 1;
      if (workers === 0) queue.close(settings.signal?.aborted === true ? { error: settings.signal.reason } : failure);
    }
  }

  function setAside(): () => void {
    if (waiting === maxSetAside) return () => undefined;
    waiting += 1;
    void work();
    return () => {
      waiting -= 1;
    };
  }

  for (let index = 0; index < concurrency; index += 1) void work();

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

/** Whether a value is a number of requests or of users. */
export function isCount(value: unknown, max: number): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= max;
}

function checkUserIds(context: CallContext, userIds: unknown): void {
  const isIterable =
    typeof userIds === 'object' && userIds !== null && (Symbol.iterator in userIds || Symbol.asyncIterator in userIds);
  if (isIterable) return;
  // Text can be iterated, too, letter by letter.
  throw configurationError(context, 'invalid_option', 'the user ids must be a list or another iterable of texts.');
}
