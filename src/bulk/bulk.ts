import { type BulkSource, type Run, startRun } from './run.js';
import type {
  BulkOptions,
  CallOptions,
  CollectOptions,
  IssuedTokenFields,
  IssueOutcome,
  TokenIssuer,
  UserIds,
} from '../issuer.js';
import { checkFunction, checkIsObject, ownProperties } from '../client/options.js';
import type { TokenwrightError } from '../errors.js';
import { createPacer } from '../limits/pacer.js';

/** Makes the bulk methods of an issuer. They share one pace. */
export function createBulk<
  T extends IssuedTokenFields,
  O extends CallOptions,
  E extends TokenwrightError,
  B extends BulkOptions = BulkOptions,
>(source: BulkSource<T, O>): Pick<TokenIssuer<T, O, B, E>, 'issueTokens' | 'streamTokens'> {
  const pacer = createPacer();

  function streamTokens(userIds: UserIds, options: object = {}): AsyncGenerator<IssueOutcome<T>, void> {
    let run: Run<T> | undefined;
    async function* generate(): AsyncGenerator<IssueOutcome<T>, void> {
      run = startRun(source, pacer, userIds, options);
      const { queue } = run;
      try {
        for (let taken = await queue.take(); taken !== undefined; taken = await queue.take()) yield taken.value;
      } finally {
        run.stop();
      }
    }
    const outcomes = generate();
    // A generator that waits for its next value would put off its end until that is there.
    const end = outcomes.return.bind(outcomes);
    outcomes.return = (value) => {
      run?.stop();
      return end(value);
    };
    const fail = outcomes.throw.bind(outcomes);
    outcomes.throw = (error) => {
      run?.stop();
      return fail(error);
    };
    return outcomes;
  }

  async function issueTokens(userIds: UserIds, options: object = {}): Promise<IssueOutcome<T>[]> {
    const context = source.api.context('issueTokens');
    checkIsObject(context, options);
    const { onOutcome, ...streamOptions }: CollectOptions<T> = ownProperties(options);
    checkFunction(context, 'onOutcome', onOutcome);
    const outcomes: IssueOutcome<T>[] = [];
    for await (const outcome of streamTokens(userIds, streamOptions)) {
      await onOutcome?.(outcome);
      outcomes[outcome.index] = outcome;
    }
    return outcomes;
  }

  // Every failure comes from the provider's own calls, whose errors E stands for.
  return { issueTokens, streamTokens } as Pick<TokenIssuer<T, O, B, E>, 'issueTokens' | 'streamTokens'>;
}
