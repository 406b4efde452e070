// How bulk issuing grows: with the number of requests under way, and with the number of users; `npm run bench`.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createClerk } from 'tokenwright';
import { plotLines, report, summarize, toTable, toText } from './report.mjs';

const rounds = Number(process.env['ROUNDS'] ?? 5);
const server = fork(fileURLToPath(new URL('call/server.mjs', import.meta.url)));
const [{ port }] = await once(server, 'message');
const clerk = createClerk({ apiKey: 'sk_test_bench', baseUrl: `http://127.0.0.1:${port}/clerk`, expiresInSeconds: 60 });

function* userIds(count) {
  for (let index = 0; index < count; index += 1) yield `user_${index}`;
}

/** Streams so many users; returns users per second of time, and per second of this process's own core. */
async function stream(issuer, count, concurrency) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  for await (const { status } of issuer.streamTokens(userIds(count), { concurrency }))
    if (status !== 'fulfilled') throw new Error('A user failed.');
  const seconds = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return { rate: count / seconds, perCore: count / ((user + system) / 1e6), microseconds: (seconds * 1e6) / count };
}

const inFlight = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
const measured = Object.fromEntries(inFlight.map((each) => [each, []]));
for (let round = -1; round < rounds; round += 1) {
  for (const concurrency of inFlight) {
    const result = await stream(clerk, 2_000, concurrency);
    if (round >= 0) measured[concurrency].push(result);
  }
}
server.disconnect();
const rates = inFlight.map((each) => [each, summarize(measured[each].map(({ rate }) => rate))]);
const perCore = inFlight.map((each) => [each, summarize(measured[each].map((result) => result.perCore))]);

// Answers made on the spot: what grows is the library's own.
const times = { created_at: 1_700_000_000_000, updated_at: 1_700_000_000_000 };
const answer = (_, { body }) =>
  Promise.resolve(Response.json({ id: 'sit_1', status: 'pending', token: 'made-up', ...JSON.parse(body), ...times }));
const local = createClerk({ apiKey: 'sk_test_bench', fetch: answer });
const sizes = [1_000, 4_000, 16_000, 64_000, 256_000];
await stream(local, 5_000, 8);
const costs = [];
for (const size of sizes) costs.push([size, (await stream(local, size, 8)).microseconds]);

plotLines('scale', 'Users per second, against a server on the same machine', 'requests under way', 'users / s', {
  'per second': rates.map(([each, { median }]) => [each, Math.round(median)]),
  'per second of one core': perCore.map(([each, { median }]) => [each, Math.round(median)]),
});
plotLines('growth', 'Cost of a user, by the number of users', 'users', 'µs', { 'tokenwright, Clerk': costs });
report(
  'scale',
  `${toTable([
    ['requests under way', 'users / s', 'users / s of one core'],
    ...rates.map(([each, rate], index) => [each, toText(rate, 0), toText(perCore[index][1], 0)]),
  ])}

${String(rounds)} rounds of 2,000 users of Clerk; median (least to most).

${toTable([['users in one call, answered at once', 'µs each'], ...costs.map(([size, cost]) => [size, cost.toFixed(1)])])}`,
  {
    perSecond: Object.fromEntries(rates.map(([each, { median }]) => [each, median])),
    microsecondsByUsers: Object.fromEntries(costs),
  },
);
process.exit();
