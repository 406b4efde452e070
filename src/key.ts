import type { KeyFacts, ProviderProfile } from './profile.js';
import { type CallContext, configurationError } from './options.js';
import { copyCause } from './secrets.js';

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

/** Asks the user's function for a key. */
export async function askKey(context: CallContext, apiKey: () => string | Promise<string>): Promise<unknown> {
  try {
    return await apiKey();
  } catch (error) {
    throw configurationError(
      context,
      'missing_api_key',
      'the function `apiKey` failed; see `cause`.',
      copyCause(error),
    );
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
  if (/^(["']).*\1$/.test(key))
    throw refuse('has quotation marks around it, as some read them from a file. Remove them.');
  // `fetch` would print the whole key in the message with which it refuses such a header.
  if (/[^\x21-\x7e]/.test(key)) throw refuse('has characters that no key has: white space, control or non-ASCII ones.');

  const { refusedKeyPrefixes = {}, keyPrefixes = {} } = profile;
  const refused = Object.keys(refusedKeyPrefixes).find((prefix) => key.startsWith(prefix));
  if (refused !== undefined) throw refuse(`begins with ${refused}: that is ${String(refusedKeyPrefixes[refused])}`);

  const prefix = Object.keys(keyPrefixes).find((each) => key.startsWith(each));
  const facts = prefix === undefined ? undefined : keyPrefixes[prefix];
  for (const name of ['environment', 'region'] as const) {
    const wanted = target[name];
    if (wanted === undefined) continue;
    if (facts === undefined) {
      // Where the environment chooses the host, the provider there is the judge. Where one host serves all, only the
      // prefix could tell, and a guard that cannot hold must not look as if it did.
      if (typeof profile.hosts !== 'string') continue;
      const prefixes = Object.keys(keyPrefixes).join(' nor ');
      throw configurationError(
        context,
        'environment_mismatch',
        `${wanted.source} cannot be checked: ${source} begins with neither ${prefixes}. Use such a key or leave it out.`,
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
