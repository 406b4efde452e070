import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll } from 'vitest';
import { unusedPort } from './port.js';

const ends = new Set<() => Promise<void>>();

afterAll(async () => {
  await Promise.all([...ends].map((end) => end()));
  ends.clear();
});

/** A `redis-server` of its own on a free port, which stores nothing and ends with the tests of the file. */
export async function startRedis(): Promise<{
  readonly url: string;
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
}> {
  const port = await unusedPort();
  const folder = await mkdtemp(join(tmpdir(), 'tokenwright-redis-'));
  let server: ChildProcess | undefined;
  const kill = async (): Promise<void> => {
    if (server === undefined) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
    server = undefined;
  };
  const start = async (): Promise<void> => {
    const options = {
      '--port': String(port),
      '--bind': '127.0.0.1',
      '--dir': folder,
      '--save': '',
      '--appendonly': 'no',
    };
    const started = spawn('redis-server', [...Object.entries(options).flat(), '--maxmemory-policy', 'noeviction'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await Promise.race([once(started, 'spawn'), once(started, 'error').then(([error]) => missing(error as Error))]);
    server = started;
    for await (const line of createInterface({ input: started.stdout })) {
      if (line.includes('Ready to accept connections')) break;
    }
    started.stdout.resume();
  };
  ends.add(async () => {
    await kill();
    await rm(folder, { recursive: true });
  });
  await start();
  return { url: `redis://127.0.0.1:${String(port)}`, kill, start };
}

function missing(cause: Error): never {
  throw new Error('There is no redis-server in the PATH: install Redis; on Debian run .ci/install-redis.', { cause });
}
