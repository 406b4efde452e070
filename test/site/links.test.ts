import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { findBrokenLinks } from '../support/links.js';

const site = fileURLToPath(new URL('../../coverage/docs', import.meta.url));

it('each link of the built site leads somewhere, as `npm run docs` has built it', () => {
  const pages = readdirSync(site, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.html'));
  expect(pages).toEqual(expect.arrayContaining(['index.html', 'documents/Errors.html', 'modules/tokenwright.html']));
  expect(findBrokenLinks(site, pages)).toEqual([]);
});
