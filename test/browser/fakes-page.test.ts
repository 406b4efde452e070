import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FakeServer, startFakeServer } from '../../src/testing/server/index.js';
import { launchBrowser } from './chromium.js';

const screenshot = new URL('../../docs/fakes-page.png', import.meta.url).pathname;
const userId = '6f3c0d4e-8a51-4c1b-9b7e-2f1d7a90c3aa';
let server: FakeServer;
let browser: Browser;
let page: Page;
/** What went wrong in the page, or was asked of anybody else. */
let problems: string[];

beforeAll(async () => {
  server = await startFakeServer({ randomSeed: 7 });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

beforeEach(async () => {
  server.fakes.reset();
  problems = [];
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  page = await context.newPage();
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    // A status that a test asks for is no problem of the page's.
    if (message.type() === 'error' && !message.text().includes('400')) problems.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(server.url) && !request.url().startsWith('data:')) problems.push(request.url());
  });
  await page.goto(`${server.url}/_fakes/`);
  await page.getByRole('region', { name: 'Tokens of Clerk' }).waitFor();
});
afterEach(async () => {
  await page.context().close();
  expect(problems).toEqual([]);
});

const clerk = () => page.getByRole('region', { name: 'Clerk', exact: true });
const rows = () => clerk().locator('tbody tr');

