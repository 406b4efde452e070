import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { scopes } from '../src/errors/codes.js';
import { errorFromJSON } from '../src/errors/json.js';
import { meaningOf, statuses } from '../src/http/statuses.js';
import { providers } from '../src/providers/index.js';
import { subjects } from './support/subjects/index.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const docs = readdirSync(`${root}docs`)
  .filter((file) => file.endsWith('.md'))
  .map((file) => readFileSync(`${root}docs/${file}`, 'utf8'));
const blocks = [...[readme, ...docs].join('\n').matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1]!);

it('is read in five minutes', () => {
  expect(readme.trim().split('\n').length).toBeLessThanOrEqual(170);
});

it('names tests that are there for promises', () => {
  const promises = readFileSync(`${root}docs/promises.md`, 'utf8');
  const claims = [...promises.matchAll(/`(test\/[^`]+)`: "([^"]+)"/g)];
  expect(claims.length).toBeGreaterThan(10);
  for (const [, file = '', title = ''] of claims) {
    expect(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'), file).toContain(title);
  }
});

/** The class that an error of each code has. */
const classOf = (code: string) => {
  const base = { message: '', provider: 'clerk', operation: 'issueToken', retryable: false, scope: 'user' };
  return errorFromJSON({ ...base, status: 400, timeout: 1, code })?.name;
};

it('lists every code of an error with its class, its statuses and its scope, as the tables of the source have them', () => {
  const [, table = ''] = readme.split('## Errors');
  const rows = [...table.matchAll(/^\| `(\w+Error)` +\| (.*?) +\| `(\w+)` +\|/gm)];
  const listed = rows.flatMap(([, name, codes = '', scope = '']) =>
    [...codes.matchAll(/`(\w+)`(?: \((\d+)\))?/g)].map(([, code = '', status]) => ({ name, code, status, scope })),
  );
  expect(Object.fromEntries(listed.map(({ code, scope }) => [code, scope]))).toEqual(scopes);
  for (const { name, code } of listed) expect(name, code).toBe(classOf(code));
  const byStatus = listed.flatMap(({ code, status }) => (status === undefined ? [] : [[status, code]]));
  const own = Object.entries(statuses).filter(([status, { code }]) => code !== 'server_error' && status !== '408');
  expect(Object.fromEntries(byStatus)).toEqual(Object.fromEntries(own.map(([status, { code }]) => [status, code])));
});

it.each(['README.md', 'docs/errors.md'])(
  '%s names the statuses that may pass, as the table of the source has them',
  (file) => {
    const page = readFileSync(`${root}${file}`, 'utf8').replace(/\s+/g, ' ');
    const every = Array.from({ length: 600 }, (_, status) => status);
    const passing = every.filter((status) => status < 500 && meaningOf(status).isTemporary);
    const lasting = every.filter((status) => status >= 500 && !meaningOf(status).isTemporary).join(' and ');
    expect(page).toMatch(
      new RegExp(`the statuses ${passing.join(', ')} and 5xx(?: \\(not ${lasting}\\)|, except ${lasting})`),
    );
  },
);

it('has an entry for every code, with the class, the status and the scope that it has', () => {
  const page = readFileSync(`${root}docs/errors.md`, 'utf8');
  const entries = [...page.matchAll(/^### `(\w+)`\n\n`(\w+)`(?: · status (\w+))? · scope `(\w+)`/gm)];
  const statusOf = (code: string) => {
    const [status] = Object.entries(statuses).find(([key, each]) => each.code === code && key !== '408') ?? [];
    return code === 'server_error' ? '5xx' : status;
  };
  const expected = Object.entries(scopes).map(([code, scope]) => {
    return [code, classOf(code), statusOf(code), scope];
  });
  expect(entries.map(([, ...facts]) => facts).sort()).toEqual(expected.sort());
});

it('has every provider in its table, with its factory and the variables of its credentials', () => {
  const [, table = ''] = readme.split('## The providers');
  const rowOf = (name: string) => table.split('\n').find((line) => line.startsWith(`| ${name}`)) ?? '';
  for (const { label, provider, bundle } of Object.values(subjects)) {
    expect(rowOf(' ')).toContain(label);
    expect(rowOf('Factory')).toContain(bundle.factory);
    const [credential] = Object.values(providers[provider].profile.credentials);
    expect(rowOf('Variables')).toContain(credential?.variables[0]);
  }
});

it('shows the example of a test as it is run', () => {
  const example = readFileSync(new URL('../examples/sign-in.test.ts', import.meta.url), 'utf8');
  expect(blocks).toContain(example);
});

it.each(['environment.mjs', 'pool.mjs'])('shows %s of a proxy as the runtimes run it', (file) => {
  const program = readFileSync(`${root}examples/proxies/${file}`, 'utf8');
  expect(docs.join()).toContain(`\`\`\`js\n${program}\`\`\`\n`);
});

it.each([
  'migrating/clerk-before.ts',
  'migrating/clerk-after.ts',
  'migrating/junction-before.ts',
  'migrating/junction-after.ts',
  'junction-app/reconcile.ts',
])('shows %s as it is run', (file) => {
  expect(blocks).toContain(readFileSync(`${root}examples/${file}`, 'utf8'));
});

it('the TypeScript of the README compiles as a user would have it', () => {
  expect(blocks.length).toBeGreaterThanOrEqual(3);
  const files = new Map(blocks.map((block, index) => [`${root}readme-${String(index)}.mts`, block]));
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts', 'lib.es2024.string.d.ts', 'lib.dom.d.ts'],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
    paths: {
      tokenwright: [`${root}src/index.ts`],
      'tokenwright/*': [`${root}src/*/index.ts`],
    },
  };
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (name) => files.has(name) || disk.fileExists(name),
    readFile: (name) => files.get(name) ?? disk.readFile(name),
    getSourceFile: (name, target, ...rest) => {
      const text = files.get(name);
      return text === undefined ? disk.getSourceFile(name, target, ...rest) : ts.createSourceFile(name, text, target);
    },
  };
  const program = ts.createProgram([...files.keys()], options, host);
  // Of these files alone: `npm run types` checks the sources that they import.
  const problems = [...files.keys()]
    .flatMap((name) => ts.getPreEmitDiagnostics(program, program.getSourceFile(name)))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  expect(problems).toEqual([]);
  // A compiler run, whose time is the machine's.
}, 120_000);

it.each([
  ['bench/README.md', 'measured', 'toFacts'],
  ['docs/decisions.md', 'call', 'toCallFigures'],
])('the short table of the benchmarks in %s says what they measured', (file, name, make) => {
  const code = `import { readFileSync } from 'node:fs';
    import { ${make} } from './bench/facts.mjs';
    const results = JSON.parse(readFileSync('bench/results.json', 'utf8'));
    console.log(${make}(results, readFileSync('bench/README.md', 'utf8')));`;
  const facts = execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd: root, encoding: 'utf8' });
  const [, shown = ''] = readFileSync(`${root}${file}`, 'utf8').split(new RegExp(`<!-- (?:end of )?${name} -->`));
  const cells = (table: string) => table.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  const rows = (table: string) => cells(table.trim()).filter(([, , first = '---']) => !/^-+$/.test(first));
  expect(rows(shown)).toEqual(rows(facts));
  expect(rows(shown).length).toBeGreaterThanOrEqual(5);
});
