// Starts the recipes of the token endpoint in the frameworks that they are for, with the packed tarball, and calls each over
// HTTP: `npm run test:apps`, or `npm run test:apps -- nest next` for some of them. An app that cannot be had is a failure.
import { execFile } from 'node:child_process';
import { cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { unpackPackage } from '../support/harness.mjs';
import { createApps } from './apps.mjs';
import { checkApp } from './checks.mjs';
import { serveFakes } from './fakes.mjs';

const execute = promisify(execFile);
const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));
// Below this folder, so that the frameworks are found as a user's program finds them.
const folder = join(here, 'work');
const tool = (path) => join(here, 'node_modules', path);

async function prepare() {
  await rm(folder, { recursive: true, force: true });
  await execute('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: here });
  await unpackPackage(folder);
  await writeFile(join(folder, 'package.json'), '{ "name": "apps", "private": true, "type": "module" }');
  await cp(join(root, 'examples/token-endpoint'), folder, { recursive: true });
  await cp(join(here, 'tsconfig.json'), join(folder, 'tsconfig.json'));
  // The same recipe with the older Express.
  await mkdir(join(folder, 'older/node_modules'), { recursive: true });
  for (const file of ['express.mjs', 'session.mjs']) await cp(join(folder, file), join(folder, 'older', file));
  await symlink(tool('express4'), join(folder, 'older/node_modules/express'));
}

/** Compiles all recipes that are TypeScript, whether they are started or not. */
async function typeCheck() {
  await execute(process.execPath, [tool('typescript/bin/tsc'), '-p', folder], { cwd: folder }).catch(({ stdout }) => {
    throw new Error(stdout);
  });
}

await prepare();
const fakes = await serveFakes(folder);
const apps = createApps({ folder, tool, execute, env: { ...fakes.env } });
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in apps));
if (unknown.length > 0)
  throw new Error(`There is no ${unknown.join(', ')}. There is: ${Object.keys(apps).join(', ')}.`);

const problems = [];
try {
  await typeCheck();
  console.log('type-checked');
  for (const name of wanted.length > 0 ? wanted : Object.keys(apps)) {
    let app;
    try {
      app = await apps[name]();
      await checkApp(app, fakes);
      console.log(`${name.padEnd(10)} yes`);
    } catch (error) {
      console.log(`${name.padEnd(10)} NO`);
      problems.push(`${name}: ${error.stack}\n${app?.said() ?? ''}`);
    } finally {
      await app?.stop();
    }
  }
} catch (error) {
  problems.push(String(error));
} finally {
  fakes.stop();
}
for (const problem of problems) console.error(`\n${problem}`);
console.log(problems.length === 0 ? '\nAll is well.' : `\nProblems: ${problems.length}`);
process.exitCode = problems.length === 0 ? 0 : 1;
