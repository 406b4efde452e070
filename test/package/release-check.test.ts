import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../../scripts/release-check.mjs', import.meta.url));
let folder: string;

const manifest = {
  name: 'made-up',
  version: '1.2.3',
  description: 'Made up.',
  license: 'MIT',
  engines: { node: '>=20' },
  keywords: ['made-up'],
  repository: 'made-up/made-up',
  publishConfig: { access: 'public', provenance: true },
};
const elsewhere = { type: 'git', url: 'git+https://code.example/made-up.git' };
const lockOf = (version: string) => ({ version, packages: { '': { version } } });
const changelog = '# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-01-31\n\n### Added\n\n- A thing.\n';
// Nothing of the git that the developer has set up, nor of one that runs this as a hook.
const env = { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
const git = (...args: string[]) =>
  run('git', ['-c', 'user.name=Nobody', '-c', 'user.email=nobody@example.com', ...args], { cwd: folder, env });
const write = (file: string, content: unknown) =>
  writeFile(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content));

async function commit(): Promise<void> {
  await git('add', '.');
  await git('commit', '--quiet', '--allow-empty', '--message', 'Made up');
}

async function check() {
  return run(process.execPath, [script, folder], { env }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: unknown) => error as { code: number; stdout: string; stderr: string },
  );
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tokenwright-release-'));
  await git('init', '--quiet', '--initial-branch', 'main');
  await write('package.json', manifest);
  await write('package-lock.json', lockOf('1.2.3'));
  await write('CHANGELOG.md', changelog);
  await commit();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('release:check', () => {
  it('lets a version out where all is in order', async () => {
    const { code, stdout, stderr } = await check();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('made-up 1.2.3 may go out');
  });

  it.each([
    ['a short name', 'github:made-up/made-up', {}],
    ['an address', { type: 'git', url: 'git+https://github.com/made-up/made-up.git' }, {}],
    ['an address elsewhere', elsewhere, { homepage: 'https://code.example', bugs: 'https://code.example/bugs' }],
  ])('takes a repository by %s', async (_, repository, more) => {
    await write('package.json', { ...manifest, repository, ...more });
    await write('CHANGELOG.md', `${changelog}\n## [1.2.0] - 2026-01-30\n\n- Another.\n`);
    await commit();
    expect(await check()).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([
    ['a version that is none', () => write('package.json', { ...manifest, version: 'next' }), 'is none'],
    ['a lock of another version', () => write('package-lock.json', lockOf('1.2.2')), 'another version'],
    [
      'a lock that was changed by hand',
      () => write('package-lock.json', { ...lockOf('1.2.2'), version: '1.2.3' }),
      'another version',
    ],
    ['no section', () => write('CHANGELOG.md', changelog.replace('[1.2.3]', '[1.2.2]')), 'no section [1.2.3]'],
    ['no date', () => write('CHANGELOG.md', changelog.replace(' - 2026-01-31', '')), 'no date'],
    ['nothing to say', () => write('CHANGELOG.md', changelog.replace('- A thing.', '')), 'says nothing'],
    [
      'an entry left behind',
      () => write('CHANGELOG.md', changelog.replace('[Unreleased]', '[Unreleased]\n\n- More.')),
      'Unreleased',
    ],
    [
      'a newer version below',
      () => write('CHANGELOG.md', `${changelog}\n## [1.10.0] - 2026-01-30\n\n- Another.\n`),
      'has [1.10.0] below [1.2.3]',
    ],
    ['a private package', () => write('package.json', { ...manifest, private: true }), 'private'],
    ['no access', () => write('package.json', { ...manifest, publishConfig: { provenance: true } }), 'access'],
    ['no provenance', () => write('package.json', { ...manifest, publishConfig: { access: 'public' } }), 'provenance'],
    ['no repository', () => write('package.json', { ...manifest, repository: undefined }), 'repository'],
    ['no description', () => write('package.json', { ...manifest, description: undefined }), 'no description'],
    ['no license', () => write('package.json', { ...manifest, license: undefined }), 'no license'],
    ['no engines', () => write('package.json', { ...manifest, engines: undefined }), 'no engines'],
    ['no keywords', () => write('package.json', { ...manifest, keywords: [] }), 'no keywords'],
    ['a keyword twice', () => write('package.json', { ...manifest, keywords: ['a', 'b', 'a'] }), 'twice'],
    [
      'no bugs, if npm does not know them',
      () => write('package.json', { ...manifest, repository: elsewhere, homepage: 'https://code.example' }),
      'no bugs, and npm cannot tell it from the repository git+https://code.example/made-up.git',
    ],
    [
      'no homepage, if npm does not know it',
      () => write('package.json', { ...manifest, repository: elsewhere, bugs: 'https://code.example' }),
      'no homepage',
    ],
    ['a tag', () => git('tag', 'v1.2.3'), 'is out'],
    ['another branch', () => git('checkout', '--quiet', '-b', 'other'), 'not the branch main'],
  ])('stops %s, and names it alone', async (_, spoil, problem) => {
    await spoil();
    await commit();
    const { code, stderr } = await check();
    expect(code).toBe(1);
    expect(stderr).toContain(problem);
    if (!problem.startsWith('is none')) expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('stops what is not committed', async () => {
    await write('new.txt', 'made up');
    expect((await check()).stderr).toContain('not clean');
  });
});
