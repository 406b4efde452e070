// Runs the packed tarball in every runtime, with both versions of msw, and through every compiler: `npm run test:runtimes`,
// or `npm run test:runtimes -- deno node24` for some of them. A runtime that cannot be had is a failure, never left out.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { findClosedPort } from '../support/harness.mjs';
import { checkProxies, promises } from './proxies.mjs';

const executeFile = promisify(execFile);
/** Runs a program that must end within some minutes: what hangs here is what the suite is to find. */
const execute = (program, args, options) => executeFile(program, args, { timeout: 240_000, ...options });
const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));
const tool = (path) => join(here, 'node_modules', path);
const require = createRequire(join(here, 'package.json'));

const folder = await mkdtemp(join(tmpdir(), 'tokenwright-runtimes-'));
const stops = [() => rm(folder, { recursive: true, force: true })];

/** A server that does what none should, and serves the package to the browser. */
async function startHostileServer() {
  const listen = async (handle) => {
    const server = createServer(handle).listen(0, '127.0.0.1');
    await once(server, 'listening');
    stops.push(() => server.close().closeAllConnections());
    return `http://127.0.0.1:${server.address().port}`;
  };
  let stolen = 0;
  const elsewhere = await listen((_, response) => {
    stolen += 1;
    response.end();
  });
  return listen(async ({ url }, response) => {
    if (url.startsWith('/redirect/')) response.writeHead(307, { location: elsewhere }).end();
    else if (url.startsWith('/stall/')) response.writeHead(200, { 'content-type': 'application/json' }).write('{');
    else if (url === '/stolen') response.end(String(stolen));
    else if (url === '/')
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Test</title>');
    else if (/^\/[\w./-]+\.m?js$/.test(url) && !url.includes('..')) {
      const code = await readFile(join(folder, url)).catch(() => undefined);
      response.writeHead(code === undefined ? 404 : 200, { 'content-type': 'text/javascript' }).end(code);
    } else response.writeHead(404).end();
  });
}

/** The command of the package serves its fakes, as it does for users. */
async function startFakes() {
  const child = spawn(
    process.execPath,
    [join(folder, 'node_modules/tokenwright/dist/cli.cjs'), 'serve', '--port', '0'],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  stops.push(() => child.kill());
  const places = {};
  for await (const line of createInterface({ input: child.stdout })) {
    const [provider, url] = line.split(/\s+/);
    places[provider] = url;
    if (Object.keys(places).length === 3) return places;
  }
  throw new Error('The fakes were not served.');
}

async function runProgram(program, args, cwd = folder, variables = {}) {
  const env = { PATH: process.env.PATH, HOME: folder, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1', ...variables };
  const { stdout } = await execute(program, args, { cwd, env, timeout: 60_000 });
  return JSON.parse(stdout);
}

const node = (version, entry) => () => runProgram(tool(`node${version}/bin/node`), [entry, JSON.stringify(places)]);

/** Workers take the files of the package as they are, without a bundler. */
const workerd = (flags) => async () => {
  const port = await findClosedPort();
  const dist = join(folder, 'node_modules/tokenwright/dist');
  const files = (await readdir(dist)).filter((name) => name.endsWith('.js'));
  const worker = `import * as core from './dist/index.js';
import * as endpoint from './dist/endpoint.js';
import * as testing from './dist/testing.js';
import { abandonBulk } from './abandoned.mjs';
import { accept, offlineChecks, onlineChecks } from './acceptance.mjs';
const places = ${JSON.stringify(places)};
// Where randomness, timers and the clock are forbidden.
const fakes = testing.createFakeProviders();
const parts = { core, endpoint, testing, places, fakes };
const { leave, check } = abandonBulk(parts);
export default {
  fetch: async ({ url }) =>
    url.endsWith('/leave') ? leave() : Response.json(await accept({ ...offlineChecks, ...onlineChecks, ...check }, parts)),
};`;
  const where = await mkdtemp(join(folder, 'workerd-'));
  await writeFile(join(where, 'worker.mjs'), worker);
  for (const file of ['acceptance.mjs', 'abandoned.mjs']) await cp(join(here, file), join(where, file));
  await cp(dist, join(where, 'dist'), { recursive: true });
  const modules = ['worker.mjs', 'acceptance.mjs', 'abandoned.mjs', ...files.map((name) => `dist/${name}`)];
  const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [${modules.map((name) => `(name = "${name}", esModule = embed "${name}")`).join(', ')}],
      compatibilityDate = "2026-01-01",
      compatibilityFlags = [${flags.map((flag) => `"${flag}"`).join(', ')}],
      globalOutbound = "outside")),
    (name = "outside", network = (allow = ["private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]
);`;
  await writeFile(join(where, 'config.capnp'), config);
  const child = spawn(tool('@cloudflare/workerd-linux-64/bin/workerd'), ['serve', 'config.capnp'], {
    cwd: where,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const failed = once(child, 'error').then(([error]) => Promise.reject(error));
  failed.catch(() => undefined);
  let said = '';
  child.stderr.on('data', (data) => (said += data));
  stops.push(() => child.kill('SIGKILL'));
  try {
    for (let attempt = 0; attempt < 100 && child.exitCode === null; attempt += 1) {
      const left = await Promise.race([fetch(`http://127.0.0.1:${port}/leave`).catch(() => undefined), failed]);
      const response = left?.ok ? await fetch(`http://127.0.0.1:${port}/`) : left;
      if (response?.ok) return await response.json();
      if (response !== undefined) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`workerd did not answer: ${said}`);
  } finally {
    child.kill('SIGKILL');
  }
};

