// The pace at providers with limits, in virtual time; `npm run bench:limits`. With TOKENWRIGHT=<path> it measures another build,
// with ROWS=<text> only the rows whose title has the text.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { it } from 'vitest';
import { rivals } from './rivals.js';
import { batchSizeOf, type Contender, type Result, run, tokenwright } from './scenario.js';
import { type Row, rows } from './scenarios.js';

const isOtherBuild = process.env['TOKENWRIGHT'] !== undefined;

/** Where the chances of the network begin: nine for our short jobs, in which one late request counts. */
const seedsOf = (row: Row): readonly number[] =>
  isOtherBuild || row.users / batchSizeOf(row) > 1_000 || row.singlesPerSecond !== undefined
    ? [2]
    : [2, 3, 4, 5, 6, 7, 8, 9, 10];

/** Those who could run a job: without a limit that is known, a pool is all that there is. */
function rivalsOf({ rateLimit, isShared, singlesPerSecond, sourceInterval }: Row): [string, Contender][] {
  if (isOtherBuild || isShared || singlesPerSecond !== undefined || sourceInterval !== undefined) return [];
  return Object.entries(rivals).filter(([name]) => rateLimit !== false || name === 'p-limit');
}

/** They send so many requests at most: refused ones make the larger jobs long, and their ratio does not change. */
const mostRequests = 10_000;

function summarize(results: readonly Result[]) {
  const ratios = results.map(({ ratio }) => Number(ratio.toFixed(3))).sort((a, b) => a - b);
  const most = (name: keyof Result) => Math.max(...results.map((result) => result[name]));
  return {
    ratio: ratios[Math.floor(ratios.length / 2)],
    worst: ratios.at(-1),
    refused: most('refused'),
    lost: most('lost'),
    longestSingle: Number(most('longestSingle').toFixed(3)),
    failedSingles: most('failedSingles'),
  };
}

it('measures', async () => {
  const measured: Record<string, Record<string, object>> = {};
  for (const row of rows) {
    const title = `${row.group}: ${row.name}`;
    if (!title.includes(process.env['ROWS'] ?? '')) continue;
    const ours: Result[] = [];
    for (const seed of seedsOf(row)) ours.push(await run({ ...row, seed }, tokenwright));
    const summaries: Record<string, object> = { tokenwright: summarize(ours) };
    const users = Math.min(row.users, mostRequests * batchSizeOf(row));
    for (const [name, rival] of rivalsOf(row)) summaries[name] = summarize([await run({ ...row, users }, rival)]);
    measured[title] = summaries;
    process.stdout.write(`${title} ${JSON.stringify(summaries)}\n`);
  }
  const file = new URL(isOtherBuild ? 'results-0.1.0.json' : 'results.json', import.meta.url);
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as object) : {};
  writeFileSync(file, `${JSON.stringify({ ...before, ...measured }, undefined, 2)}\n`);
});
