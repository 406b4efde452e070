import { checkId } from '../client/ids.js';
import type { CallContext } from '../client/options.js';
import { TokenwrightError } from '../errors.js';
import type { KnownError } from '../errors/known.js';
import type { IssuedTokenFields, IssueOutcome } from '../issuer.js';
import type { Input } from './input-reader.js';

/** A user whose token is requested, and the inputs with this id: several if they share a token. */
export interface Job {
  readonly userId: string;
  readonly inputs: Input[];
}

export type Jobs<T extends IssuedTokenFields> = ReturnType<typeof createJobs<T>>;

/**
 * Turns inputs into jobs, and jobs into one outcome for each input.
 *
 * @param isShared - Whether equal ids share a token while its request is open.
 */
export function createJobs<T extends IssuedTokenFields>(
  context: CallContext,
  isShared: boolean,
  onOutcome: (outcome: IssueOutcome<T>) => void,
) {
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
      checkId(context, 'userId', userId);
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
    /** Makes jobs for inputs. Rejects invalid ids at once, and adds inputs to an open job with the same id. */
    make: (inputs: readonly Input[]): Job[] => inputs.flatMap((input) => toJob(input) ?? []),
    /** Gives every input of a job its outcome. */
    settle(job: Job, result: T | TokenwrightError): void {
      open.delete(job.userId);
      joined -= job.inputs.length - 1;
      for (const input of job.inputs) give(input, result);
    },
    /** The number of inputs that were added to an open job. */
    joined: () => joined,
  };
}
