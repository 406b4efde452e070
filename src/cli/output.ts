import type { IssueOutcome } from '../issuer.js';
import type { IssuedToken } from '../providers/index.js';
import type { ResultPlace } from './skip.js';
import { type CliContext, print, UsageError } from './context.js';
import { redactorOf, toJson } from './report.js';

export const formats = ['json', 'ndjson', 'token', 'env'] as const;
export type Format = (typeof formats)[number];

/** Writes the outcomes of one command as they arrive. */
export interface OutcomeWriter {
  readonly write: (outcome: IssueOutcome<IssuedToken>) => Promise<void>;
  readonly end: () => Promise<void>;
}

/**
 * @param place - The provider, environment and region; a part of each result, so that `--skip` can check them.
 * @param isMany - Whether there may be several outcomes: they are then printed as lines or a list, including failures.
 */
export function createOutcomeWriter(
  context: CliContext,
  place: ResultPlace,
  format: Format,
  isMany: boolean,
): OutcomeWriter {
  let count = 0;

  async function writeJson(value: object): Promise<void> {
    const text = JSON.stringify(value, undefined, format === 'json' ? 2 : undefined);
    if (format === 'ndjson' || !isMany) await print(context, `${text}\n`);
    else await print(context, `${count === 0 ? '[' : ','}\n${text}`);
    count += 1;
  }

  return {
    async write(outcome) {
      const { index, userId } = outcome;
      if (outcome.status === 'rejected') {
        const { reason } = outcome;
        // An id may have been refused because it is a key.
        const shownId = reason.code === 'invalid_user_id' ? redactorOf(context)(userId) : userId;
        await writeJson({ index, ...place, userId: shownId, error: toJson(reason) });
        return;
      }
      const { value } = outcome;
      mask(context, value);
      if (format === 'token') await print(context, `${value.token}\n`);
      else if (format === 'env') await print(context, toVariables(value));
      else await writeJson({ ...(isMany ? { index } : {}), ...place, ...value });
    },
    async end() {
      if (format === 'json' && isMany) await print(context, count === 0 ? '[]\n' : '\n]\n');
    },
  };
}

/**
 * Tells GitHub Actions to redact a token in its logs, before it is printed. The workflow command goes to standard error,
 * which the runner reads as well, because standard output may be captured in a variable.
 */
function mask(context: CliContext, token: IssuedToken): void {
  if (context.env['GITHUB_ACTIONS'] !== 'true') return;
  const secrets = [token.token, 'url' in token ? token.url : undefined];
  for (const secret of secrets) {
    if (secret === undefined) continue;
    // Also in its escaped form in JSON.
    for (const form of new Set([secret, JSON.stringify(secret).slice(1, -1)])) {
      const escaped = form.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
      context.stderr.write(`::add-mask::${escaped}\n`);
    }
  }
}

/** Formats a token as variables, for `eval` in a shell or for an env file. */
function toVariables({ provider, userId, token, expiresAt }: IssuedToken): string {
  const variables = {
    TOKENWRIGHT_PROVIDER: provider,
    TOKENWRIGHT_USER_ID: userId,
    TOKENWRIGHT_TOKEN: token,
    ...(expiresAt === undefined ? {} : { TOKENWRIGHT_EXPIRES_AT: expiresAt.toISOString() }),
  };
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${quoteForShell(value)}\n`)
    .join('');
}

/**
 * Checks the value of a variable.
 *
 * @throws UsageError - It has a line break, which an env file cannot hold.
 */
export function checkVariable(value: string): void {
  if (/[\r\n]/.test(value)) throw new UsageError('A value with a line break cannot be a variable. Use --format json.');
}

function quoteForShell(value: string): string {
  checkVariable(value);
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
