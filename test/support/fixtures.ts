import { readdirSync, readFileSync } from 'node:fs';
import type { CannedAnswer } from './server.js';

/** A documented or recorded answer: `provider/name` of a file in test/fixtures, where its source stands too. */
export function fixture(name: string): CannedAnswer & { readonly body: unknown } {
  const file = new URL(`../fixtures/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as CannedAnswer & { body: unknown };
}

/** The names of all answers of a provider. */
export function fixtureNames(provider: string): string[] {
  const folder = new URL(`../fixtures/${provider}/`, import.meta.url);
  return readdirSync(folder).map((file) => file.replace(/\.json$/, ''));
}
