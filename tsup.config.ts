import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { transform } from 'esbuild';
import { defineConfig, type Options } from 'tsup';

const library = {
  index: 'src/index.ts',
  endpoint: 'src/endpoint/index.ts',
  testing: 'src/testing/index.ts',
  msw: 'src/msw/index.ts',
};

/**
 * Shrinks what is bundled, so that the tarball stays small: others' code and the command lose their comments and long local
 * names, the library keeps all. The bundler prints the code anew, so a stack trace still points at a line that can be read.
 */
const shrink: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'shrink',
  setup(build) {
    const shrinkFiles = (filter: RegExp, options: { minify: true } | { minifyIdentifiers: true }) => {
      build.onLoad({ filter }, async ({ path }) => {
        const { code } = await build.esbuild.transform(readFileSync(path, 'utf8'), {
          ...options,
          loader: path.endsWith('.ts') ? 'ts' : 'js',
          legalComments: 'none',
        });
        return { contents: code };
      });
    };
    // By where they lie in the project: the clone itself may lie in any folder, such as one called src.
    shrinkFiles(/node_modules.ky.*\.m?js$|[\\/]src[\\/]cli[\\/][\w-]+\.ts$/, { minify: true });
    // No more than that, or nobody could tell any more which of it is unused.
    shrinkFiles(/node_modules.zod.*\.js$/, { minifyIdentifiers: true });
  },
};

export default defineConfig({
  entry: { ...library, cli: 'src/cli/main.ts' },
  format: ['esm', 'cjs'],
  target: 'es2022',
  platform: 'neutral',
  dts: { entry: library },
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
  esbuildPlugins: [shrink],
  metafile: true,
  onSuccess: async () => {
    await squeeze();
    writeThirdPartyLicenses();
  },
});

/** Takes the white space out of others' code and the command, which the bundler has marked by file; the library keeps it. */
async function squeeze(): Promise<void> {
  for (const file of readdirSync('dist').filter((name) => /\.c?js$/.test(name))) {
    const parts = readFileSync(`dist/${file}`, 'utf8').split(/^(?=\/\/ (?:src|node_modules)\/)/m);
    const squeezed = parts.map(async (part) => {
      if (!/^\/\/ (node_modules|src\/cli)\//.test(part)) return part;
      const [mark = ''] = part.split('\n', 1);
      return `${mark}\n${(await transform(part, { minifyWhitespace: true, minifySyntax: true, target: 'es2022' })).code}`;
    });
    writeFileSync(`dist/${file}`, (await Promise.all(squeezed)).join(''));
  }
}

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
