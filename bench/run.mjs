// Runs what is measured, one after the other, and writes bench/README.md and the figures of docs/decisions.md: `npm run bench`,
// or `npm run bench -- start call`.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { toCallFigures, toFacts } from './facts.mjs';
import { writeBetweenMarks } from './report.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const parts = {
  start: ['bench/start.mjs'],
  size: ['bench/size.mjs'],
  call: ['bench/call/run.mjs'],
  memory: ['--expose-gc', 'bench/memory.mjs'],
  scale: ['bench/scale.mjs'],
  bulk: ['bench/bulk/run.mjs'],
  'bulk-memory': ['--expose-gc', 'bench/bulk/memory.mjs'],
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in parts));
if (unknown.length > 0)
  throw new Error(`There is no ${unknown.join(', ')}. There is: ${Object.keys(parts).join(', ')}.`);
for (const [name, args] of Object.entries(parts)) {
  if (wanted.length === 0 || wanted.includes(name))
    execFileSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
}

const results = JSON.parse(readFileSync(new URL('results.json', import.meta.url), 'utf8'));
const page = readFileSync(new URL('README.md', import.meta.url), 'utf8');
writeBetweenMarks('README.md', 'measured', toFacts(results, page));
writeBetweenMarks('../docs/decisions.md', 'call', toCallFigures(results));
const written = ['bench/README.md', 'bench/results.json', 'docs/decisions.md'];
execFileSync('npx', ['prettier', '--write', ...written], { cwd: root });
