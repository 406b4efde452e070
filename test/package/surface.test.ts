import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { rollup } from 'rollup';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subjects } from '../support/subjects/index.js';
import { type InstalledPackage, installPackage } from './installed.js';

let installation: InstalledPackage;

beforeAll(async () => {
  installation = await installPackage();
});

afterAll(() => installation.remove());

const options = {
  // Nothing of this project's own settings: their `paths` would lead to the sources.
  tsconfigRaw: '{}',
  bundle: true,
  minify: true,
  format: 'esm',
  write: false,
  logLevel: 'error',
} as const;

/** A program as a bundler makes it for a user who has installed the package. */
async function bundle(code: string): Promise<string> {
  const { outputFiles } = await build({ ...options, stdin: { contents: code, resolveDir: installation.folder } });
  return outputFiles[0]!.text;
}

/** The same in several files: what is loaded at the start, and what is loaded when it is needed. */
async function bundleInParts(code: string): Promise<{ atOnce: string; later: string }> {
  const { outputFiles, metafile } = await build({
    ...options,
    stdin: { contents: code, resolveDir: installation.folder },
    splitting: true,
    metafile: true,
    outdir: installation.folder,
    absWorkingDir: installation.folder,
  });
  const parts = Object.entries(metafile.outputs);
  const first = new Set(parts.flatMap(([name, { entryPoint }]) => (entryPoint === '<stdin>' ? name : [])));
  for (const name of first) {
    for (const { kind, path } of metafile.outputs[name]!.imports) if (kind === 'import-statement') first.add(path);
  }
  const text = (isWanted: (name: string) => boolean) =>
    outputFiles.flatMap((file) => (isWanted(relative(installation.folder, file.path)) ? file.text : [])).join('');
  return { atOnce: text((name) => first.has(name)), later: text((name) => !first.has(name)) };
}

describe('a program that imports one provider', () => {
  const all = Object.values(subjects);

  it.each(all)(
    '$provider holds nothing of the others, of the fakes, of msw, of the command line',
    async ({ provider: own, bundle: { factory, size } }) => {
      const code = await bundle(
        `import { ${factory} } from 'tokenwright'; console.log(await ${factory}().issueToken('id'));`,
      );
      for (const {
        provider,
        bundle: { words },
      } of all) {
        expect(words.test(code), provider).toBe(provider === own);
      }
      expect(/\bmsw\b|failNext|failWith|createFake|Usage:|process\.argv|node:/.exec(code)?.[0]).toBeUndefined();
      expect(gzipSync(code, { level: 9 }).length).toBeLessThan(size);
    },
  );

  it.each(all)('$provider loads ky when a call is repeated, and not at once', async ({ bundle: { factory } }) => {
    const code = `import { ${factory} } from 'tokenwright'; console.log(await ${factory}().issueToken('id'));`;
    const { atOnce, later } = await bundleInParts(code);
    expect(atOnce).not.toContain('isKyError');
    expect(later).toContain('isKyError');
    expect(gzipSync(atOnce, { level: 9 }).length).toBeLessThan(29_700);
  });
});

it.each(['isTokenwrightError(1)', 'canRevoke({})'])('a program with %s alone is all but empty', async (call) => {
  const [name] = call.split('(');
  const code = `import { ${name!} } from 'tokenwright'; console.log(${call});`;
  expect(gzipSync(await bundle(code), { level: 9 }).length).toBeLessThan(200);

  const entry = `${installation.place}/dist/index.js`;
  const rolled = await rollup({
    input: 'program',
    plugins: [
      {
        name: 'program',
        resolveId(id) {
          if (id === 'program') return id;
          // As the manifest says.
          return id === 'tokenwright' ? { id: entry, moduleSideEffects: false } : undefined;
        },
        load: (id) => (id === 'program' ? code : undefined),
      },
      {
        name: 'manifest',
        resolveId: {
          order: 'pre',
          handler: (id, importer) =>
            id.startsWith('.') && importer !== undefined
              ? { id: join(dirname(importer), id), moduleSideEffects: false }
              : undefined,
        },
      },
    ],
  });
  const { output } = await rolled.generate({ format: 'es' });
  expect(output).toHaveLength(1);
  expect(output[0].code.length).toBeLessThan(500);
});

// A change of what users see shows as a change of these files. Comments are left out, and names made by the bundler.
describe('the public surface', () => {
  const printer = ts.createPrinter({ removeComments: true });

  it.each([
    'index',
    'endpoint',
    'testing',
    'testing-server',
    'msw',
    'redis',
    'index-HASH',
    'issuer-HASH',
    'rate-limit-HASH',
  ])('%s is as recorded', async (entry) => {
    const files = await readdir(`${installation.place}/dist`);
    const withoutHash = (text: string) => text.replace(/\b(index|issuer|rate-limit)-[\w-]{8}(?=\.)/g, '$1-HASH');
    const file = files.find((name) => withoutHash(name) === `${entry}.d.cts`);
    const text = await readFile(`${installation.place}/dist/${file!}`, 'utf8');
    const printed = printer.printFile(ts.createSourceFile(`${entry}.d.cts`, text, ts.ScriptTarget.ES2022));
    await expect(withoutHash(printed)).toMatchFileSnapshot(`api/${entry.replace('-HASH', '-shared')}.d.ts`);
  });
});
