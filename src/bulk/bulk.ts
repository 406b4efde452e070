import { type BulkSource, Run } from './run.js';
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
import { readOptions } from './options.js';

/** Makes the bulk methods of an issuer. */
export function createBulk<
  T extends IssuedTokenFields,
  O extends CallOptions,
  E extends TokenwrightError,
  B extends BulkOptions = BulkOptions,
>(source: BulkSource<T, O>): Pick<TokenIssuer<T, O, B, E>, 'issueTokens' | 'streamTokens'> {
  const { api, batch } = source;

  function streamTokens(userIds: UserIds, options: object = {}): AsyncGenerator<IssueOutcome<T>, void> {
    let run: Run<T, O> | undefined;
    async function* generate(): AsyncGenerator<IssueOutcome<T>, void> {
      run = new Run(source, userIds, readOptions<O>(api, batch?.size ?? 1, userIds, options));
      try {
        for (let outcome = await run.next(); outcome !== undefined; outcome = await run.next()) yield outcome;
      } finally {
        run.stop();
      }
    }
    const outcomes = generate();
    // `return()` of a generator waits for the pending `next()`: stop the run first. `defineProperty`, because an assignment
    // over an inherited method fails if the prototypes are frozen.
    for (const name of ['return', 'throw'] as const) {
      const end = outcomes[name].bind(outcomes) as (value: unknown) => Promise<IteratorResult<IssueOutcome<T>, void>>;
      const value = (argument: unknown) => {
        run?.stop();
        return end(argument);
      };
      Object.defineProperty(outcomes, name, { value });
    }
    return outcomes;
  }

  async function issueTokens(userIds: UserIds, options: object = {}): Promise<IssueOutcome<T>[]> {
    const context = api.context('issueTokens');
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

  // All errors come from the provider's own calls: they are of type E.
  return { issueTokens, streamTokens } as Pick<TokenIssuer<T, O, B, E>, 'issueTokens' | 'streamTokens'>;
}
