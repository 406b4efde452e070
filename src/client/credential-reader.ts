import { CredentialError } from '../errors.js';
import { copyCause } from '../secrets/cause.js';
import { checkCredential, type Credentials, type CredentialSource } from './credentials.js';
import type { Keyring } from './keyring.js';
import type { CallContext } from './options.js';
import type { ProviderProfile } from './profile.js';
import type { Target } from './target.js';

/** Where the credentials of a client's requests come from. */
export interface CredentialReader {
  /**
   * The credentials for a request: at once if all are known, else a promise, because functions return some of them. Throws
   * a `ConfigurationError` or a `CredentialError`.
   */
  readonly read: (context: CallContext) => Credentials | Promise<Credentials>;
  /**
   * New credentials after a 401, or `undefined` if the functions still return the refused ones. The functions are called
   * once more, unless another 401 for the same values has already caused that.
   */
  readonly renew: (context: CallContext, refused: Credentials) => Promise<Credentials | undefined>;
}

/** The values that the functions returned, in the order of the sources. */
interface Answer {
  readonly number: number;
  readonly values: readonly unknown[];
  /** Whether the functions were called with `rejected: true`. */
  readonly isRenewal: boolean;
  /** Whether the provider refused these values. */
  isRefused: boolean;
}

/** One call of the functions. */
interface Asking {
  readonly startedAt: number;
  readonly answer: Promise<Answer>;
}

interface ReaderParts {
  readonly profile: ProviderProfile;
  readonly target: Target;
  readonly sources: readonly CredentialSource[];
  readonly keyring: Keyring;
  /** After this many milliseconds, a pending call of the functions counts as hung: the next request calls them again. */
  readonly hungAfterMilliseconds: number;
}

/**
 * Reads the credentials for requests. Requests that arrive while the functions are being called share the result.
 */
export function createCredentialReader({
  profile,
  target,
  sources,
  keyring,
  hungAfterMilliseconds,
}: ReaderParts): CredentialReader {
  const known = sources.flatMap(({ value }) => value ?? []);
  if (known.length === sources.length) {
    const credentials = toCredentials(sources, known);
    return { read: () => credentials, renew: () => Promise.resolve(undefined) };
  }

  const answers = new WeakMap<Credentials, Answer>();
  let latest: Answer | undefined;
  let asking: Asking | undefined;
  let count = 0;

  async function callFunctions(): Promise<Answer> {
    count += 1;
    const number = count;
    const previous = latest;
    const isRenewal = previous?.isRefused === true;
    const values = await Promise.all(sources.map(({ value, ask }) => value ?? ask?.({ rejected: isRenewal })));
    const isRefused = isRenewal && isSame(values, previous.values);
    return { number, values, isRenewal, isRefused };
  }

  /** The answer of the pending call, unless that hangs. */
  const pendingAnswer = () =>
    asking !== undefined && performance.now() - asking.startedAt < hungAfterMilliseconds ? asking.answer : undefined;

  function ask(): Promise<Answer> {
    const joined = pendingAnswer();
    if (joined !== undefined) return joined;
    const own: Asking = { startedAt: performance.now(), answer: callFunctions() };
    asking = own;
    const end = (answer?: Answer) => {
      if (asking === own) asking = undefined;
      if (answer !== undefined && answer.number > (latest?.number ?? 0)) latest = answer;
    };
    own.answer.then(end, () => {
      end();
    });
    return own.answer;
  }

  function check(context: CallContext, answer: Answer): Credentials {
    const checked = sources.map(({ value, credential, source }, index) => {
      if (value !== undefined) return value;
      const setting = { value: answer.values[index], source: `the value that ${source} returned` };
      return checkCredential(context, { profile, credential, target }, setting).value;
    });
    const credentials = toCredentials(sources, checked);
    keyring.remember(checked);
    answers.set(credentials, answer);
    return credentials;
  }

  async function read(context: CallContext): Promise<Credentials> {
    const answer = await ask().catch((error: unknown) => {
      throw credentialError(context, { sources, keyring }, error);
    });
    return check(context, answer);
  }

  return {
    read,
    async renew(context, refused) {
      const { values, number } = answers.get(refused) ?? { values: [], number: 0 };
      await pendingAnswer()?.catch(() => undefined);
      const isDone = latest !== undefined && latest.isRenewal && latest.number > number;
      if (latest !== undefined && !isDone && isSame(latest.values, values)) {
        latest.isRefused = true;
        await read(context);
      }
      return latest === undefined || isSame(latest.values, values) ? undefined : check(context, latest);
    },
  };
}

function toCredentials(sources: readonly CredentialSource[], values: readonly string[]): Credentials {
  const entries = sources.map(({ credential: { header, scheme } }, index) => {
    const value = values[index] ?? '';
    return [header, scheme === undefined ? value : `${scheme} ${value}`] as const;
  });
  return { headers: Object.fromEntries(entries) };
}

function isSame(values: readonly unknown[], others: readonly unknown[]): boolean {
  return values.every((value, index) => Object.is(value, others[index]));
}

/** The error if a user's function for a credential failed, or did not answer in time. */
export function credentialError(
  { provider, label, operation }: CallContext,
  { sources, keyring }: Pick<ReaderParts, 'sources' | 'keyring'>,
  reason: unknown,
): CredentialError {
  const names = sources.filter(({ ask }) => ask !== undefined).map(({ name }) => `\`${name}\``);
  return new CredentialError({
    code: 'api_key_unavailable',
    message: `${label}: the function ${names.join(' or ')} failed; see \`cause\`. Try again later, or fix the function.`,
    provider,
    operation,
    retryable: true,
    cause: copyCause(reason, keyring.redact),
  });
}
