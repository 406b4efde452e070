import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildForNode } from '../support/build.js';
import { environment } from '../support/cli.js';
import { useServedFakes } from '../support/serve.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { fakes, server } = useServedFakes();
let folder: string;

beforeAll(async () => {
  folder = await buildForNode({ cli: 'src/cli/main.ts' });
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

function start(
  args: string[],
  env: NodeJS.ProcessEnv = environment,
): ChildProcess & { stdin: NodeJS.WritableStream; stdout: NodeJS.ReadableStream; stderr: NodeJS.ReadableStream } {
  const { PATH } = process.env;
  return spawn(process.execPath, [join(folder, 'cli.cjs'), ...args], { env: { PATH, ...env } });
}

async function finish(child: ReturnType<typeof start>) {
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { stdout, stderr, exitCode };
}

describe('a real process', () => {
  it('issues', async () => {
    const child = start(['issue', 'clerk', 'user_1', '--base-url', server().baseUrls.clerk, '--format', 'token']);
    const { stdout, stderr, exitCode } = await finish(child);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(stdout).toBe(`${fakes.clerk.tokens[0]!.token}\n`);
  });

  it('revokes, and says so by its exit code', async () => {
    const child = start(['revoke', 'clerk', 'sit_unknown', '--base-url', server().baseUrls.clerk]);
    expect(await finish(child)).toMatchObject({ exitCode: 1, stdout: '' });
  });

  it('checks', async () => {
    const { stdout, exitCode } = await finish(start(['check']));
    expect(exitCode).toBe(0);
    expect(stdout).toContain('clerk: ready');
  });

  it('shows the demo as its documentation does', async () => {
    const { stdout, stderr, exitCode } = await finish(
      start(['demo'], { JUNCTION_ENV: 'production', SFOX_ENV: 'nope' }),
    );
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    const page = await readFile(join(root, 'docs/command-line.md'), 'utf8');
    // How long it took is the machine's.
    const withoutTime = (text: string) => text.replace(/about \d+ s/, 'about N s');
    expect(withoutTime(page)).toContain(`\`\`\`text\n${withoutTime(stdout)}\`\`\`\n`);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('serves until it is interrupted by %s', async (signal) => {
    const child = start(['serve', '--port', '0'], {});
    const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
    const baseUrl = /clerk\s+(\S+)/.exec(chunk.toString())?.[1] ?? '';
    const response = await fetch(`${baseUrl}/v1/sign_in_tokens`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_x', 'content-type': 'application/json' },
      body: '{"user_id":"user_1"}',
    });
    expect(response.status).toBe(200);
    child.kill(signal);
    expect((await finish(child)).exitCode).toBe(0);
  });

  it('ends with 130 when interrupted, after what it issued', async () => {
    const child = start(['issue', 'clerk', '-', '--base-url', server().baseUrls.clerk]);
    child.stdin.write('user_1\nuser_2\n');
    const [first] = (await once(child.stdout, 'data')) as [Buffer];
    child.kill('SIGINT');
    const { stdout, exitCode } = await finish(child);
    expect(exitCode).toBe(130);
    expect(`${first.toString()}${stdout}`).toContain('user_1');
  });

  it('ends at once when interrupted twice', async () => {
    fakes.clerk.failWith({ fault: 'stall' });
    const child = start(['issue', 'clerk', 'user_1', 'user_2', '--base-url', server().baseUrls.clerk]);
    await vi.waitFor(() => {
      expect(fakes.clerk.calls.length).toBeGreaterThan(0);
    }, 15_000);
    child.kill('SIGINT');
    const [note] = (await once(child.stderr, 'data')) as [Buffer];
    expect(note.toString()).toContain('Interrupted: waiting');
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([null, 'SIGINT']);
  });

  it('ends quietly when nobody reads any more, with a code of its own', async () => {
    const child = start(['issue', 'sfox', '-', '--base-url', server().baseUrls.sfox]);
    child.stdin.on('error', () => undefined);
    child.stdin.write(Array.from({ length: 20_000 }, (_, index) => `user-${String(index)}\n`).join(''));
    await once(child.stdout, 'data');
    (child.stdout as unknown as { destroy(): void }).destroy();
    const [stderr, [exitCode]] = await Promise.all([text(child.stderr), once(child, 'close') as Promise<[number]>]);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 141 });
  });

  it('goes on, and ends with the same code, when nobody reads standard error any more', async () => {
    fakes.clerk.addUser('user_1');
    const child = start(['issue', 'clerk', '-', '--base-url', server().baseUrls.clerk]);
    (child.stderr as unknown as { destroy(): void }).destroy();
    child.stdin.end('user_1\nuser_2\n');
    const [stdout, [exitCode]] = await Promise.all([text(child.stdout), once(child, 'close') as Promise<[number]>]);
    expect(stdout.trim().split('\n')).toHaveLength(2);
    expect(exitCode).toBe(4);
  });

  it('revokes no more when nobody reads any more', async () => {
    const { stdout } = await finish(start(['issue', 'clerk', 'a', 'b', 'c', '--base-url', server().baseUrls.clerk]));
    const ids = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: string }).id);
    const child = start(['revoke', 'clerk', '-', '--base-url', server().baseUrls.clerk]);
    (child.stdout as unknown as { destroy(): void }).destroy();
    child.stdin.end(ids.join('\n'));
    const [stderr, [exitCode]] = await Promise.all([text(child.stderr), once(child, 'close') as Promise<[number]>]);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 141 });
    expect(fakes.clerk.tokens.find(({ id }) => id === ids.at(-1))?.status).toBe('pending');
  });

  it('fails if the disk is full in the middle of a result', async () => {
    const file = join(folder, 'results.json');
    const args = ['issue', 'clerk', 'u'.repeat(300), '--base-url', server().baseUrls.clerk];
    // The limit of a file's size stands for the disk: the first write is cut short, and the next one fails.
    const child = spawn(
      'sh',
      ['-c', 'trap "" XFSZ; ulimit -f 1; exec "$@" > "$0"', file, process.execPath, join(folder, 'cli.cjs'), ...args],
      { env: { PATH: process.env['PATH'], ...environment } },
    );
    const { stderr, exitCode } = await finish(child);
    expect((await readFile(file)).length).toBeLessThanOrEqual(1024);
    expect(stderr).toContain('EFBIG');
    expect(exitCode).toBe(1);
  });
});
