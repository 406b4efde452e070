import { execSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { transform } from 'esbuild';
import { type GetManualChunk, rollup } from 'rollup';
import { build, defineConfig, type Options } from 'tsup';

const library = {
  index: 'src/index.ts',
  endpoint: 'src/endpoint/index.ts',
  testing: 'src/testing/index.ts',
  'testing-server': 'src/testing/server/index.ts',
  msw: 'src/msw/index.ts',
  redis: 'src/redis/index.ts',
};

const target = 'es2022';

export default defineConfig(({ silent = false }) => ({
  entry: { ...library, cli: 'src/cli/main.ts' },
  format: 'esm',
  target,
  platform: 'neutral',
  // One copy of the error classes for all entries, and ky in a file of its own.
  splitting: true,
  // Bundled, so that the installed package depends on nothing: it starts faster, works from CommonJS although ky is
  // ESM only, and never meets another zod.
  noExternal: ['ky', 'zod'],
  external: ['msw', /^node:/],
  removeNodeProtocol: false,
  minifySyntax: true,
  clean: true,
  metafile: true,
  plugins: [minifyKy()],
  onSuccess: async () => {
    await writeHalves();
    writeThirdParty();
    await writeTypes(silent);
    writeFolders();
  },
}));

/**
 * Writes one set of types: those of the CommonJS half, which the other half hands on. Declared in both, a type would be two
 * types to a compiler that meets both.
 */
async function writeTypes(silent: boolean): Promise<void> {
  await build({ config: false, entry: library, format: 'cjs', dts: { only: true }, silent });
  for (const name of Object.keys(library)) await writeFile(`dist/${name}.d.ts`, `export * from './${name}.cjs';\n`);
  // msw's own types are declared in both of its halves: each of our halves has to name those of the same half.
  await copyFile('dist/msw.d.cts', 'dist/msw.d.ts');
}

/**
 * Writes the ESM half and the CommonJS half from what esbuild has made. In the second, `import()` becomes a late `require()`:
 * Jest and other loaders of their own making cannot `import()`.
 */
async function writeHalves(): Promise<void> {
  const made = readdirSync('dist').filter((file) => file.endsWith('.js'));
  const input = Object.fromEntries([...Object.keys(library), 'cli'].map((name) => [name, `dist/${name}.js`]));
  const bundle = await rollup({ input, external: ['msw', /^node:/] });
  for (const file of made) rmSync(`dist/${file}`);
  for (const [format, ending] of [
    ['es', 'js'],
    ['cjs', 'cjs'],
  ] as const) {
    await bundle.write({
      dir: 'dist',
      format,
      entryFileNames: `[name].${ending}`,
      // Without the hash that esbuild gave it.
      chunkFileNames: ({ name }) => `${name.replace(/-[A-Z0-9]{8}$/, '')}-[hash].${ending}`,
      manualChunks: toChunk,
      interop: 'auto',
      dynamicImportInCjs: false,
    });
  }
  await bundle.close();
}

/**
 * The small parts that `index` shares with other entries are one file: each file more makes the import half a millisecond
 * longer. Not the clients themselves, which only `testing/server` and the command line need as well: a bundler that drops them
 * would keep a few statements of zod.
 */
const toChunk: GetManualChunk = (id, { getModuleInfo }) => {
  const users = new Set<string>();
  const visit = (file: string): void => {
    if (users.has(file)) return;
    users.add(file);
    getModuleInfo(file)?.importers.forEach(visit);
  };
  visit(id);
  const isUsedBy = (name: string) => users.has(resolve(`dist/${name}.js`));
  if (getModuleInfo(id)?.isEntry === true || !isUsedBy('index')) return undefined;
  const isPartOfClients = isUsedBy('testing-server') && !['endpoint', 'msw', 'redis', 'testing'].some(isUsedBy);
  return isPartOfClients ? 'clients' : 'shared';
};

/** Makes ky's own file small: nobody reads it, and it is there twice. Ours stays readable in a stack trace and a debugger. */
function minifyKy(): NonNullable<Options['plugins']>[number] {
  return {
    name: 'minify-ky',
    renderChunk: (code, { path }) => (/\/ky-[^/]+$/.test(path) ? transform(code, { minify: true, target }) : undefined),
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

/** Says beside the bundle what is in it: the licence of each package, as those ask for, and a list that scanners read. */
function writeThirdParty(): void {
  const metafile = 'dist/metafile-esm.json';
  const { inputs } = JSON.parse(readFileSync(metafile, 'utf8')) as { inputs: Record<string, unknown> };
  rmSync(metafile);
  const names = Object.keys(inputs).flatMap((input) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []);
  const packages = [...new Set(names)].sort().map((name) => {
    const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')) as { version: string };
    return { name, version };
  });
  writeFileSync('dist/third-party-licenses.txt', toLicenses(packages));
  writeFileSync('dist/sbom.cdx.json', toSbom(packages));
}

interface ThirdParty {
  readonly name: string;
  readonly version: string;
}

function toLicenses(packages: readonly ThirdParty[]): string {
  const notices = packages.map(({ name, version }) => {
    const folder = `node_modules/${name}`;
    const licence = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
    if (licence === undefined) throw new Error(`${name} has no licence file, so it cannot be bundled.`);
    return `${name} ${version}\n\n${readFileSync(`${folder}/${licence}`, 'utf8').trim()}\n`;
  });
  const intro = 'This package contains code of the packages below, under the licences that follow each name.\n';
  return [intro, ...notices].join('\n----\n\n');
}

interface Sbom {
  readonly metadata: { readonly component: { readonly 'bom-ref': string } };
  readonly components: readonly { readonly 'bom-ref': string; readonly properties?: unknown }[];
}

/** npm's CycloneDX of the lock file, without what is not bundled and what differs from build to build. */
function toSbom(packages: readonly ThirdParty[]): string {
  const { name, version } = JSON.parse(readFileSync('package.json', 'utf8')) as ThirdParty;
  const command = 'npm sbom --sbom-format cyclonedx --sbom-type library --package-lock-only';
  const all = JSON.parse(execSync(command, { encoding: 'utf8', maxBuffer: 64 * 1024 ** 2 })) as Sbom;
  const bundled = packages.map((each) => {
    const reference = `${each.name}@${each.version}`;
    const component = all.components.find((every) => every['bom-ref'] === reference);
    if (component === undefined) throw new Error(`package-lock.json has no ${reference}, but it was bundled: npm ci.`);
    // They say that it is not needed at run time, which is true of the package alone.
    return { ...component, properties: undefined };
  });
  const component = { ...all.metadata.component, name, version };
  const dependsOn = bundled.map((each) => each['bom-ref']);
  const sbom = {
    ...all,
    serialNumber: undefined,
    metadata: { component },
    components: bundled,
    dependencies: [{ ref: component['bom-ref'], dependsOn }, ...dependsOn.map((ref) => ({ ref, dependsOn: [] }))],
  };
  return `${JSON.stringify(sbom, undefined, 2)}\n`;
}
