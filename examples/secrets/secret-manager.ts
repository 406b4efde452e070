import type { Credential } from 'tokenwright';

const maxAgeInMilliseconds = 15 * 60 * 1000;

/** A key that a secret manager holds: read once, and again if it is old or the provider refused it. */
export function cacheKey(readKey: () => Promise<string>): Credential {
  let cached: { readonly key: string; readonly readAt: number } | undefined;
  return async ({ rejected }) => {
    if (rejected || cached === undefined || Date.now() - cached.readAt > maxAgeInMilliseconds) {
      cached = { key: await readKey(), readAt: Date.now() };
    }
    return cached.key;
  };
}
