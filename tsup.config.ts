import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { rollup } from 'rollup';
import { defineConfig, type Options } from 'tsup';

const library = {
  index: 'src/index.ts',
  endpoint: 'src/endpoint/index.ts',
  testing: 'src/testing/index.ts',
  'testing-server': 'src/testing/server/index.ts',
  msw: 'src/msw/index.ts',
  redis: 'src/redis/index.ts',
};

const shared: Options = {
  entry: { ...library, cli: 'src/cli/main.ts' },
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  // One copy of the error classes for all entries, and ky in a file of its own.
  splitting: true,
  // Bundled, so that the installed package depends on nothing: it starts faster, works from CommonJS although ky is
  // ESM only, and never meets another zod.
  noExternal: ['ky', 'zod'],
  external: ['msw', /^node:/],
  removeNodeProtocol: false,
};

export default defineConfig([
  {
    ...shared,
    treeshake: true,
    clean: true,
    metafile: true,
    onSuccess: async () => {
      writeThirdPartyLicenses();
      // One set of types: those of the CommonJS half, which the other half hands on. Declared in both, a type would be
      // two types to a compiler that meets both.
      for (const name of Object.keys(library)) await writeFile(`dist/${name}.d.ts`, `export * from './${name}.cjs';\n`);
      writeFolders();
    },
  },
  { ...shared, outExtension: () => ({ js: '.cjs' }), plugins: [toCommonJs()] },
  { entry: library, format: 'cjs', dts: { only: true } },
]);

/**
 * Turns each file into CommonJS, `import()` into a late `require()` included: Jest and other loaders of their own making
 * cannot `import()`, and tsup's own CommonJS leaves it in.
 */
function toCommonJs(): NonNullable<Options['plugins']>[number] {
  return {
    name: 'to-commonjs',
    async renderChunk(code, { path }) {
      const bundle = await rollup({
        input: path,
        makeAbsoluteExternalsRelative: false,
        // Every other file stays a file.
        plugins: [{ name: 'file', resolveId: (id) => (id === path ? id : false), load: () => code }],
      });
      const interop = (id: string | null) => (id?.startsWith('.') === true ? 'esModule' : 'auto');
      const { output } = await bundle.generate({ format: 'cjs', interop, dynamicImportInCjs: false });
      return { code: output[0].code };
    },
  };
}

/** Makes a folder for each subpath, for what does not read `exports`: older resolutions look for a manifest there. */
function writeFolders(): void {
  for (const name of Object.keys(library).filter((each) => each !== 'index')) {
    const path = name.replace('-', '/');
    const dist = `${'../'.repeat(path.split('/').length)}dist/${name}`;
    // Without `module`, or a bundler that reads both might take the package twice.
    const manifest = { main: `${dist}.cjs`, types: `${dist}.d.cts`, sideEffects: false };
    mkdirSync(path, { recursive: true });
    writeFileSync(`${path}/package.json`, `${JSON.stringify(manifest, undefined, 2)}\n`);
  }
}

/** Puts the licence of every package that ended up in the bundle beside it, as those licences ask for. */
function writeThirdPartyLicenses(): void {
  const metafile = 'dist/metafile-esm.json';
  const { inputs } = JSON.parse(readFileSync(metafile, 'utf8')) as { inputs: Record<string, unknown> };
  rmSync(metafile);

  const names = Object.keys(inputs).flatMap((input) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []);
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
