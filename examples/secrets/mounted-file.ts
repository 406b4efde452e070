import { readFile } from 'node:fs/promises';
import { type ClerkOptions, createClerk } from 'tokenwright';

/** A client whose key is in a mounted file. It is read for each request, so that a new key needs no restart. */
export function createClerkFromFile(path: string, options: ClerkOptions = {}) {
  return createClerk({ ...options, apiKey: async () => (await readFile(path, 'utf8')).trim() });
}
