import { readFile } from 'node:fs/promises';
import { type ClerkOptions, createClerk } from 'tokenwright';

/** A client that reads its key from a mounted file before each request, so that a new key needs no restart. */
export function createClerkFromFile(path: string, options: ClerkOptions = {}) {
  return createClerk({ ...options, apiKey: async () => (await readFile(path, 'utf8')).trim() });
}
