import { readdir, readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
  const all = { junction: /junction|vital/i, sfox: /sfox|enterprise_api_key/i, clerk: /clerk/i };

  // Bytes, minified and compressed: what was seen, with 3 % of room.
  it.each([
    ['junction', 'createJunction', 28_100],
    ['sfox', 'createSfox', 26_100],
    ['clerk', 'createClerk', 27_700],
  ] as const)(
    '%s holds nothing of the others, of the fakes, of msw, of the command line',
    async (own, factory, size) => {
      const code = await bundle(
        `import { ${factory} } from 'tokenwright'; console.log(await ${factory}().issueToken('id'));`,
      );
      for (const [provider, words] of Object.entries(all)) {
        if (provider === own) expect(code).toMatch(words);
        else expect(code).not.toMatch(words);
      }
      expect(code).not.toMatch(/\bmsw\b|failNext|failWith|createFake|Usage:|process\.argv|node:/);
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

  it.each(['index', 'endpoint', 'testing', 'msw', 'issuer'])('%s is as recorded', async (entry) => {
    const files = await readdir(`${installation.place}/dist`);
    const file = files.find((name) => new RegExp(`^${entry}(-[\\w-]+)?\\.d\\.cts$`).test(name));
    const text = await readFile(`${installation.place}/dist/${file!}`, 'utf8');
    const printed = printer.printFile(ts.createSourceFile(`${entry}.d.cts`, text, ts.ScriptTarget.ES2022));
    await expect(printed.replace(/issuer-[\w-]+\.cjs/g, 'issuer.cjs')).toMatchFileSnapshot(`api/${entry}.d.ts`);
  });
});
