import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useServedFakes } from '../support/serve.js';
import { launchBrowser } from './chromium.js';

const folder = fileURLToPath(new URL('../../examples/clerk-ticket', import.meta.url));
let elapsed = 0;
const { fakes, server } = useServedFakes({ now: () => Date.now() + elapsed });
const stops: (() => unknown)[] = [];
let browser: Browser;
let place: string;

beforeAll(async () => {
  const { PATH } = process.env;
  const env = {
    PATH,
    PORT: '0',
    CLERK_SECRET_KEY: 'sk_test_made-up-clerk-key',
    CLERK_API_URL: server().baseUrls.clerk,
    // The frontend API is beside the backend API.
    CLERK_FRONTEND_URL: server().baseUrls.clerk,
  };
  const program = spawn(process.execPath, ['server.mjs'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  stops.push(() => program.kill());
  const [line] = (await once(program.stdout, 'data')) as [Buffer];
  place = line.toString().trim();
  browser = await launchBrowser();
  stops.push(() => browser.close());
});

afterAll(() => Promise.all(stops.map((stop) => stop())));

/** A device of somebody's: its pages share nothing with another's. */
async function openDevice(session?: string): Promise<{ page: Page; asked: string[] }> {
  const context = await browser.newContext();
  if (session !== undefined)
    await context.addCookies([{ name: 'session', value: session, url: place, httpOnly: true, sameSite: 'Strict' }]);
  const page = await context.newPage();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  return { page, asked };
}

async function redeem(link: string) {
  const { page, asked } = await openDevice();
  await page.goto(link);
  const status = page.getByRole('status');
  await status.getByText('.').waitFor();
  return { status: await status.textContent(), address: page.url(), asked };
}

describe('the example of a ticket link, in a browser', () => {
  it('signs in on another device, once', async () => {
    fakes.clerk.addUser('user_alice');
    const { page } = await openDevice('session-of-alice');
    await page.goto(place);
    await page.getByRole('button').click();
    const link = await page.getByRole('link').evaluate((element) => (element as HTMLAnchorElement).href);

    const [ticket] = fakes.clerk.tokens;
    expect(ticket).toMatchObject({ userId: 'user_alice', status: 'pending' });
    expect(link).toBe(`${place}/sign-in#ticket=${ticket!.token}`);
    const first = await redeem(link);
    expect(first.status).toBe('You are signed in.');
    expect(ticket?.status).toBe('accepted');
    // The ticket goes to nobody but Clerk, and not in an address.
    expect(first.address).toBe(`${place}/sign-in`);
    expect(first.asked.map((url) => url.replace(/#.*/, '')).join(' ')).not.toContain(ticket!.token);

    const second = await redeem(link);
    expect(second.status).toContain('was used already');
    expect(fakes.clerk.tokens).toHaveLength(1);
  });

  it('gives nobody a link who is not signed in', async () => {
    fakes.clerk.addUser('user_alice');
    const { page } = await openDevice();
    await page.goto(place);
    await page.getByRole('button').click();
    await page.getByText('Sign in here first.').waitFor();
    expect(fakes.clerk.calls).toEqual([]);
  });

  it('is of no use after a minute', async () => {
    fakes.clerk.addUser('user_alice');
    const { page } = await openDevice('session-of-alice');
    await page.goto(place);
    await page.getByRole('button').click();
    await page.getByRole('link').waitFor();
    const [ticket] = fakes.clerk.tokens;
    elapsed += 61_000;
    expect((await redeem(`${place}/sign-in#ticket=${ticket!.token}`)).status).toContain('too old');
    expect(ticket?.status).toBe('pending');
  });
});
