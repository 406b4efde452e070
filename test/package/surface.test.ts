import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The smallest program that issues a token, as a bundler makes it for a user. */
async function bundle(code: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: root },
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

  it.each([
    ['junction', 'createJunction', 27_500],
    ['sfox', 'createSfox', 25_500],
    ['clerk', 'createClerk', 27_000],
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

  it('that imports errors alone holds next to nothing', async () => {
    const code = await bundle("import { isTokenwrightError } from 'tokenwright'; console.log(isTokenwrightError(1));");
    expect(code.length).toBeLessThan(1_000);
  });
});

// A change of what users see shows as a change of these files. Comments are left out, and names made by the bundler.
describe('the public surface', () => {
  const printer = ts.createPrinter({ removeComments: true });

  it.each(['index', 'endpoint', 'testing', 'msw', 'issuer'])('%s is as recorded', async (entry) => {
    const files = await readdir(`${root}dist`);
    const file = files.find((name) => new RegExp(`^${entry}(-[\\w-]+)?\\.d\\.ts$`).test(name));
    const text = await readFile(`${root}dist/${file!}`, 'utf8');
    const printed = printer.printFile(ts.createSourceFile(`${entry}.d.ts`, text, ts.ScriptTarget.ES2022));
    await expect(printed.replace(/issuer-[\w-]+\.js/g, 'issuer.js')).toMatchFileSnapshot(`api/${entry}.d.ts`);
  });
});
