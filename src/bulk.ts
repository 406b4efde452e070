import { type BulkSource, startRun } from './bulk-run.js';
import type {
  BulkOptions,
  CallOptions,
  CollectOptions,
  IssuedTokenFields,
  IssueOutcome,
  TokenIssuer,
  UserIds,
} from './issuer.js';
import { checkIsObject, configurationError } from './options.js';
import { createPacer } from './pacer.js';

/** Makes the bulk methods of an issuer. They share one pace. */
export function createBulk<T extends IssuedTokenFields, O extends CallOptions, B extends BulkOptions = BulkOptions>(
  source: BulkSource<T, O>,
): Pick<TokenIssuer<T, O, B>, 'issueTokens' | 'streamTokens'> {
  const pacer = createPacer();

  async function* streamTokens(userIds: UserIds, options: object = {}): AsyncGenerator<IssueOutcome<T>, void> {
    const run = startRun(source, pacer, userIds, options);
    try {
      for (let taken = await run.queue.take(); taken !== undefined; taken = await run.queue.take()) yield taken.value;
    } finally {
      run.stop();
    }
  }

  async function issueTokens(userIds: UserIds, options: object = {}): Promise<IssueOutcome<T>[]> {
    checkIsObject(source.context('issueTokens'), options);
    const { onOutcome, ...streamOptions }: CollectOptions<T> = options;
    if (onOutcome !== undefined && typeof onOutcome !== 'function') {
      throw configurationError(source.context('issueTokens'), 'invalid_option', '`onOutcome` must be a function.');
    }
    const outcomes: IssueOutcome<T>[] = [];
    for await (const outcome of streamTokens(userIds, streamOptions)) {
      await onOutcome?.(outcome);
      outcomes[outcome.index] = outcome;
    }
    return outcomes;
  }

  return { issueTokens, streamTokens };
}
