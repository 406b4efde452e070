import type { KeyFacts, ProviderProfile } from './profile.js';
import { type CallContext, configurationError } from './options.js';
import { CredentialError } from '../errors.js';
import { copyCause } from '../secrets.js';

/** A value and where it came from, for messages. */
export interface Setting<Value = unknown> {
  readonly value: Value;
  readonly source: string;
}

/** What was asked for, by option or variable. */
export interface Target {
  readonly environment?: Setting<string> | undefined;
  readonly region?: Setting<string> | undefined;
  readonly baseUrl?: Setting | undefined;
}

/** How keys of many providers begin: the mode of Stripe and Clerk, the region of Junction. */
const providerPrefix = /^[sp]k_(live|test|us|eu)_/;

/** Asks the user's function for a key. */
export async function askKey(context: CallContext, apiKey: () => string | Promise<string>): Promise<unknown> {
  try {
    return await apiKey();
  } catch (error) {
    const { provider, label, operation } = context;
    throw new CredentialError({
      code: 'api_key_unavailable',
      message: `${label}: the function \`apiKey\` failed; see \`cause\`. Try again later, or mend the function.`,
      provider,
      operation,
      retryable: true,
      cause: copyCause(error),
    });
  }
}

/** Checks a key by itself and against what was asked for, and reads what its prefix says. */
export function examineKey(
  context: CallContext,
  profile: ProviderProfile,
  target: Target,
  { value: key, source }: Setting,
): { key: string; facts: KeyFacts | undefined } {
  const refuse = (problem: string) => configurationError(context, 'invalid_api_key', `${source} ${problem}`);
  if (typeof key !== 'string') throw refuse('must be a string.');
  if (key.trim() === '') throw refuse('is blank.');
  if (key.trim() !== key) throw refuse('has white space around it, often a line break from a file. Trim it.');
  if (/^["']|["']$/.test(key)) throw refuse('has a quotation mark at its end, as read from a file. Remove it.');
  // `fetch` would print the whole key in the message with which it refuses such a header.
  if (/[^\x21-\x7e]/.test(key)) throw refuse('has characters that no key has: white space, control or non-ASCII ones.');

  const { label, publishableKey, keyPrefixes = {} } = profile;
  if (publishableKey?.test(key) === true) {
    throw refuse('begins with pk_: that is the publishable key, which is for browsers. Use the secret key beside it.');
  }
  const prefixes = Object.keys(keyPrefixes);
  const prefix = prefixes.find((each) => key.startsWith(each));
  // A gateway, which a base URL names, may have keys of any form.
  const foreign = prefix === undefined && target.baseUrl === undefined ? providerPrefix.exec(key)?.[0] : undefined;
  if (foreign !== undefined) {
    const own = prefixes.length === 0 ? 'have no such prefix' : `begin with ${prefixes.join(', ')}`;
    throw refuse(`begins with ${foreign}, as another provider's keys do; ${label}'s ${own}.`);
  }
  const facts = prefix === undefined ? undefined : keyPrefixes[prefix];
  for (const name of ['environment', 'region'] as const) {
    const wanted = target[name];
    if (wanted === undefined) continue;
    if (facts === undefined) {
      // Where the environment chooses the host, the provider there is the judge. Where one host serves all, only the
      // prefix could tell, and a guard that cannot hold must not look as if it did.
      if (typeof profile.hosts !== 'string') continue;
      throw configurationError(
        context,
        'environment_mismatch',
        `${wanted.source} cannot be checked: ${source} begins with neither ${prefixes.join(' nor ')}. Use such a key or leave it out.`,
      );
    }
    if (facts[name] === wanted.value) continue;
    throw configurationError(
      context,
      'environment_mismatch',
      `${wanted.source} is '${wanted.value}', but ${source} begins with ${String(prefix)}, ` +
        `which means '${String(facts[name])}'. Use a key of the other ${name}, or change ${wanted.source}.`,
    );
  }
  return { key, facts };
}
