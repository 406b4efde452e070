// The pace at providers with limits, in virtual time; `npm run bench:limits`. With TOKENWRIGHT=<path> it measures another build.
import { writeFileSync } from 'node:fs';
import { it } from 'vitest';
import { type Result, run } from './scenario.js';
import { rows } from './scenarios.js';

it('measures', async () => {
  const results: Record<string, Result> = {};
  for (const row of rows) {
    const name = `${row.group}: ${row.name}`;
    results[name] = await run(row);
    const { ratio, refused, lost } = results[name];
    process.stdout.write(`${name} | ${ratio.toFixed(2)} | ${String(refused)} refused | ${String(lost)} lost\n`);
  }
  const file = process.env['TOKENWRIGHT'] === undefined ? 'results.json' : 'before.json';
  writeFileSync(new URL(file, import.meta.url), `${JSON.stringify(results, undefined, 2)}\n`);
});
