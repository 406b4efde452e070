import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** The package as npm lists it when it packs it. */
interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

/** The package as a user has it. */
export interface InstalledPackage {
  /** A project of its own, in which nothing but the package is installed. */
  readonly folder: string;
  /** The package's own folder in there. */
  readonly place: string;
  readonly packed: Packed;
  readonly remove: () => Promise<void>;
}

/** Packs what the last build made and installs it. A build of its own would test another package than the published. */
export async function installPackage(): Promise<InstalledPackage> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenwright-package-'));
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const [packed] = JSON.parse((await run('npm', pack, { cwd: root })).stdout) as [Packed];
  await writeFile(join(folder, 'package.json'), '{ "name": "consumer", "private": true }');
  const install = [
    'install',
    '--no-save',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    join(folder, packed.filename),
  ];
  await run('npm', install, { cwd: folder });
  return {
    folder,
    place: join(folder, 'node_modules/tokenwright'),
    packed,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
