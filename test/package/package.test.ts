import { execFile } from 'node:child_process';
import { cp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrokenLinks } from '../support/links.js';
import { type InstalledPackage, installPackage } from './installed.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** As the repository has them: what lies about in the folder otherwise is not to be packed. */
async function listFiles(path: string): Promise<string[]> {
  const { stdout } = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard', path], { cwd: root });
  return stdout.trim().split('\n');
}

const importable = ['tokenwright', 'tokenwright/endpoint', 'tokenwright/testing'];

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
  it('holds these files and no others', async () => {
    const withoutHash = packed.files.map(({ path }) =>
      path.replace(/(chunk|clients|shared|testing|issuer|index|ky|rate-limit)-(?!server\.)[\w-]+\./, '$1-HASH.'),
    );
    expect([...new Set(withoutHash)].sort()).toEqual(
      [
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'SECURITY.md',
        ...(await listFiles('docs')).filter((file) => /\.(md|txt)$/.test(file)),
        // Those of the rest stand in the documentation as they are.
        ...(await listFiles('examples')).filter(
          (file) => !/\.test\.ts$|^examples\/(observability|testing|migrating|proxies)\//.test(file),
        ),
        ...['chunk', 'clients', 'shared', 'testing'].flatMap((name) => [
          `dist/${name}-HASH.cjs`,
          `dist/${name}-HASH.js`,
        ]),
        'dist/cli.cjs',
        ...['endpoint', 'index', 'msw', 'redis', 'testing', 'testing-server'].flatMap((entry) =>
          ['cjs', 'd.cts', 'd.ts', 'js'].map((ending) => `dist/${entry}.${ending}`),
        ),
        // What the types of several entries share.
        'dist/index-HASH.d.cts',
        'dist/issuer-HASH.d.cts',
        'dist/rate-limit-HASH.d.cts',
        // Loaded when a call is first repeated.
        'dist/ky-HASH.cjs',
        'dist/ky-HASH.js',
        'dist/sbom.cdx.json',
        'dist/third-party-licenses.txt',
        'package.json',
        // For what does not read `exports`.
        ...['endpoint', 'msw', 'redis', 'testing', 'testing/server'].map((subpath) => `${subpath}/package.json`),
      ].sort(),
    );
  });

  it('is under 300 kB packed, and under 1.05 MB installed with nothing beside it', async () => {
    expect(packed.size).toBeLessThan(300_000);
    const files = packed.files.map(({ path }) => join(installed, path));
    const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1_050_000);
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
    for (const file of ['index.d.cts', 'endpoint.d.cts', 'redis.d.cts', 'testing.d.cts', 'testing-server.d.cts']) {
      const types = await readFile(join(installed, 'dist', file), 'utf8');
      expect(types).not.toMatch(/\bky\b|\bzod\b|Zod|\bmsw\b/);
    }
  });

  it('declares its types once, for both halves', async () => {
    for (const entry of ['index', 'endpoint', 'testing', 'testing-server', 'redis']) {
      const types = await readFile(join(installed, `dist/${entry}.d.ts`), 'utf8');
      expect(types).toBe(`export * from './${entry}.cjs';\n`);
    }
  });

  it('carries the licences of what it bundles', async () => {
    const licences = await readFile(join(installed, 'dist/third-party-licenses.txt'), 'utf8');
    expect(licences).toMatch(/^ky \d/m);
    expect(licences).toMatch(/^zod \d/m);
  });

  it('says for scanners what it bundles, in the versions of the lock file and the same in every build', async () => {
    interface Component {
      readonly purl: string;
      readonly hashes: readonly { readonly alg: string; readonly content: string }[];
    }
    const read = async (file: string) => JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    const sbom = await read(join(installed, 'dist/sbom.cdx.json'));
    const { packages } = (await read(join(root, 'package-lock.json'))) as {
      packages: Record<string, { version: string; integrity: string }>;
    };
    const licences = await readFile(join(installed, 'dist/third-party-licenses.txt'), 'utf8');
    const bundled = [...licences.matchAll(/^([\w@/-]+) (\d[\w.-]*)$/gm)].map(([, name = '']) => name);
    expect(bundled).toEqual(expect.arrayContaining(['ky', 'zod']));
    expect(sbom).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name: 'tokenwright' } } });
    expect(
      (sbom['components'] as Component[]).map(({ purl, hashes: [hash] }) => [
        purl,
        `sha512-${Buffer.from(hash!.content, 'hex').toString('base64')}`,
      ]),
    ).toEqual(
      bundled.map((name) => {
        const { version, integrity } = packages[`node_modules/${name}`]!;
        return [`pkg:npm/${name}@${version}`, integrity];
      }),
    );
    expect(JSON.stringify(sbom)).not.toMatch(/timestamp|serialNumber/);
  });

  it('holds whatever its README and its documentation link to', () => {
    const pages = packed.files.map(({ path }) => path).filter((path) => path.endsWith('.md'));
    expect(pages).toContain('docs/errors.md');
    expect(findBrokenLinks(installed, pages)).toEqual([]);
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

  // As in the jsdom of Jest, which has no TextEncoder, and no Request either.
  it.each(['require(name)', 'import(name)'])('%s needs nothing but the language', async (load) => {
    const code = `const names = Object.getOwnPropertyNames(globalThis).filter((name) => !kept.has(name));
      for (const name of names) delete globalThis[name];
      (async () => {
        for (const name of ${JSON.stringify(importable)}) await ${load};
        console.log(names.includes('TextEncoder'), typeof TextEncoder, typeof Request);
      })();`;
    const language =
      "const kept = new Set(['console', 'require', ...require('node:vm').runInNewContext('Object.getOwnPropertyNames(globalThis)')]);";
    const { stdout } = await run(process.execPath, ['--input-type=commonjs', '-e', language + code], { cwd: folder });
    expect(stdout).toBe('true undefined undefined\n');
  });

  it.each(['import', 'require'])('by %s, ends with the failure it had if its files are gone', async (way) => {
    const code = `const load = ${way === 'import' ? '(name) => import(name)' : '(name) => require(name)'};
      (async () => {
        const { createClerk } = await load('tokenwright');
        const { readdirSync, renameSync } = require('node:fs');
        const dist = ${JSON.stringify(join(installed, 'dist'))};
        const files = readdirSync(dist).filter((name) => name.startsWith('ky-'));
        for (const name of files) renameSync(dist + '/' + name, dist + '/gone-' + name);
        let requests = 0;
        const fetch = async () => (requests += 1, new Response('{}', { status: 500, headers: { 'retry-after': '0' } }));
        const clerk = createClerk({ apiKey: 'sk_test_made-up', fetch });
        const error = await clerk.issueToken('user_1').catch((error) => error);
        for (const name of files) renameSync(dist + '/gone-' + name, dist + '/' + name);
        console.log(error.name, error.status, requests, files.length);
      })();`;
    const { stdout } = await run(process.execPath, ['--input-type=commonjs', '-e', code], { cwd: folder });
    expect(stdout).toBe('ServerError 500 1 2\n');
  });

  it.each(['import', 'require'])('by %s, repeats what may pass', async (way) => {
    const code = `const load = ${way === 'import' ? '(name) => import(name)' : '(name) => require(name)'};
      (async () => {
        const { createClerk } = await load('tokenwright');
        const { createFakeProviders } = await load('tokenwright/testing');
        const { clerk, fetch } = createFakeProviders();
        clerk.failNext({ status: 500, retryAfter: 0 });
        const { userId } = await createClerk({ apiKey: 'sk_test_made-up', fetch }).issueToken('user_1');
        console.log(userId, clerk.calls.length);
      })();`;
    const { stdout } = await run(process.execPath, ['--input-type=commonjs', '-e', code], { cwd: folder });
    expect(stdout).toBe('user_1 2\n');
  });

  it('has its command', async () => {
    const command = join(folder, 'node_modules/.bin/tokenwright');
    const { stdout } = await run(command, ['issue', 'clerk', 'user_1', '--help'], { cwd: folder });
    expect(stdout).toContain('Usage: tokenwright issue');
    const demo = await run(command, ['demo'], { cwd: folder });
    expect(demo.stdout).toContain('throws ValidationError: Junction answered 422');
  });

  it('ESM and CommonJS know the errors of each other', async () => {
    const { stdout } = await run(process.execPath, [join(folder, 'both.mjs')], { cwd: folder });
    expect(stdout).toBe('true true false\n');
  });

  // As eslint-plugin-import, Parcel, Metro and older compilers look for a subpath.
  it.each(['endpoint', 'testing', 'testing/server', 'msw', 'redis'])(
    '%s is found by what does not read exports',
    async (path) => {
      const folderOfPath = join(installed, path);
      const read = async (file: string) => JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
      const { main, types, ...more } = await read(join(folderOfPath, 'package.json'));
      const { exports } = (await read(join(installed, 'package.json'))) as {
        exports: Record<string, { require: { default: string; types: string } }>;
      };
      const expected = exports[`./${path}`]!.require;
      expect(join(folderOfPath, String(main))).toBe(join(installed, expected.default));
      expect(join(folderOfPath, String(types))).toBe(join(installed, expected.types));
      expect(more).toEqual({ sideEffects: false });
    },
  );

  /** What the compiler says about a file in the folder. */
  async function compile(file: string, ...more: readonly string[]): Promise<string> {
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const options = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext', ...more, file];
    const compiling = run(process.execPath, [compiler, ...options], { cwd: folder });
    // What it says is on its standard output.
    return (await compiling.catch((error: unknown) => error as { readonly stdout: string })).stdout;
  }

  it('declares only what a declaration of a user can name', async () => {
    await cp(join(root, 'test/runtimes/consumers/declarations.mts'), join(folder, 'declarations.mts'));
    expect(await compile('declarations.mts', '--declaration', '--lib', 'es2022,dom,dom.iterable')).toBe('');
  });

  // msw declares its classes once for each of its halves.
  it.each(['handlers.mts', 'handlers.cts'])(
    '%s: the handlers are those of the msw that is beside them',
    async (file) => {
      const place = join(folder, 'node_modules/msw');
      await symlink(join(root, 'node_modules/msw'), place);
      await writeFile(
        join(folder, file),
        `import { setupServer } from 'msw/node';
       import { createFakeHandlers } from 'tokenwright/msw';
       import { createFakeProviders } from 'tokenwright/testing';
       setupServer(...createFakeHandlers(createFakeProviders()));`,
      );
      const said = await compile(file, '--skipLibCheck');
      await rm(place);
      expect(said).toBe('');
    },
  );

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
    // It is the texts of functions: nothing that the build puts around one may be in it.
    expect(script).toMatch(/^\(function runPage\(\w+\) \{/);
    expect(script.replaceAll('/* @__PURE__ */', '')).not.toMatch(/\b__\w|\brequire\(|\bimport\b/);
  });

  it('says what is missing where msw is, and only to who asks for it', async () => {
    const ask = (code: string) => run(process.execPath, ['--input-type=module', '-e', code], { cwd: folder });
    await ask("await import('tokenwright'); await import('tokenwright/testing')");
    await expect(ask("await import('tokenwright/msw')")).rejects.toThrow("Cannot find package 'msw'");
  });
});
