// Runs the packed tarball in the test environments that its users have, each with the same short acceptance:
// `npm run test:environments`, or with names for some of them. One that cannot be had is a failure.
import { execFile } from 'node:child_process';
import { cp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { unpackPackage } from '../support/harness.mjs';

const execute = promisify(execFile);
const here = fileURLToPath(new URL('.', import.meta.url));
// Below this folder, so that the tools are found as a user's project finds them.
const folder = join(here, 'work');
const examples = ['sign-in.jest.cjs', 'sign-in.node.mjs'];
const tool = (path) => join(here, 'node_modules', path);

async function prepare() {
  await rm(folder, { recursive: true, force: true });
  await execute(
    'npm',
    ['ci', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--legacy-peer-deps'],
    { cwd: here },
  );
  await unpackPackage(folder);
  await writeFile(join(folder, 'package.json'), '{ "name": "environments", "private": true, "type": "module" }');
  await cp(join(here, 'consumers'), folder, { recursive: true });
  // What docs/testing.md shows.
  for (const file of examples) await cp(join(here, '../../examples/testing', file), join(folder, file));
}

async function run(args, variables = {}) {
  const env = { PATH: process.env.PATH, HOME: folder, NO_COLOR: '1', ...variables };
  return execute(process.execPath, args, { cwd: folder, env, timeout: 120_000, maxBuffer: 1e8 });
}

/** What can be done where all of `fetch` is there. */
const all = ['withResponse', 'withFakes', 'withRequest'];

/** One Jest with several environments; each is a project with its own abilities. */
const jest = (version) => async () => {
  const jsdom = tool(`jest-environment-jsdom${version}`);
  // It looks for the jsdom of Jest beside it.
  const beside = join(folder, `fixed${version}/node_modules`);
  await cp(tool('jest-fixed-jsdom'), join(beside, 'jest-fixed-jsdom'), { recursive: true });
  await symlink(jsdom, join(beside, 'jest-environment-jsdom'));
  const project = (name, testEnvironment, abilities, file, more = {}) => ({
    displayName: name,
    rootDir: folder,
    testEnvironment,
    testMatch: [`<rootDir>/${file}`],
    globals: { ABILITIES: abilities },
    transform: {},
    ...more,
  });
  const tsconfig = { module: 'commonjs', moduleResolution: 'node10', target: 'es2022', ignoreDeprecations: '6.0' };
  const typescript = {
    transform: {
      '\\.ts$': [tool('ts-jest'), { tsconfig: { ...tsconfig, strict: true, types: [], lib: ['es2022', 'dom'] } }],
    },
  };
  const config = {
    projects: [
      project('node', 'node', [...all, 'withMsw'], 'commonjs.cjs'),
      project('jsdom', jsdom, ['withoutFetch'], 'commonjs.cjs'),
      project('fixed-jsdom', join(beside, 'jest-fixed-jsdom'), [...all, 'withMsw'], 'commonjs.cjs'),
      project('example', 'node', [], 'sign-in.jest.cjs'),
      project('ts-jest', 'node', all, 'typescript.ts', typescript),
    ],
  };
  const [configFile, output] = [join(folder, `jest${version}.json`), join(folder, `jest${version}.out.json`)];
  await writeFile(configFile, JSON.stringify(config));
  const args = [
    tool(`jest${version}/bin/jest.js`),
    '--config',
    configFile,
    '--json',
    '--outputFile',
    output,
    '--ci',
    '-i',
  ];
  const { stderr } = await run([...args, '--cacheDirectory', join(folder, `cache${version}`)]).catch((error) => error);
  const { testResults } = JSON.parse(await readFile(output, 'utf8').catch(() => Promise.reject(new Error(stderr))));
  const results = {};
  for (const { name, message, status, assertionResults } of testResults) {
    for (const { title, failureMessages, status: ended } of assertionResults)
      results[title] ??= ended === 'passed' ? null : failureMessages.join('\n');
    if (status !== 'passed' && assertionResults.length === 0) results[name] = message;
  }
  // Every project has to have run.
  if (testResults.length !== config.projects.length) results.projects = stderr;
  if (Object.values(results).some((problem) => problem !== null)) results.output = stderr;
  return results;
};

const vitest = (environment, abilities) => async () => {
  const output = join(folder, `vitest-${environment}.json`);
  const config = join(folder, 'vitest.config.mjs');
  await writeFile(config, "export default { test: { include: ['vitest.mjs'] } };");
  const options = ['--config', config, '--root', folder, '--environment', environment];
  const args = [tool('vitest/vitest.mjs'), 'run', ...options, '--reporter', 'json', '--outputFile', output];
  const { stderr = '', stdout = '' } = await run(args, { ABILITIES: abilities.join() }).catch((error) => error);
  const { testResults } = JSON.parse(
    await readFile(output, 'utf8').catch(() => Promise.reject(new Error(stderr + stdout))),
  );
  return Object.fromEntries(
    testResults.flatMap(({ assertionResults, message, status }) =>
      assertionResults.length === 0
        ? [['load', status === 'passed' ? null : message]]
        : assertionResults.map(({ title, status: ended, failureMessages }) => [
            title,
            ended === 'passed' ? null : failureMessages.join('\n'),
          ]),
    ),
  );
};

const nodeTest = async () => {
  const problem = await run(['--test', 'node-test.mjs', 'sign-in.node.mjs']).then(
    () => null,
    ({ stdout }) => stdout,
  );
  return { all: problem };
};

const plain =
  (options, abilities, way = 'import') =>
  async () => {
    const { stdout } = await run([...options, 'plain.cjs', abilities.join(), way]);
    return JSON.parse(stdout);
  };

const environments = {
  jest29: jest(29),
  jest30: jest(30),
  'vitest jsdom': vitest('jsdom', all),
  'vitest happy-dom': vitest('happy-dom', all),
  'node:test': nodeTest,
  'frozen-intrinsics': plain(['--frozen-intrinsics'], all),
  'frozen-intrinsics require': plain(['--frozen-intrinsics'], all, 'require'),
  'ses lockdown': plain(['--require', './lockdown.cjs'], all),
  'no Request': plain(['--require', './without-request.cjs'], ['withResponse']),
  'no fetch': plain(['--require', './without-fetch.cjs'], ['withoutFetch']),
  'no fetch, require': plain(['--require', './without-fetch.cjs'], ['withoutFetch'], 'require'),
};

await prepare();
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in environments));
if (unknown.length > 0)
  throw new Error(`There is no ${unknown.join(', ')}. There is: ${Object.keys(environments).join(', ')}.`);
const names = wanted.length > 0 ? wanted : Object.keys(environments);
const problems = [];
// Two at a time, as most machines have two processors.
await Promise.all(
  [0, 1].map(async (worker) => {
    for (const name of names.filter((_, index) => index % 2 === worker)) {
      const results = await environments[name]().catch((error) => ({ start: String(error.stderr || error.stack) }));
      const failed = Object.entries(results).filter(([, problem]) => problem !== null);
      const isFine = failed.length === 0 && Object.keys(results).length > 0;
      console.log(`${name.padEnd(26)} ${isFine ? `yes (${Object.keys(results).length})` : 'NO'}`);
      if (!isFine)
        problems.push(
          `${name}: ${failed.map(([check, problem]) => `${check}: ${problem}`).join('\n') || 'nothing ran'}`,
        );
    }
  }),
);
for (const problem of problems) console.error(`\n${problem}`);
console.log(problems.length === 0 ? '\nAll is well.' : `\nProblems: ${problems.length}`);
process.exitCode = problems.length === 0 ? 0 : 1;
