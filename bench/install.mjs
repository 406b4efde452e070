// Packs the package and installs it, and each of the official clients, as a user would.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const npm = (args, cwd) => execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

/** The version that is measured against: the one in the lock. */
export function versionOf(name) {
  return JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version;
}

/** Installs packages into an empty folder. */
export function install(names) {
  const folder = mkdtempSync(join(tmpdir(), 'tokenwright-bench-'));
  writeFileSync(join(folder, 'package.json'), '{ "name": "bench", "private": true }');
  const places = names.map((name) => {
    if (name !== 'tokenwright') return `${name}@${versionOf(name)}`;
    const [{ filename }] = JSON.parse(npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root));
    return join(folder, filename);
  });
  npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', ...places], folder);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export const installAll = () => install(['tokenwright', '@clerk/backend', '@junction-api/sdk', 'axios', 'ky', 'zod']);

/** How much an installation of one package takes: bytes in files, and packages. */
export function weigh(name) {
  const { folder, remove } = install([name]);
  const modules = join(folder, 'node_modules');
  const files = readdirSync(modules, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const own = files.filter((entry) => !entry.name.startsWith('.package-lock'));
  const bytes = own.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  const { packages } = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8'));
  remove();
  return { bytes, packages: Object.keys(packages).length };
}
