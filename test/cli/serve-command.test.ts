import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/run.js';
import { createCli } from '../support/cli.js';
import { keys } from '../support/operations.js';

const cli = createCli();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fakes-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fileOf(content: string | Buffer): Promise<string> {
  const path = join(folder, `${crypto.randomUUID()}.json`);
  await writeFile(path, content);
  return path;
}

/** Runs `serve` until the check is done; returns what stood on standard error. */
async function whileServing(
  args: readonly string[],
  env: Record<string, string>,
  check: (url: string) => Promise<void>,
): Promise<string> {
  const controller = new AbortController();
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const errors = text(stderr);
  const context = { env, stdin: Readable.from([]), stdout, stderr, signal: controller.signal };
  const running = run(['serve', ...args], context);
  try {
    const printed = once(stdout, 'data') as Promise<[Buffer]>;
    const [chunk] = await Promise.race([
      printed,
      running.then((code) => Promise.reject(new Error(`Ended: ${String(code)}`))),
    ]);
    const [, url = ''] = /clerk\s+(http:\/\/.*)\/clerk/.exec(chunk.toString()) ?? [];
    await check(url);
  } finally {
    controller.abort();
    await running;
    stderr.end();
  }
  return errors;
}

const issue = (url: string, userId: string, key = keys.clerk) =>
  fetch(`${url}/clerk/v1/sign_in_tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ user_id: userId }),
  });

describe('serve', () => {
  it('says where its page is, and a line for each request', async () => {
    const errors = await whileServing(['--port', '0'], {}, async (url) => {
      expect((await issue(url, 'user_1')).status).toBe(200);
      expect((await fetch(`${url}/_fakes/`)).headers.get('content-type')).toContain('text/html');
    });
    expect(errors).toMatch(/watch and control them, open http:\/\/127\.0\.0\.1:\d+\/_fakes\/\. Stop with Ctrl\+C\.\n/);
    expect(errors).toMatch(/^POST \/clerk\/v1\/sign_in_tokens 200 \d+ ms$/m);
    expect(errors).not.toContain(keys.clerk);
  });

  it('is quiet if it is told so', async () => {
    const errors = await whileServing(['--port', '0', '--quiet'], {}, async (url) => {
      await issue(url, 'user_1');
    });
    expect(errors).toMatch(/^Serving fakes\. .*\n$/);
  });

  it('begins with a file, and may know nobody else', async () => {
    const path = await fileOf(`\uFEFF${JSON.stringify({ users: { clerk: ['user_1'] } })}`);
    await whileServing(['--port', '0', '--data', path, '--unknown', 'refuse', '--keep', '1'], {}, async (url) => {
      expect((await issue(url, 'user_1')).status).toBe(200);
      expect((await issue(url, 'user_2')).status).toBe(404);
      const headers = { authorization: `Bearer ${keys.sfox}` };
      const sfox = await fetch(`${url}/sfox/v1/enterprise/user-tokens/user-1`, { method: 'POST', headers });
      expect(sfox.status).toBe(404);
      const calls = await fetch(`${url}/_fakes/clerk/calls`);
      expect(await calls.json()).toMatchObject([{ status: 404 }]);
    });
  });

  it('takes PORT and HOST, and prefers what it is told', async () => {
    await whileServing([], { PORT: '0', HOST: '127.0.0.2' }, (url) => {
      expect(url).toMatch(/^http:\/\/127\.0\.0\.2:\d+$/);
      return Promise.resolve();
    });
    await whileServing(['--port', '0'], { HOST: '' }, (url) => {
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      return Promise.resolve();
    });
    await whileServing(['--port', '0', '--host', '127.0.0.3'], { PORT: 'nope', HOST: 'nope.invalid' }, (url) => {
      expect(url).toMatch(/^http:\/\/127\.0\.0\.3:\d+$/);
      return Promise.resolve();
    });
  });

  it('says which port is taken, and what to do', async () => {
    const other = createServer();
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { exitCode, stderr } = await cli.run(`serve --port ${String(port)}`);
    other.close();
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Pass another --port, or 0 for a free one.');
  });

  it.each([
    ['{"users": {"clerk": "user_1"}}', '`users.clerk` must be a list.'],
    ['{"organizations": {"clerk": {"org_1": ["x"]}}, "users": {"clerk": []}}', '`organizations.clerk.org_1[0]`'],
    ['{\n"users": {},\n}', 'is not valid JSON, see line 3.'],
    ['', 'is not valid JSON.'],
    ['{\n"users": {},,\n"keys": {}\n}', 'is not valid JSON, see line 2.'],
    ['{"keys": {"clerk": [sk_test_made-up-secret]}}', 'is not valid JSON'],
  ])('refuses the data %j', async (content, words) => {
    const { exitCode, stderr } = await cli.run(`serve --port 0 --data ${await fileOf(content)}`);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(words);
    expect(stderr).not.toContain('made-up-secret');
  });

  it('reads data from a named pipe, and 130 when interrupted before it has a writer', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const refused = cli.run(`serve --port 0 --data ${pipe}`);
    await writeFile(pipe, '{"nobody":{}}');
    expect((await refused).stderr).toContain('The data has the unknown field');
    const controller = new AbortController();
    const running = cli.run(`serve --port 0 --data ${pipe}`, { signal: controller.signal });
    setTimeout(() => {
      controller.abort();
    }, 20);
    try {
      expect(await running).toMatchObject({ exitCode: 130, stdout: '', stderr: '' });
    } finally {
      // A command that still waits would keep the tests from ending.
      closeSync(openSync(pipe, 'r+'));
    }
  });

  it('says that data in UTF-16, as some shells write them, are not UTF-8', async () => {
    const path = await fileOf(Buffer.from('\uFEFF{}', 'utf16le'));
    expect((await cli.run(`serve --port 0 --data ${path}`)).stderr).toContain('is not UTF-8. Convert it first');
  });

  it.each([
    ['serve --data /nowhere/fakes.json', {}, 'cannot be read (ENOENT)'],
    ['serve --port 0', { HOST: 'nope.invalid' }, 'Pass an address of this machine as --host'],
    ['serve --unknown ignore', {}, '--unknown must be accept or refuse.'],
    ['serve --keep 0', {}, '--keep must be a whole number, 1 or more.'],
    ['serve --quiet=yes', {}, '--quiet takes no value.'],
    ['serve', { PORT: '80a' }, 'The variable PORT must be a port'],
    ['serve', { PORT: '65536' }, 'The variable PORT must be a port'],
    ['serve --host nope.invalid', { PORT: '' }, 'Cannot serve on port 4010 of nope.invalid'],
  ])('refuses %s with %j', async (args, env, words) => {
    const { exitCode, stderr } = await cli.run(args, { env });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(words);
  });

  it('explains its switches', async () => {
    const { stdout } = await cli.run('serve --help');
    expect(stdout).toMatch(/^ {2}--quiet {2,}print no line/m);
    expect(stdout).toMatch(/^ {2}--data <file> {2,}/m);
  });
});
