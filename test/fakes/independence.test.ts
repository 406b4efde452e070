import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { judged } from '../support/subjects/index.js';

const place = (path: string) => new URL(`../../src/${path}`, import.meta.url);
const importsOf = (path: string) =>
  [...readFileSync(place(path), 'utf8').matchAll(/from '([^']+)'/g)].map((match) => match[1]);

it.each(judged)('the fake of %s is written from the documentation, not from the adapter', (provider) => {
  const files = readdirSync(place(`providers/${provider}`)).filter((file) => file.startsWith('fake'));
  expect(files).toContain('fake.ts');
  for (const imported of files.flatMap((file) => importsOf(`providers/${provider}/${file}`)))
    expect(imported).toMatch(/^(\.\.\/\.\.\/fakes\/|\.\/fake[.-])/);
});

it('what the fakes share knows nothing of the adapters either', () => {
  for (const file of readdirSync(place('fakes'))) {
    for (const imported of importsOf(`fakes/${file}`)) expect(imported).toMatch(/^(\.\/[a-z-]+|\.\.\/secrets)\.js$/);
  }
});
