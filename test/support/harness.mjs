// What the programs share that try the packed tarball in other people's set-ups.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Packs what the last build made, and unpacks it to where the programs of a folder find it. */
export async function unpackPackage(folder) {
  const installed = join(folder, 'node_modules/tokenwright');
  await mkdir(installed, { recursive: true });
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const [{ filename }] = JSON.parse((await execute('npm', pack, { cwd: root })).stdout);
  await execute('tar', ['-xzf', join(folder, filename), '--strip-components=1', '-C', installed]);
}

/** A port on which nobody listens. */
export async function findClosedPort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