/** Edge runtimes run scripts, so a bundler makes one, as the frameworks on top of them do. */
async function edgeRuntime() {
  const { EdgeRuntime } = require('edge-runtime');
  const contents = `import * as core from 'tokenwright';
import * as endpoint from 'tokenwright/endpoint';
import * as testing from 'tokenwright/testing';
import { accept, offlineChecks, onlineChecks } from './acceptance.mjs';
const parts = { core, endpoint, testing, places: ${JSON.stringify(places)} };
addEventListener('fetch', (event) =>
  event.respondWith(accept({ ...offlineChecks, ...onlineChecks }, parts).then((results) => Response.json(results))));`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: folder },
    bundle: true,
    format: 'iife',
    write: false,
    logLevel: 'error',
  });
  const response = await new EdgeRuntime({ initialCode: outputFiles[0].text }).dispatchFetch('http://edge.invalid/');
  return response.json();
}

/** A page takes the files of the package as they are. Providers answer no page, so that here all is about the fakes. */
async function browser() {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  await access(executablePath);
  const quiet = ['background-networking', 'component-update', 'sync', 'gpu', 'quic'].map((what) => `--disable-${what}`);
  const chromiumBrowser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--no-first-run', ...quiet] });
  try {
    const page = await chromiumBrowser.newPage();
    await page.goto(places.hostile);
    return await page.evaluate(async () => {
      const dist = '/node_modules/tokenwright/dist';
      const core = await import(`${dist}/index.js`);
      const endpoint = await import(`${dist}/endpoint.js`);
      const testing = await import(`${dist}/testing.js`);
      const { accept, offlineChecks } = await import('/acceptance.mjs');
      return accept(offlineChecks, { core, endpoint, testing });
    });
  } finally {
    await chromiumBrowser.close();
  }
}

/** A version of msw beside a copy of the package: a link would look for msw where the package really lies. */
const msw = (version, nodeVersion) => async () => {
  const where = join(folder, `msw${version}-node${nodeVersion}`);
  await mkdir(join(where, 'node_modules'), { recursive: true });
  await cp(join(folder, 'node_modules/tokenwright'), join(where, 'node_modules/tokenwright'), { recursive: true });
  await symlink(tool(`msw${version}`), join(where, 'node_modules/msw'));
  for (const file of ['entry-msw.mjs', 'acceptance.mjs']) await cp(join(here, file), join(where, file));
  return runProgram(tool(`node${nodeVersion}/bin/node`), ['entry-msw.mjs'], where);
};

const compilers = { 54: [], 57: [], 59: ['node20'], 6: ['node20'], 7: ['node20'] };
const typescript = (version) => async () => {
  const [program, ...before] = [process.execPath, tool(`typescript${version}/bin/tsc`)];
  const strict = ['--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', 'false', '--skipDefaultLibCheck'];
  const options = ['--noEmit', '--declaration', '--target', 'es2022', '--lib', 'es2022,dom,dom.iterable', ...strict];
  const modules = ['node16', ...compilers[version], 'nodenext', 'esnext'];
  const results = {};
  for (const module of modules) {
    const files = ['types.mts', 'types.cts', 'declarations.mts', ...(module === 'esnext' ? [] : ['types-require.cts'])];
    const resolution = module === 'esnext' ? 'bundler' : module === 'node20' ? 'node16' : module;
    const args = [...before, ...options, '--module', module, '--moduleResolution', resolution, ...files];
    const problem = await execute(program, args, { cwd: folder }).then(
      () => null,
      ({ stdout, message }) => stdout || message,
    );
    results[module] = problem;
  }
  return results;
};

