// Bulk issuing against what people write by hand, side by side in one run; `npm run bench`.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createClerkClient } from '@clerk/backend';
import { createClerk, createSfox } from 'tokenwright';
import { plotBars, summarize, toTable, toText, report as write } from '../report.mjs';

const concurrency = 8;
const rounds = Number(process.env['ROUNDS'] ?? 5);

async function startServer(...limit) {
  const script = fileURLToPath(new URL('server.mjs', import.meta.url));
  const child = fork(script, limit.map(String), { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const [port] = await once(child.stdout, 'data');
  const url = `http://127.0.0.1:${String(port).trim()}`;
  return {
    url,
    counts: async () => (await fetch(`${url}/counts`)).json(),
    stop: () => child.kill(),
  };
}

/** A careful pool of single calls, as one writes it by hand: so many workers, one shared list. */
async function pool(ids, call) {
  const results = new Array(ids.length);
  let next = 0;
  const work = async () => {
    for (let index = next++; index < ids.length; index = next++) {
      try {
        results[index] = { status: 'fulfilled', value: await call(ids[index]) };
      } catch (reason) {
        results[index] = { status: 'rejected', reason };
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return results;
}

/** Runs both in turn, and returns the ratios theirs / ours, pair by pair. */
async function compare(server, ours, theirs, count = rounds) {
  const measure = async (work) => {
    await server.counts();
    const start = performance.now();
    const cpu = process.cpuUsage();
    const results = await work();
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const failed = results.filter(({ status }) => status !== 'fulfilled').length;
    return { seconds, cpu: (user + system) / 1e6, failed, ...(await server.counts()) };
  };
  const pairs = [];
  for (let round = 0; round < count; round += 1)
    pairs.push({ ours: await measure(ours), theirs: await measure(theirs) });
  return pairs;
}

const rows = [];
const bars = [];
const figures = {};
function report(name, pairs) {
  const of = (side, figure) => summarize(pairs.map((pair) => pair[side][figure]));
  const ratio = (figure) => summarize(pairs.map(({ ours, theirs }) => theirs[figure] / ours[figure]));
  const both = (figure) => `${of('ours', figure).median} / ${of('theirs', figure).median}`;
  const seconds = (side) => toText(of(side, 'seconds'));
  const time = ratio('seconds');
  rows.push([
    name,
    seconds('ours'),
    seconds('theirs'),
    toText(time, 1),
    both('requests'),
    both('refused'),
    both('failed'),
    toText(ratio('cpu'), 1),
  ]);
  bars.push({ label: name.replace(/:.*/, ''), ...time });
  figures[name] = time;
}

const server = await startServer();
const users = Array.from({ length: 10_000 }, (_, index) => `user_${String(index)}`);
const sfox = createSfox({ apiKey: 'bench', baseUrl: `${server.url}/sfox` });
const clerk = createClerk({ apiKey: 'sk_test_bench', baseUrl: `${server.url}/clerk`, expiresInSeconds: 60 });
const official = createClerkClient({ secretKey: 'sk_test_bench', apiUrl: `${server.url}/clerk` });
const byOfficialClient = (userId) => official.signInTokens.createSignInToken({ userId, expiresInSeconds: 60 });

const warmUp = users.slice(0, 500);
await sfox.issueTokens(warmUp);
await pool(warmUp, (id) => sfox.issueToken(id));
await clerk.issueTokens(warmUp);
await pool(warmUp, byOfficialClient);

report(
  '10,000 sFOX users: `issueTokens`, a pool of `issueToken`',
  await compare(
    server,
    () => sfox.issueTokens(users, { concurrency }),
    () => pool(users, (id) => sfox.issueToken(id)),
  ),
);
report(
  '10,000 Clerk users: `issueTokens`, a pool of `@clerk/backend`',
  await compare(
    server,
    () => clerk.issueTokens(users, { concurrency }),
    () => pool(users, byOfficialClient),
  ),
);
server.stop();

const limited = await startServer(100, 1);
const patient = createClerk({ apiKey: 'sk_test_bench', baseUrl: `${limited.url}/clerk`, timeout: 60_000, retry: 20 });
const thousand = users.slice(0, 1_000);
report(
  '1,000 Clerk users at 100 requests a second: `issueTokens`, a pool of `issueToken` with 20 retries per call',
  await compare(
    limited,
    () => patient.issueTokens(thousand, { concurrency }),
    () => pool(thousand, (id) => patient.issueToken(id)),
    Math.min(rounds, 3),
  ),
);
limited.stop();

plotBars('bulk', 'Time of the other way, as a multiple of issueTokens', bars);
write(
  'bulk',
  `${toTable([
    [
      'what: ours, theirs',
      'ours, s',
      'theirs, s',
      'time theirs / ours',
      'requests',
      'of them 429',
      'users failed',
      'CPU theirs / ours',
    ],
    ...rows,
  ])}\n\n${rounds} rounds in turn (3 at most in the last row), ${concurrency} requests in flight on both sides; median (least to most).`,
  figures,
);
