import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Builds sources as `name.cjs` each, for processes of their own. Returns the new folder, which the caller removes. */
export async function buildForNode(entry: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenwright-test-'));
  await build({
    config: false,
    silent: true,
    entry: Object.fromEntries(Object.entries(entry).map(([name, file]) => [name, join(root, file)])),
    outDir: folder,
    format: 'cjs',
    platform: 'node',
    target: 'es2022',
    noExternal: [/^(ky|zod)$/],
    outExtension: () => ({ js: '.cjs' }),
  });
  return folder;
}
