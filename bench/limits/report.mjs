// Puts what `run.ts` measured, and what it measured once of 0.1.0, onto the page, with a plot: the end of `npm run bench:limits`.
import { readFileSync } from 'node:fs';
import { plotBars, toTable, writeBetweenMarks } from '../report.mjs';

const read = (file) => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
const ours = read('results.json');
const before = read('results-0.1.0.json');
const names = ['tokenwright', '0.1.0', 'p-limit', 'p-queue', 'p-throttle', 'bottleneck'];
const summaryOf = (title, name) => (name === '0.1.0' ? before[title]?.tokenwright : ours[title][name]);

function toCell(summary) {
  if (summary === undefined) return '–';
  const { ratio, worst, refused, lost, longestSingle, failedSingles } = summary;
  const time = worst === ratio ? ratio.toFixed(2) : `${ratio.toFixed(2)} (${worst.toFixed(2)})`;
  return [
    // A job that loses users may well be a short one.
    lost > 0 ? `**${lost.toLocaleString('en')} lost**` : time,
    ...(refused > 0 ? [`${refused.toLocaleString('en')} refused`] : []),
    ...(failedSingles > 0 ? [`**${failedSingles.toLocaleString('en')} single calls failed**`] : []),
    ...(longestSingle > 0 ? [`longest single call ${longestSingle.toFixed(2)} s`] : []),
  ].join(', ');
}

const titles = Object.keys({ ...before, ...ours });
const rows = titles.map((title, index) => {
  const [group, limit] = title.split(': ');
  const isFirst = !titles[index - 1]?.startsWith(`${group}: `);
  return [isFirst ? group : '', limit, ...names.map((name) => toCell(summaryOf(title, name)))];
});
const job = 'limit known, sFOX, 60,000 in batches';
const bars = ['sliding window', 'penalty of 60 s'].flatMap((limit) =>
  names.map((name) => ({ label: `${name}, ${limit}`, median: summaryOf(`${job}: ${limit}`, name).ratio })),
);
plotBars('limits', "60,000 users at sFOX's limit: time / shortest possible", bars);
writeBetweenMarks('README.md', 'limits', toTable([['job', 'limit', ...names], ...rows]));
