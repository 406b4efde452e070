import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { providerIds } from '../../src/providers/create-issuer.js';

const source = (path: string) => readFileSync(new URL(`../../src/${path}`, import.meta.url), 'utf8');
const importsOf = (path: string) => [...source(path).matchAll(/from '([^']+)'/g)].map((match) => match[1]);

it.each(providerIds)('the fake of %s is written from the documentation, not from the adapter', (provider) => {
  for (const imported of importsOf(`providers/${provider}/fake.ts`)) expect(imported).toMatch(/^\.\.\/\.\.\/fakes\//);
});

it('what the fakes share knows nothing of the adapters either', () => {
  for (const file of readdirSync(new URL('../../src/fakes', import.meta.url))) {
    for (const imported of importsOf(`fakes/${file}`)) expect(imported).toMatch(/^\.\/[a-z-]+\.js$/);
  }
});
