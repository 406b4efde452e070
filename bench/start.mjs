// How long a fresh process takes to import the installed package, against one that only touches `fetch`; `npm run bench`.
import { execFileSync } from 'node:child_process';
import { installAll } from './install.mjs';
import { plotBars, report, summarize, toTable, toText } from './report.mjs';

const rounds = Number(process.env['ROUNDS'] ?? 25);
const { folder, remove } = installAll();

// Node.js makes `fetch` and what belongs to it when it is first touched, which whoever sends a request has to pay anyway.
const programs = {
  'touching fetch alone': ['module', 'Response;'],
  'tokenwright, ESM': ['module', "import 'tokenwright'; Response;"],
  'tokenwright, CommonJS': ['commonjs', "require('tokenwright'); Response;"],
  '@clerk/backend': ['module', "import '@clerk/backend'; Response;"],
  '@junction-api/sdk': ['module', "import '@junction-api/sdk'; Response;"],
};
const seconds = Object.fromEntries(Object.keys(programs).map((name) => [name, []]));
for (let round = -2; round < rounds; round += 1) {
  for (const [name, [type, code]] of Object.entries(programs)) {
    const start = performance.now();
    execFileSync(process.execPath, [`--input-type=${type}`, '-e', code], { cwd: folder, stdio: 'ignore' });
    // The first rounds fill the caches of the disk.
    if (round >= 0) seconds[name].push(performance.now() - start);
  }
}
remove();

const [floor] = Object.keys(programs);
const rows = Object.keys(programs).map((name) => ({
  label: name,
  milliseconds: summarize(seconds[name]),
  ...summarize(seconds[name].map((time, round) => time / seconds[floor][round])),
}));
plotBars('start', 'Time of a fresh process, as a multiple of one that only touches fetch', rows);
report(
  'start',
  `${toTable([
    ['a fresh process', 'ms', 'times the floor'],
    ...rows.map(({ label, milliseconds, ...ratio }) => [label, toText(milliseconds, 0), toText(ratio)]),
  ])}\n\n${String(rounds)} rounds in turn.`,
  Object.fromEntries(rows.map(({ label, median, low, high }) => [label, { median, low, high }])),
);
