import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { defineConfig } from 'tsup';

const library = {
  index: 'src/index.ts',
  endpoint: 'src/endpoint/index.ts',
  testing: 'src/testing/index.ts',
  'testing-server': 'src/testing/server/index.ts',
  msw: 'src/msw/index.ts',
};

export default defineConfig([
  {
    entry: { ...library, cli: 'src/cli/main.ts' },
    format: ['esm', 'cjs'],
    target: 'es2022',
    platform: 'neutral',
    // Both together: splitting keeps one copy of the error classes for all entries, and rollup's pass over it is what
    // makes the CommonJS half correct.
    splitting: true,
    treeshake: true,
    // Bundled, so that the installed package depends on nothing: it starts faster, works from CommonJS although ky is
    // ESM only, and never meets another zod.
    noExternal: ['ky', 'zod'],
    external: ['msw', /^node:/],
    clean: true,
    removeNodeProtocol: false,
    metafile: true,
    onSuccess: async () => {
      writeThirdPartyLicenses();
      // One set of types: those of the CommonJS half, which the other half hands on. Declared in both, a type would be
      // two types to a compiler that meets both.
      for (const name of Object.keys(library)) await writeFile(`dist/${name}.d.ts`, `export * from './${name}.cjs';\n`);
    },
  },
  { entry: library, format: 'cjs', dts: { only: true } },
]);

/** Puts the licence of every package that ended up in the bundle beside it, as those licences ask for. */
function writeThirdPartyLicenses(): void {
  const metafiles = ['dist/metafile-esm.json', 'dist/metafile-cjs.json'];
  const inputs = metafiles.flatMap((file) => {
    const { inputs } = JSON.parse(readFileSync(file, 'utf8')) as { inputs: Record<string, unknown> };
    return Object.keys(inputs);
  });
  for (const file of metafiles) rmSync(file);

  const names = inputs.flatMap((input) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []);
  const notices = [...new Set(names)].sort().map((name) => {
    const folder = `node_modules/${name}`;
    const { version } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as { version: string };
    const licence = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
    if (licence === undefined) throw new Error(`${name} has no licence file, so it cannot be bundled.`);
    return `${name} ${version}\n\n${readFileSync(`${folder}/${licence}`, 'utf8').trim()}\n`;
  });
  const intro = 'This package contains code of the packages below, under the licences that follow each name.\n';
  writeFileSync('dist/third-party-licenses.txt', [intro, ...notices].join('\n----\n\n'));
}