const runtimes = {
  ...Object.fromEntries(
    [20, 22, 24, 26].flatMap((version) => [
      [`node${version} ESM`, node(version, 'entry.mjs')],
      [`node${version} CommonJS`, node(version, 'entry.cjs')],
    ]),
  ),
  deno: () =>
    runProgram(tool('@deno/linux-x64-glibc/deno'), [
      ...['run', '--quiet', '--no-prompt', '--node-modules-dir=manual', '--allow-net=127.0.0.1', '--allow-read'],
      ...['entry.mjs', JSON.stringify(places)],
    ]),
  bun: () => runProgram(tool('@oven/bun-linux-x64/bin/bun'), ['entry.mjs', JSON.stringify(places)]),
  workerd: workerd([]),
  'workerd nodejs_compat': workerd(['nodejs_compat']),
  'edge-runtime': edgeRuntime,
  chromium: browser,
};
const mocks = {
  'msw2 node20': msw(2, 20),
  'msw2 node24': msw(2, 24),
  'msw3 node22': msw(3, 22),
  'msw3 node26': msw(3, 26),
};
/** Whether a proxy is used or not is what docs/proxies.md says. */
const programs = {
  ...Object.fromEntries([20, 22, 24, 26].map((version) => [`node${version}`, [tool(`node${version}/bin/node`)]])),
  bun: [tool('@oven/bun-linux-x64/bin/bun')],
  deno: [
    ...[tool('@deno/linux-x64-glibc/deno'), 'run', '--quiet', '--no-prompt', '--node-modules-dir=manual'],
    ...['--allow-net=127.0.0.1', '--allow-read', '--allow-env'],
  ],
};
const proxies = Object.fromEntries(
  Object.entries(promises).map(([name, expected]) => [
    `proxy ${name}`,
    () =>
      checkProxies(expected, (way, variables, proxy) => {
        const [program, ...before] = programs[name];
        return runProgram(program, [...before, 'entry-proxy.mjs', way, places.clerk, proxy], folder, variables);
      }),
  ]),
);
const compilations = Object.fromEntries(
  Object.keys(compilers).map((version) => [`typescript${version}`, typescript(version)]),
);

function printTable(title, results) {
  const columns = [...new Set(Object.values(results).flatMap(Object.keys))];
  const width = Math.max(...Object.keys(results).map((name) => name.length), title.length);
  console.log(`\n${[title.padEnd(width), ...columns].join('  ')}`);
  for (const [name, result] of Object.entries(results)) {
    const cells = columns.map((column) => {
      const mark = result[column] === undefined ? '-' : result[column] === null ? 'yes' : 'NO';
      return mark.padEnd(column.length);
    });
    console.log([name.padEnd(width), ...cells].join('  ').trimEnd());
  }
}

/** What to do if a runtime is not there. */
const advise = (name) =>
  name === 'chromium'
    ? 'Install the package "chromium" (on Debian: apt-get install chromium), or name its place in CHROMIUM'
    : 'It is installed by `npm ci` in test/runtimes, on Linux x64 with glibc';

/** Gives up on work that takes too long. */
async function within(milliseconds, work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${milliseconds} ms`)), milliseconds);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Runs what was asked for, one after the other; gives the number of problems. */
async function runAll(title, all, wanted) {
  const results = {};
  const problems = [];
  for (const [name, runOne] of Object.entries(all)) {
    if (wanted.length > 0 && !wanted.some((each) => name.split(' ').includes(each))) continue;
    try {
      results[name] = await within(240_000, runOne());
    } catch (error) {
      const isMissing =
        error?.code === 'ENOENT' ||
        error?.code === 'MODULE_NOT_FOUND' ||
        /Executable doesn't exist/i.test(String(error));
      results[name] = {};
      const what = isMissing ? `cannot be had on this machine. ${advise(name)}` : 'did not run';
      problems.push(`${name}: ${what}: ${String(error)}`);
    }
    for (const [check, problem] of Object.entries(results[name]))
      if (problem !== null) problems.push(`${name}, ${check}: ${problem}`);
  }
  if (Object.keys(results).length > 0) printTable(title, results);
  for (const problem of problems) console.error(`\n${problem}`);
  return problems.length;
}

let places;
try {
  await execute('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: here });
  const { stdout } = await execute('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
  });
  const [{ filename }] = JSON.parse(stdout);
  await writeFile(join(folder, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }');
  const install = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', join(folder, filename)];
  await execute('npm', install, { cwd: folder });
  for (const file of ['acceptance.mjs', 'entry.mjs', 'entry-proxy.mjs']) await cp(join(here, file), join(folder, file));
  for (const place of ['test/runtimes/consumers', 'examples/proxies'])
    await cp(join(root, place), folder, { recursive: true });
  await symlink(tool('undici'), join(folder, 'node_modules/undici'));

  const nobody = `http://127.0.0.1:${await findClosedPort()}`;
  places = { ...(await startFakes()), hostile: await startHostileServer(), nobody };
  const wanted = process.argv.slice(2);
  const known = [
    ...Object.keys(runtimes),
    ...Object.keys(mocks),
    ...Object.keys(proxies),
    ...Object.keys(compilations),
  ].flatMap((name) => name.split(' '));
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(`There is no ${unknown.join(', ')}. There is: ${[...new Set(known)].join(', ')}.`);
  const count =
    (await runAll('runtime', runtimes, wanted)) +
    (await runAll('mock', mocks, wanted)) +
    (await runAll('proxy', proxies, wanted)) +
    (await runAll('compiler', compilations, wanted));
  console.log(count === 0 ? '\nAll is well.' : `\nProblems: ${count}`);
  process.exitCode = count === 0 ? 0 : 1;
} finally {
  for (const stop of stops.reverse()) await stop();
}
