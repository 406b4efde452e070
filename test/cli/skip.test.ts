import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCli, environment } from '../support/cli.js';
import { judged, subjects } from '../support/subjects/index.js';

const folder = mkdtempSync(join(tmpdir(), 'tokenwright-skip-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let cli: ReturnType<typeof createCli>;
let files = 0;
beforeEach(() => {
  cli = createCli();
});

function write(content: string | Buffer): string {
  files += 1;
  const file = join(folder, `results-${String(files)}`);
  writeFileSync(file, content);
  return file;
}

const askedFor = () => cli.fakes.sfox.tokens.map(({ userId }) => userId);
const place = { provider: 'sfox', environment: 'sandbox' };
const result = (userId: string, more: object = {}) =>
  JSON.stringify({ index: 0, ...place, userId, token: 'made-up', expiresAt: '2999-01-01T00:00:00.000Z', ...more });

describe.each([
  ['Latin-1', Buffer.from('alice\nm\xfcller\nm\xf6ller\n', 'latin1')],
  ['UTF-16', Buffer.from('alice\nbob\n', 'utf16le')],
  ['UTF-16 with a BOM', Buffer.from('\ufeffalice\nbob\n', 'utf16le')],
])('standard input in %s', (_, bytes) => {
  it.each(['issue sfox -', 'revoke clerk -'])('%s: 2, and says what to do', async (args) => {
    const { exitCode, stderr } = await cli.run(args, { stdin: Readable.from([bytes]) });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/Standard input is not UTF-8, see line [12]\. Convert it first/);
    for (const id of askedFor()) expect(id).toBe('alice');
  });
});

it('reads UTF-8 that arrives in pieces, with a BOM, with any line breaks', async () => {
  const text = '\ufeffé😀\r\n\n  b \rc\r \r\u2028\u00a0d\nlast';
  const pieces = [...Buffer.from(text)].map((byte) => Buffer.of(byte));
  expect((await cli.run('issue sfox -', { stdin: Readable.from(pieces) })).exitCode).toBe(0);
  expect(askedFor().sort()).toEqual(['b', 'c', 'd', 'last', 'é😀']);
});

describe('--skip', () => {
  it('reads a named pipe to its end', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const running = cli.run(`issue sfox alice bob --skip ${pipe}`);
    const writing = writeFile(pipe, `${result('alice')}\n`);
    expect(await running).toMatchObject({ exitCode: 0 });
    await writing;
    expect(askedFor()).toEqual(['bob']);
  });

  it.each([
    ['has no writer', false],
    ['has a writer that says nothing', true],
  ])('130 when interrupted while its named pipe %s', async (_, hasWriter) => {
    const pipe = join(folder, `pipe-${String(hasWriter)}`);
    execFileSync('mkfifo', [pipe]);
    // For reading too: this side does not wait for the other.
    const writer = hasWriter ? openSync(pipe, 'r+') : undefined;
    try {
      const controller = new AbortController();
      const running = cli.run(`issue sfox alice --skip ${pipe}`, { signal: controller.signal });
      setTimeout(() => {
        controller.abort(new Error('interrupted'));
      }, 20);
      expect(await running).toMatchObject({ exitCode: 130, stdout: '', stderr: '' });
      expect(askedFor()).toEqual([]);
    } finally {
      // A command that still waits would keep the tests from ending.
      closeSync(writer ?? openSync(pipe, 'r+'));
    }
  });

  it('ends with the code of the first run if all who are left fail again', async () => {
    cli.fakes.sfox.addUser('alice');
    const first = await cli.run('issue sfox alice bob');
    expect(first.exitCode).toBe(4);
    expect((await cli.run(`issue sfox alice bob --skip ${write(first.stdout)}`)).exitCode).toBe(4);
    expect((await cli.run('issue sfox bob bob')).exitCode).toBe(1);
  });

  it.each(judged)('passes over who has a token by what an earlier run of %s printed', async (provider) => {
    const ids = [1, 2, 3, 4].map((number) => subjects[provider].userId(number));
    const first = await cli.run(`issue ${provider} ${ids[0]!} ${ids[1]!}`);
    const file = write(first.stdout);
    const second = await cli.run(`issue ${provider} - --skip ${file}`, { stdin: `\ufeff${ids.join(' \r\n')}\r\n` });
    expect(second.lines.map((line) => (JSON.parse(line) as { userId: string }).userId).sort()).toEqual(ids.slice(2));
    expect(second).toMatchObject({ exitCode: 0, stderr: '2 skipped: they have a token.\n' });
    expect(cli.fakes[provider].tokens).toHaveLength(4);
    const third = await cli.run(`issue ${provider} ${ids[3]!} --quiet --skip ${file} --skip ${write(second.stdout)}`);
    expect(third).toEqual({ exitCode: 0, stdout: '', stderr: '', lines: [] });
  });

  it('issues for who has none, or one that has expired', async () => {
    const lines = [
      result('good'),
      result('expired', { expiresAt: '2024-05-14T19:22:09.901Z' }),
      result('failed', { token: undefined, error: { code: 'timeout' } }),
      result('renewed', { expiresAt: '2024-05-14T19:22:09.901Z' }),
      result('renewed'),
      result('unknown', { expiresAt: undefined }),
    ];
    await cli.run(`issue sfox - --skip ${write(`\ufeff${lines.join('\r\n\r\n')}\r\n`)}`, {
      stdin: 'good\nexpired\nfailed\nrenewed\nunknown\nnew',
    });
    expect(askedFor().sort()).toEqual(['expired', 'failed', 'new']);
  });

  it('ignores what breaks off, with a warning, and goes on on a line of its own', async () => {
    const torn = Buffer.from(result('é😀')).subarray(0, Buffer.byteLength(result('').split('""')[0]!) + 5);
    const file = write(Buffer.concat([Buffer.from(`${result('a')}\n`), torn, Buffer.from(`\n${result('b')}\n`), torn]));
    const { exitCode, stdout, stderr } = await cli.run(`issue sfox a b é😀 --skip ${file}`);
    expect(exitCode).toBe(0);
    expect(stderr).toBe('Ignored 2 incomplete lines of --skip.\n2 skipped: they have a token.\n');
    expect(stdout).toMatch(/^\n\{"index":0,/);
    expect(askedFor()).toEqual(['é😀']);
  });

  it('ignores it however short it is', async () => {
    const line = result('b');
    for (let length = 1; length < line.length; length += 1) {
      const file = write(`${result('a')}\n${line.slice(0, length)}`);
      expect({ length, ...(await cli.run(`issue sfox a --skip ${file}`)) }).toMatchObject({ length, exitCode: 0 });
    }
  });

  it('says neither that nor that there are no ids with --quiet', async () => {
    const file = write(result('a').slice(0, 9));
    const { exitCode, stderr } = await cli.run(`issue sfox - --quiet --skip ${file}`);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect((await cli.run(`issue sfox a --skip ${file}`)).stderr).toBe('Ignored 1 incomplete line of --skip.\n');
  });

  it('takes a last line that only lacks its line break', async () => {
    const { stdout } = await cli.run(`issue sfox a b --skip ${write(result('a'))}`);
    expect(askedFor()).toEqual(['b']);
    expect(stdout).toMatch(/^\n\{/);
    // Any of several files may be the one that is appended to.
    const [torn, whole] = [write(result('a')), write(`${result('b')}\n`)];
    expect((await cli.run(`issue sfox a b c --skip ${torn} --skip ${whole}`)).stdout).toMatch(/^\n\{/);
  });

  it.each<[string, string | Buffer, string]>([
    [
      'another provider',
      result('a', { provider: 'clerk' }),
      'Line 1 of --skip is of another provider. This run is for sfox sandbox. Use one file for each provider, ' +
        'environment and region.',
    ],
    [
      'another environment',
      `${result('a')}\n${result('b', { environment: 'production' })}`,
      'Line 2 of --skip is of another environment',
    ],
    ['another region', result('a', { region: 'eu' }), 'is of another region'],
    [
      'no environment',
      result('a', { environment: undefined }),
      'has no environment: it was not written by `tokenwright issue` of version 0.2 or later. This run is for sfox sandbox. ' +
        'Pass a file that it has written.',
    ],
    ['ids', 'alice\nbob\n', 'Line 1 of --skip is not a result'],
    ['other JSON', '{"user":"a"}\n', 'Line 1 of --skip is not a result'],
    ['a line that only ends as a result begins', 'alice {"userId\n', 'Line 1 of --skip is not a result'],
    ['a list of JSON', '[\n{"index":0}\n]\n', 'Line 1 of --skip is not a result'],
    ['another encoding', Buffer.from(`\ufeff${result('a')}`, 'utf16le'), 'The file of --skip is not UTF-8'],
  ])('refuses a file of %s, before anything is sent', async (_, content, message) => {
    const { exitCode, stdout, stderr } = await cli.run(`issue sfox a --skip ${write(content)}`);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/alice|"user"/);
    expect(cli.fakes.sfox.calls).toEqual([]);
  });

  it('refuses a file that is not there, and does not name it', async () => {
    const { exitCode, stderr } = await cli.run('issue sfox a --skip made-up-name');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('The file of --skip cannot be read (ENOENT)');
    expect(stderr).not.toContain('made-up-name');
  });

  it('is for lines, not for the token of one', async () => {
    expect((await cli.run(`issue sfox a --format token --skip ${write('')}`)).exitCode).toBe(2);
  });
});

describe('a result says where it is from', () => {
  it.each([
    ['junction', { provider: 'junction', environment: 'sandbox', region: 'eu' }],
    ['sfox', { provider: 'sfox', environment: 'sandbox' }],
    ['clerk', { provider: 'clerk', environment: 'development' }],
  ] as const)('%s', async (provider, expected) => {
    const [one, two] = [1, 2].map((number) => subjects[provider].userId(number));
    cli.fakes[provider].addUser(one!);
    expect(JSON.parse((await cli.run(`issue ${provider} ${one!}`)).stdout)).toMatchObject(expected);
    const { lines } = await cli.run(`issue ${provider} ${one!} ${two!}`);
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject(expected);
  });

  it('unknown, if neither the key nor the place says it', async () => {
    vi.spyOn(cli.fakes, 'fetch').mockResolvedValue(
      Response.json({ data: { token: 'x', partner_user_id: 'a', expires: '2999-01-01T00:00:00Z' } }, { status: 201 }),
    );
    const known = await cli.run('issue sfox a --base-url https://gateway.example', {
      env: { ...environment, SFOX_ENV: '' },
    });
    expect(JSON.parse(known.stdout)).toMatchObject({ environment: 'unknown' });
  });
});
