import { readdirSync, readFileSync } from 'node:fs';
import type { AnswerWithBody } from './subjects/subject.js';

// From where the tests are run: a program of their own, built elsewhere, reads them too.
const folder = 'test/fixtures';

/** A documented or recorded answer: `provider/name` of a file in test/fixtures, where its source stands too. */
export function fixture(name: string): AnswerWithBody {
  return JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8')) as AnswerWithBody;
}

/** All error bodies of a provider, by name. */
export function errorFixtures(provider: string): Readonly<Record<string, AnswerWithBody>> {
  const names = readdirSync(`${folder}/${provider}`).map((file) => file.replace(/\.json$/, ''));
  const errors = names.filter((name) => name.startsWith('error.'));
  return Object.fromEntries(errors.map((name) => [name, fixture(`${provider}/${name}`)]));
}
