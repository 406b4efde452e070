import { readdir, readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subjects } from '../support/subjects/index.js';
import { type InstalledPackage, installPackage } from './installed.js';

let installation: InstalledPackage;

beforeAll(async () => {
  installation = await installPackage();
});

afterAll(() => installation.remove());

/** A program as a bundler makes it for a user who has installed the package. */
async function bundle(code: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: installation.folder },
    // Nothing of this project's own settings: their `paths` would lead to the sources.
    tsconfigRaw: '{}',
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0]!.text;
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

  it('that imports errors alone holds no more than ky and them', async () => {
    const code = await bundle("import { isTokenwrightError } from 'tokenwright'; console.log(isTokenwrightError(1));");
    expect(code.length).toBeLessThan(26_500);
  });
});

// A change of what users see shows as a change of these files. Comments are left out, and names made by the bundler.
describe('the public surface', () => {
  const printer = ts.createPrinter({ removeComments: true });

  it.each(['index', 'endpoint', 'testing', 'testing-server', 'msw', 'index-HASH', 'issuer-HASH'])(
    '%s is as recorded',
    async (entry) => {
      const files = await readdir(`${installation.place}/dist`);
      const withoutHash = (text: string) => text.replace(/\b(index|issuer)-[\w-]{8}\b/g, '$1-HASH');
      const file = files.find((name) => withoutHash(name) === `${entry}.d.cts`);
      const text = await readFile(`${installation.place}/dist/${file!}`, 'utf8');
      const printed = printer.printFile(ts.createSourceFile(`${entry}.d.cts`, text, ts.ScriptTarget.ES2022));
      await expect(withoutHash(printed)).toMatchFileSnapshot(`api/${entry.replace('-HASH', '-shared')}.d.ts`);
    },
  );
});
