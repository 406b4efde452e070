import { describe, expect, it } from 'vitest';
import { run } from '../../bench/limits/scenario.js';
import { rows } from '../../bench/limits/scenarios.js';

/** The largest jobs run for the benchmark alone: what they show, a part of them does. */
const mostUsers = { clerk: 1_000, sfox: 60_000 };
/** So do the strictest form of a window and the laxest. */
const formsKnown = ['fixed window', 'penalty of 60 s, begun anew'];

const selected = rows
  .filter(
    ({ group, name }) => !group.startsWith('limit known, ') || formsKnown.includes(name) || name.includes('bucket'),
  )
  .filter(({ group, users }) => !(group.startsWith('limit known, Clerk development') && users > 1_000))
  .map((row) => [row.group, row.name, { ...row, users: Math.min(row.users, mostUsers[row.provider]) }] as const);

describe('rule 8: a job at a provider with limits', () => {
  it.each(selected)('%s: %s', async (_, __, row) => {
    const { ratio, refused, lost, requests, longestSingle, failedSingles } = await run(row);
    expect(lost).toBe(0);
    expect(failedSingles).toBe(0);
    expect(ratio).toBeLessThanOrEqual(row.wanted.ratio ?? Infinity);
    expect(refused).toBeLessThanOrEqual(row.wanted.refused ?? Infinity);
    expect(requests).toBeLessThanOrEqual(row.wanted.requests ?? Infinity);
    expect(longestSingle).toBeLessThanOrEqual(row.wanted.longestSingle ?? Infinity);
  });
});
