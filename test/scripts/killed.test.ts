import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { buildForNode } from '../support/build.js';
import { useServedFakes } from '../support/serve.js';
import { subjects } from '../support/subjects/index.js';

const kills = 20;
const concurrency = 4;
const batchSize = 5;
const ids = Array.from({ length: 4_000 }, (_, index) => `user-${String(index)}`);
const { fakes, server } = useServedFakes();
let program: string;
let folder: string;

beforeAll(async () => {
  program = await buildForNode({ cli: 'src/cli/main.ts' });
  folder = await mkdtemp(join(tmpdir(), 'tokenwright-killed-'));
});
afterAll(() => Promise.all([program, folder].map((each) => rm(each, { recursive: true, force: true }))));

it(`loses nobody when it is killed ${String(kills)} times, and issues twice at most what was under way`, async () => {
  const [input, results] = [join(folder, 'ids.txt'), join(folder, 'tokens.ndjson')];
  await writeFile(input, ids.join('\n'));
  await writeFile(results, '');
  fakes.sfox.failWith({ delay: 20 });
  const args = ['issue', 'sfox', '-', '--base-url', server().baseUrls.sfox, '--skip', results];
  const sizes = ['--concurrency', String(concurrency), '--batch-size', String(batchSize)];

  /** As `issue … --skip tokens.ndjson < ids.txt >> tokens.ndjson`, until it ends. */
  async function start() {
    const [stdin, stdout] = await Promise.all([open(input), open(results, 'a')]);
    const { PATH } = process.env;
    const child = spawn(process.execPath, [join(program, 'cli.cjs'), ...args, ...sizes], {
      env: { PATH, ...subjects.sfox.variables },
      stdio: [stdin.fd, stdout.fd, 'pipe'],
    });
    const end = once(child, 'close').finally(() => Promise.all([stdin.close(), stdout.close()]));
    return { child, end };
  }

  async function printed(): Promise<string[]> {
    const lines = (await readFile(results, 'utf8')).split('\n').filter(Boolean);
    return lines.map((line) => (JSON.parse(line) as { userId: string }).userId);
  }

  const moments: number[] = [];
  for (let count = 0; count < kills; count += 1) {
    const before = fakes.sfox.calls.length;
    const { child, end } = await start();
    await vi.waitFor(
      () => {
        expect(fakes.sfox.calls.length).toBeGreaterThan(before);
      },
      { timeout: 60_000, interval: 2 },
    );
    moments.push(Math.random() * 100);
    await sleep(moments.at(-1));
    child.kill('SIGKILL');
    expect(await end).toEqual([null, 'SIGKILL']);
    const lost = fakes.sfox.tokens.length - (await printed()).length;
    expect(lost, `killed after ${moments.join(', ')} ms`).toBeLessThanOrEqual((count + 1) * concurrency * batchSize);
  }
  expect((await printed()).length, 'the last run has something left to do').toBeLessThan(ids.length);

  const { end } = await start();
  expect(await end).toEqual([0, null]);
  const served = await printed();
  expect([...served].sort()).toEqual([...ids].sort());
  expect(fakes.sfox.tokens.length - ids.length).toBeLessThanOrEqual(kills * concurrency * batchSize);
  // Starting and killing processes takes what the machine likes.
}, 300_000);
