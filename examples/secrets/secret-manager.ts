import type { Credential } from 'tokenwright';

const maxAgeInMilliseconds = 15 * 60 * 1000;

/** Caches a key from a secret manager. Reads it again if it is too old or the provider rejected it. */
export function cacheKey(readKey: () => Promise<string>): Credential {
  let cached: { readonly key: string; readonly readAt: number } | undefined;
  return async ({ rejected }) => {
    if (rejected || cached === undefined || Date.now() - cached.readAt > maxAgeInMilliseconds) {
      cached = { key: await readKey(), readAt: Date.now() };
    }
    return cached.key;
  };
}
