import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findBrokenLinks } from './support/links.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = readdirSync(join(root, 'docs')).filter((file) => file.endsWith('.md') && file !== 'README.md');

describe('the documentation', () => {
  it('links to files and headings that are there', () => {
    const others = ['README.md', 'SECURITY.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'bench/README.md'];
    expect(findBrokenLinks(root, [...others, 'docs/README.md', ...pages.map((page) => `docs/${page}`)])).toEqual([]);
  });

  it('has every page in its table of contents', () => {
    const contents = readFileSync(join(root, 'docs/README.md'), 'utf8');
    for (const page of pages) expect(contents).toContain(`](${page})`);
  });
});

it.each([
  ['ts', 'sign-in.test.ts'],
  ['ts', 'testing/msw.test.ts'],
  ['ts', 'testing/fake-timers.test.ts'],
  ['js', 'testing/sign-in.jest.cjs'],
  ['js', 'testing/sign-in.node.mjs'],
])('docs/testing.md shows, as %s, what is run: %s', (language, file) => {
  const page = readFileSync(join(root, 'docs/testing.md'), 'utf8');
  const program = readFileSync(join(root, 'examples', file), 'utf8');
  expect(page).toContain(`\`\`\`${language}\n${program}\`\`\`\n`);
});

describe('docs/llms.txt', () => {
  const text = readFileSync(join(root, 'docs/llms.txt'), 'utf8');

  it('has the form that llmstxt.org asks for: a title, a summary, sections of links with a line each', () => {
    const [head = '', ...sections] = text.split(/^## /m);
    expect(head).toMatch(/^# tokenwright\n\n> \S/);
    expect(sections.length).toBeGreaterThan(1);
    for (const section of sections) expect(section).toMatch(/^[^\n]+\n\n(- \[[^\]]+\]\([^)]+\): [^\n]+\n)+\n?$/);
  });

  it('has every page, and its links lead somewhere', () => {
    const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link);
    expect(links.sort()).toEqual([...pages, '../README.md', '../SECURITY.md', '../CHANGELOG.md'].sort());
  });
});

it('a link that leads nowhere is found', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tokenwright-links-'));
  const links = ['b.md#part-one', '#a', 'https://example.com', 'c.md', 'b.md#two', '#three', 'd.png', '../etc'];
  writeFileSync(join(folder, 'a.md'), `# A\n\n${links.map((link) => `[x](${link})`).join(' ')} ![x](e.png)\n`);
  writeFileSync(join(folder, 'b.md'), '# B\n\n## Part one\n');
  const broken = findBrokenLinks(folder, ['b.md', 'a.md']);
  rmSync(folder, { recursive: true });
  expect(broken.map((each) => each.replace('a.md links to ', ''))).toEqual([...links.slice(3), 'e.png']);
});
