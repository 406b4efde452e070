// From before the import to the end of the first request in a fresh process, against a first `fetch`; `npm run bench`.
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { installAll } from './install.mjs';
import { plotBars, report, summarize, toTable, toText } from './report.mjs';

const rounds = Number(process.env['ROUNDS'] ?? 25);
const { folder, remove } = installAll();
const server = fork(fileURLToPath(new URL('call/server.mjs', import.meta.url)));
const [{ port }] = await once(server, 'message');
const base = `http://127.0.0.1:${port}`;
const id = '6f3c0d4e-8a51-4c1b-9b7e-2f1d7a90c3aa';

/** Prints the milliseconds of the import alone, and of both together. */
const program = (load, call) => `
const start = performance.now();
${load}
const imported = performance.now() - start;
${call}
console.log(JSON.stringify([imported, performance.now() - start]));`;
const issue = `await createJunction({ apiKey: 'sk_eu_bench', baseUrl: '${base}/junction' }).issueToken('${id}');`;
const programs = {
  'a first fetch': [
    'module',
    program('', `await (await fetch('${base}/junction/v2/user/${id}/sign_in_token', { method: 'POST' })).json();`),
  ],
  'tokenwright, ESM': ['module', program("const { createJunction } = await import('tokenwright');", issue)],
  'tokenwright, CommonJS': [
    'commonjs',
    `void (async () => {${program("const { createJunction } = require('tokenwright');", issue)}})();`,
  ],
  '@clerk/backend': [
    'module',
    program(
      "const { createClerkClient } = await import('@clerk/backend');",
      `await createClerkClient({ secretKey: 'sk_test_bench', apiUrl: '${base}/clerk' }).signInTokens
        .createSignInToken({ userId: '${id}', expiresInSeconds: 60 });`,
    ),
  ],
  '@junction-api/sdk': [
    'module',
    program(
      "const { JunctionClient } = await import('@junction-api/sdk');",
      `await new JunctionClient({ apiKey: 'sk_eu_bench', environment: '${base}/junction' }).user
        .getUserSignInToken({ userId: '${id}' });`,
    ),
  ],
};

const measured = Object.fromEntries(Object.keys(programs).map((name) => [name, []]));
for (let round = -2; round < rounds; round += 1) {
  for (const [name, [type, code]] of Object.entries(programs)) {
    const start = performance.now();
    const args = [`--input-type=${type}`, '-e', code];
    const output = execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    const whole = performance.now() - start;
    const [imported, first] = JSON.parse(output);
    // The first rounds fill the caches of the disk.
    if (round >= 0) measured[name].push({ imported, first, whole });
  }
}
server.disconnect();
remove();

const [floor] = Object.keys(programs);
const against = (name, figure, floorFigure = figure) =>
  summarize(measured[name].map((times, round) => times[figure] / measured[floor][round][floorFigure]));
const rows = Object.keys(programs).map((name) => ({
  label: name,
  milliseconds: summarize(measured[name].map(({ first }) => first)),
  imported: against(name, 'imported', 'first'),
  first: against(name, 'first'),
  whole: against(name, 'whole'),
}));
plotBars(
  'start',
  'Import and first request, as a multiple of a first fetch',
  rows.map(({ label, first }) => ({ label, ...first })),
);
report(
  'start',
  `${toTable([
    [
      'a fresh process',
      'import and first request, ms',
      'import alone / a first fetch',
      'both / a first fetch',
      'whole process',
    ],
    ...rows.map(({ label, milliseconds, imported, first, whole }) => [
      label,
      toText(milliseconds, 0),
      label === floor ? '' : toText(imported),
      toText(first),
      toText(whole),
    ]),
  ])}\n\n${String(rounds)} rounds in turn.`,
  Object.fromEntries(rows.map(({ label, imported, first, whole }) => [label, { imported, first, whole }])),
);
