import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from './chromium.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const phone = { width: 390, height: 844 };
let folder: string;
let browser: Browser;
let page: Page;
/** What was asked of anybody else. */
let outside: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tokenwright-site-'));
  // All pages, and of the docstrings those of one entry: quicker, and `npm run docs` checks the rest.
  const part = ['--entryPoints', 'src/redis/index.ts', '--validation', 'false', '--treatWarningsAsErrors', 'false'];
  const typedoc = join(root, 'node_modules/typedoc/bin/typedoc');
  await promisify(execFile)(process.execPath, [typedoc, ...part, '--out', folder], { cwd: root });
  browser = await launchBrowser();
  // A compiler run, whose time is the machine's.
}, 300_000);

afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
});

beforeEach(async () => {
  outside = [];
  page = await browser.newPage({ viewport: phone });
  page.on('request', (request) => {
    if (!/^(file|data):/.test(request.url())) outside.push(request.url());
  });
});

afterEach(async () => {
  await page.close();
  expect(outside).toEqual([]);
});

const open = (path: string) => page.goto(pathToFileURL(join(folder, path)).href);

describe('the site of the documentation', () => {
  it.each(['light', 'dark'] as const)(
    'draws its diagrams, in %s, and again when another theme is chosen',
    async (scheme) => {
      await page.emulateMedia({ colorScheme: scheme });
      await open('documents/Token_endpoint.html');
      const diagrams = page.locator('figure.diagram svg');
      await diagrams.nth(2).waitFor();
      expect(await diagrams.count()).toBe(3);
      expect(await page.locator('code.mermaid').count()).toBe(0);
      const text = diagrams.first().getByText('who is signed');
      const colorOf = () => text.evaluate((element) => getComputedStyle(element).fill);
      const brightness = (color: string) => Math.max(...(color.match(/[\d.]+/g) ?? []).map(Number));
      expect(brightness(await colorOf()) > 128).toBe(scheme === 'dark');

      const other = scheme === 'dark' ? 'light' : 'dark';
      await page.evaluate((theme) => (document.documentElement.dataset['theme'] = theme), other);
      await expect.poll(async () => brightness(await colorOf()) > 128, { timeout: 60_000 }).toBe(other === 'dark');
    },
  );

  it.each(['index.html', 'documents/Token_endpoint.html', 'documents/Security.html', 'documents/Promises.html'])(
    '%s is no wider than the screen of a phone',
    async (path) => {
      await open(path);
      if (path.includes('Token_endpoint')) await page.locator('figure.diagram svg').nth(2).waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(phone.width);
    },
  );

  it('finds what stands in a page', async () => {
    await open('index.html');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.keyboard.type('issueTokenForClient');
    await page.locator('#tsd-search-results a[href*="Junction.html"]').first().waitFor();
  });
});