function issue(body: object = { user_id: 'user_1', expires_in_seconds: 3600 }): Promise<Response> {
  return fetch(`${server.baseUrls.clerk}/v1/sign_in_tokens`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_made-up', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

const says = (text: string) => page.getByRole('status').getByText(text).waitFor();

describe('the page of the fakes', () => {
  it('shows a token as it is issued, and its secret on demand alone', async () => {
    await issue();
    const [token] = server.fakes.clerk.tokens;
    await rows().getByText('user_1').waitFor();
    expect(await rows().textContent()).toContain('not used');
    expect((await page.content()).includes(token!.token)).toBe(false);

    await page.getByRole('button', { name: 'Reveal the token of user_1' }).click();
    await rows().getByText(token!.token).waitFor();
    await page.getByRole('button', { name: 'Hide the token of user_1' }).click();
    await rows().getByLabel('hidden').waitFor();
    expect((await page.content()).includes(token!.token)).toBe(false);

    await page.getByRole('button', { name: 'Copy the token of user_1' }).click();
    await says('Copied the token of user_1.');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(token!.token);
  });

  it('uses a token up, and says so when that fails', async () => {
    await issue();
    const useUp = page.getByRole('button', { name: 'Use up the token of user_1' });
    await useUp.click();
    await rows()
      .getByText(/^used \d/)
      .waitFor();
    expect(server.fakes.clerk.tokens[0]?.status).toBe('accepted');
    await useUp.click();
    await says("The status of the token is 'accepted': it cannot be used any more.");
  });

  it('shows calls as they come, and what was asked for next', async () => {
    await clerk().getByRole('combobox').selectOption('429');
    await clerk().getByRole('button', { name: 'Fail the next request' }).click();
    await says('The next request to Clerk will get 429.');
    expect((await issue()).status).toBe(429);
    const requests = page.getByRole('region', { name: 'Requests' }).first();
    await requests.getByRole('row', { name: /Clerk .* POST \/v1\/sign_in_tokens 429/ }).waitFor();
    await issue();
    await requests.getByRole('row', { name: /sign_in_tokens 200/ }).waitFor();
  });

  it('adds a user, and resets', async () => {
    await clerk().getByRole('textbox', { name: 'User id' }).fill('user_2');
    await page.keyboard.press('Enter');
    await says('Added user_2. Clerk now knows only users that were added.');
    expect((await issue()).status).toBe(404);
    await page.getByRole('button', { name: 'Reset everything' }).click();
    await says('Everything is as it was at the start.');
    expect((await issue()).status).toBe(200);
  });

  it('sets the clock forward, and shows what has expired', async () => {
    await issue();
    await rows().getByText('not used').waitFor();
    await page.getByRole('button', { name: 'Advance' }).click();
    await rows().getByText('expired').waitFor();
  });

  it('says that the connection is lost, and that it is back', async () => {
    const port = Number(new URL(server.url).port);
    await server.close();
    await says('The connection to the server is lost.');
    server = await startFakeServer({ port, randomSeed: 7 });
    await says('The connection to the server is back.');
    // The browser names each attempt.
    problems = problems.filter((problem) => !problem.includes('net::ERR_'));
  });

  it('shows an id as text, whatever it holds', async () => {
    await issue({ user_id: '<img src=x onerror=alert(1)>' });
    await rows().getByText('<img src=x onerror=alert(1)>').waitFor();
    expect(await page.locator('img').count()).toBe(0);
  });

  it('is used with the keyboard, and keeps the focus while it changes', async () => {
    await issue();
    const reveal = page.getByRole('button', { name: 'Reveal the token of user_1' });
    await reveal.focus();
    await page.keyboard.press('Enter');
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
    expect(await focused()).toBe('Hide the token of user_1');
    await issue({ user_id: 'user_2' });
    await rows().getByText('user_2').waitFor();
    expect(await focused()).toBe('Hide the token of user_1');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Copy the token of user_1');
  });

  it('has a name for all that can be used, and headings in order', async () => {
    await issue();
    await rows().first().waitFor();
    const nameless = await page.evaluate(() =>
      [...document.querySelectorAll('button, input, select, [tabindex="0"]')]
        .filter((element) => {
          const label = element.getAttribute('aria-label') ?? element.closest('label')?.textContent;
          const labelledBy = element.getAttribute('aria-labelledby');
          return !(
            label ?? (labelledBy === null ? element.textContent : document.getElementById(labelledBy)?.textContent)
          )?.trim();
        })
        .map((element) => element.outerHTML),
    );
    expect(nameless).toEqual([]);
    const headings = await page
      .locator('h1, h2')
      .evaluateAll((all) => all.map((each) => `${each.tagName} ${each.textContent}`));
    expect(headings).toEqual(['H1 tokenwright fakes', 'H2 Junction', 'H2 sFOX', 'H2 Clerk', 'H2 Requests']);
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
  });

  it.each(['light', 'dark'] as const)('can be read in %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    const contrasts = await page.evaluate(() => {
      const brightness = (color: string) => {
        const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map((part) => {
          const value = Number(part) / 255;
          return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      };
      const page = brightness(getComputedStyle(document.body).backgroundColor);
      return [...document.querySelectorAll('body, .note, caption, label, .empty, #message')].map((element) => {
        const text = brightness(getComputedStyle(element).color);
        return (Math.max(text, page) + 0.05) / (Math.min(text, page) + 0.05);
      });
    });
    expect(contrasts.length).toBeGreaterThan(8);
    expect(Math.min(...contrasts)).toBeGreaterThan(4.5);
  });

  it('looks like this', async () => {
    const { baseUrls } = server;
    await fetch(`${baseUrls.junction}/v2/user/${userId}/sign_in_token`, {
      method: 'POST',
      headers: { 'x-vital-api-key': 'sk_eu_made-up' },
    });
    await fetch(`${baseUrls.sfox}/v1/enterprise/user-tokens/alice`, {
      method: 'POST',
      headers: { authorization: 'Bearer made-up-sfox' },
    });
    await issue();
    await issue({ user_id: 'user_2', expires_in_seconds: 300 });
    server.fakes.clerk.consume(server.fakes.clerk.tokens[0]!.token);
    server.fakes.clerk.failNext({ status: 503 });
    await issue();
    await page.getByRole('row', { name: /503/ }).waitFor();
    if (process.env['SCREENSHOT'] !== undefined) await page.screenshot({ path: screenshot, fullPage: true });
  });
});
