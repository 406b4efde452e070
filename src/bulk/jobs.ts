import { checkId } from '../client/ids.js';
import type { CallContext } from '../client/options.js';
import { TokenwrightError } from '../errors.js';
import type { KnownError } from '../errors/known.js';
import type { IssuedTokenFields, IssueOutcome } from '../issuer.js';
import type { Input } from './input-reader.js';

/** A user to ask for, and the inputs that wait for the answer: several if a token may be shared. */
export interface Job {
  readonly userId: string;
  readonly inputs: Input[];
}

/** What becomes of the inputs: each has one outcome. */
export interface Jobs<T> {
  /** Answers what can be answered without asking, joins jobs that are open, and makes jobs of the rest. */
  readonly make: (inputs: readonly Input[]) => Job[];
  /** Gives every input of a job its outcome. */
  readonly settle: (job: Job, result: T | TokenwrightError) => void;
  /** How many inputs wait for a job that was made for another. */
  readonly joined: () => number;
}

/** @param isShared - Whether equal ids share a token while it is asked for. */
export function createJobs<T extends IssuedTokenFields>(
  context: CallContext,
  isShared: boolean,
  onOutcome: (outcome: IssueOutcome<T>) => void,
): Jobs<T> {
  const open = new Map<string, Job>();
  let joined = 0;

  function give({ index, userId }: Input, result: T | TokenwrightError): void {
    const place = { index, userId: userId as string };
    if (result instanceof TokenwrightError) onOutcome({ ...place, status: 'rejected', reason: result as KnownError });
    else onOutcome({ ...place, status: 'fulfilled', value: result });
  }

  function toJob(input: Input): Job | undefined {
    const { userId } = input;
    try {
      checkId(context, 'invalid_user_id', 'userId', userId);
    } catch (error) {
      give(input, error as TokenwrightError);
      return undefined;
    }
    const known = open.get(userId);
    if (known === undefined) {
      const job = { userId, inputs: [input] };
      if (isShared) open.set(userId, job);
      return job;
    }
    known.inputs.push(input);
    joined += 1;
    return undefined;
  }

  return {
    make: (inputs) => inputs.flatMap((input) => toJob(input) ?? []),
    settle(job, result) {
      open.delete(job.userId);
      joined -= job.inputs.length - 1;
      for (const input of job.inputs) give(input, result);
    },
    joined: () => joined,
  };
}
