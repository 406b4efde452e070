import { execFile } from 'node:child_process';
import { cp, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type InstalledPackage, installPackage } from './installed.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

let installation: InstalledPackage;
let folder: string;
let installed: string;
let packed: InstalledPackage['packed'];

beforeAll(async () => {
  installation = await installPackage();
  ({ folder, place: installed, packed } = installation);
  await cp(join(root, 'test/package/consumers'), folder, { recursive: true });
});

afterAll(() => installation.remove());

describe('the tarball', () => {
  it('holds these files and no others', () => {
    const withoutHash = packed.files.map(({ path }) => path.replace(/(chunk|issuer|index)-[\w-]+\./, '$1-HASH.'));
    expect([...new Set(withoutHash)].sort()).toEqual(
      [
        'LICENSE',
        'README.md',
        'dist/chunk-HASH.cjs',
        'dist/chunk-HASH.js',
        'dist/cli.cjs',
        ...['endpoint', 'index', 'msw', 'testing', 'testing-server'].flatMap((entry) =>
          ['cjs', 'd.cts', 'd.ts', 'js'].map((ending) => `dist/${entry}.${ending}`),
        ),
        // What the types of several entries share.
        'dist/index-HASH.d.cts',
        'dist/issuer-HASH.d.cts',
        'dist/third-party-licenses.txt',
        'package.json',
      ].sort(),
    );
  });

  it('is under 280 kB packed, and under 1 MB installed with nothing beside it', async () => {
    expect(packed.size).toBeLessThan(280_000);
    const files = packed.files.map(({ path }) => join(installed, path));
    const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1_000_000);
    expect(await readdir(join(folder, 'node_modules'))).toEqual(expect.arrayContaining(['tokenwright']));
    const others = (await readdir(join(folder, 'node_modules'))).filter((name) => !name.startsWith('.'));
    expect(others).toEqual(['tokenwright']);
  });

  it('asks for no package at run time', async () => {
    const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as Record<string, unknown>;
    expect(manifest['dependencies']).toBeUndefined();
    for (const { path } of packed.files.filter((file) => /^dist\/.*\.c?js$/.test(file.path))) {
      const code = await readFile(join(installed, path), 'utf8');
      const imported = [...code.matchAll(/^(?:import|export) .* from ['"](.*)['"]|\brequire\(['"](.*)['"]\)/gm)];
      const packages = imported.map((match) => match[1] ?? match[2]).filter((name) => !/^(\.|node:)/.test(name ?? ''));
      // msw is an optional peer, and asked for by its own entry alone.
      expect(packages, path).toEqual(path.startsWith('dist/msw.') ? ['msw'] : []);
    }
  });

  it('names neither ky nor zod in its types', async () => {
    for (const file of ['index.d.cts', 'endpoint.d.cts', 'testing.d.cts', 'testing-server.d.cts']) {
      const types = await readFile(join(installed, 'dist', file), 'utf8');
      expect(types).not.toMatch(/\bky\b|\bzod\b|Zod|\bmsw\b/);
    }
  });

  it('declares its types once, for both halves', async () => {
    for (const entry of ['index', 'endpoint', 'testing', 'testing-server', 'msw']) {
      const types = await readFile(join(installed, `dist/${entry}.d.ts`), 'utf8');
      expect(types).toBe(`export * from './${entry}.cjs';\n`);
    }
  });

  it('carries the licences of what it bundles', async () => {
    const licences = await readFile(join(installed, 'dist/third-party-licenses.txt'), 'utf8');
    expect(licences).toMatch(/^ky \d/m);
    expect(licences).toMatch(/^zod \d/m);
  });

  it('holds no path of the machine that built it', async () => {
    for (const { path } of packed.files) {
      expect(await readFile(join(installed, path), 'utf8'), path).not.toContain(root);
    }
  });
});

describe('installed', () => {
  it.each(['consumer.mjs', 'consumer.cjs'])('%s issues a token', async (file) => {
    const { stdout, stderr } = await run(process.execPath, [join(folder, file)], { cwd: folder });
    expect(stdout).toBe('made-up-junction-token\nnot_found clerk true\nsfox user-1\n');
    expect(stderr).toBe('');
  });

  it('has its command', async () => {
    const command = join(folder, 'node_modules/.bin/tokenwright');
    const { stdout } = await run(command, ['issue', 'clerk', 'user_1', '--help'], { cwd: folder });
    expect(stdout).toContain('Usage: tokenwright issue');
    const demo = await run(command, ['demo'], { cwd: folder });
    expect(demo.stdout).toContain('throws NotFoundError: Clerk answered 404');
  });

  it('ESM and CommonJS know the errors of each other', async () => {
    const { stdout } = await run(process.execPath, [join(folder, 'both.mjs')], { cwd: folder });
    expect(stdout).toBe('false true\n');
  });

  it.each(['import', 'require'])('serves the fakes, with their page, by %s', async (way) => {
    const code = `const load = ${way === 'import' ? '(name) => import(name)' : '(name) => require(name)'};
      (async () => {
        const { startFakeServer } = await load('tokenwright/testing/server');
        const server = await startFakeServer({ data: { users: { clerk: [] } } });
        console.log(await (await fetch(server.url + '/_fakes/')).text());
        await server.close();
      })();`;
    const { stdout } = await run(process.execPath, ['--input-type=commonjs', '-e', code], { cwd: folder });
    const [, script = ''] = /<script>(.*)<\/script>/s.exec(stdout) ?? [];
    // It is the text of a function: nothing that the build puts around one may be in it.
    expect(script).toMatch(/^\(function runPage\(\) \{/);
    expect(script.replaceAll('/* @__PURE__ */', '')).not.toMatch(/\b__\w|\brequire\(|\bimport\b/);
  });

  it('says what is missing where msw is, and only to who asks for it', async () => {
    const ask = (code: string) => run(process.execPath, ['--input-type=module', '-e', code], { cwd: folder });
    await ask("await import('tokenwright'); await import('tokenwright/testing')");
    await expect(ask("await import('tokenwright/msw')")).rejects.toThrow("Cannot find package 'msw'");
  });
});
