import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { createClerk } from '../../src/index.js';
import { buildForNode } from '../support/build.js';

const example = fileURLToPath(new URL('../../examples/fakes', import.meta.url));
const programs: ChildProcess[] = [];
let folder: string;
let compose: string;

beforeAll(async () => {
  folder = await buildForNode({ cli: 'src/cli/main.ts' });
  compose = await readFile(join(example, 'compose.yaml'), 'utf8');
}, 60_000);
afterAll(async () => {
  for (const program of programs) program.kill();
  await rm(folder, { recursive: true, force: true });
});

afterEach(() => {
  vi.unstubAllEnvs();
});

/** What stands behind a name of the file. */
function valueOf(pattern: RegExp): string {
  const [, value] = pattern.exec(compose) ?? [];
  if (value === undefined) throw new Error(`The compose file has nothing for ${String(pattern)}.`);
  return value.trim();
}

/** Starts a program, and returns the first thing it says. */
async function start(args: readonly string[], env: Record<string, string>): Promise<string> {
  const { PATH } = process.env;
  const program = spawn(process.execPath, args, {
    cwd: example,
    env: { PATH, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  programs.push(program);
  const [chunk] = (await once(program.stdout, 'data')) as [Buffer];
  return chunk.toString();
}

// As compose would, by hand: an address of its own for each service, and the name of the other one in its variables.
it('the compose file lets the app talk to the fakes', async () => {
  const command = valueOf(/^ {4}command: npx --yes tokenwright (serve .*)$/m);
  const own: Readonly<Record<string, string>> = {
    '0.0.0.0': '127.0.0.2',
    '4010': '0',
    '/fakes.json': join(example, 'fakes.json'),
  };
  expect(compose).toContain('- ./fakes.json:/fakes.json:ro');
  const said = await start([join(folder, 'cli.cjs'), ...command.split(' ').map((word) => own[word] ?? word)], {});
  const fakes = /clerk\s+http:\/\/(.*)\/clerk/.exec(said)?.[1] ?? '';
  expect(fakes).toMatch(/^127\.0\.0\.2:\d+$/);

  const health = valueOf(/^ {6}test: wget -q -O \/dev\/null (\S+)$/m).replace('127.0.0.1:4010', fakes);
  await vi.waitFor(async () => {
    expect((await fetch(health)).status).toBe(200);
  }, 10_000);

  const env = {
    CLERK_SECRET_KEY: valueOf(/CLERK_SECRET_KEY: (.*)$/m),
    CLERK_API_URL: valueOf(/CLERK_API_URL: (.*)$/m).replace('fakes:4010', fakes),
    HOST: '127.0.0.3',
    PORT: '0',
  };
  expect(env.CLERK_API_URL).toBe(`http://${fakes}/clerk`);
  const app = (await start(valueOf(/command: node (.*)$/m).split(' '), env)).trim();
  expect(app).toMatch(/^http:\/\/127\.0\.0\.3:/);

  const link = (await (await fetch(app)).text()).trim();
  expect(link.startsWith(`http://${fakes}/clerk/v1/tickets/accept?ticket=`)).toBe(true);
  expect(await (await fetch(link)).text()).toContain('user_alice is signed in');
  const tokens = await (await fetch(`http://${fakes}/_fakes/clerk/tokens`)).json();
  expect(tokens).toMatchObject([{ userId: 'user_alice', status: 'accepted' }]);

  await fetch(`http://${fakes}/_fakes/clerk/fail-next`, { method: 'POST', body: '{"status": 503}' });
  expect((await fetch(app)).status).toBe(502);
});

it('the variables of the compose file are enough for an app that uses tokenwright', () => {
  for (const [, name = '', value = ''] of compose.matchAll(/^ {6}((?:CLERK|TOKENWRIGHT)_\w+): '?(.*?)'?$/gm))
    vi.stubEnv(name, value);
  expect(createClerk().provider).toBe('clerk');
});
