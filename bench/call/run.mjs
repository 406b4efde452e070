// One call: its time and its processor time, as a multiple of a bare `fetch`, and where ours goes; `npm run bench`.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Session } from 'node:inspector/promises';
import { fileURLToPath } from 'node:url';
import { createClerkClient } from '@clerk/backend';
import { JunctionClient } from '@junction-api/sdk';
import axios from 'axios';
import ky from 'ky';
import { createClerk, createJunction, createSfox } from 'tokenwright';
import { plotBars, report, summarize, toTable, toText } from '../report.mjs';

const rounds = Number(process.env['ROUNDS'] ?? 15);
const callsPerRound = 1_000;
const id = '6f3c0d4e-8a51-4c1b-9b7e-2f1d7a90c3aa';

const server = fork(fileURLToPath(new URL('server.mjs', import.meta.url)));
const [{ port }] = await once(server, 'message');
const base = `http://127.0.0.1:${port}`;

/** What somebody careful writes by hand: a deadline over the body, no redirects, a checked status and a checked body. */
async function carefully(url, init, read) {
  const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(10_000) });
  if (response.status !== 200) throw new Error(`The provider answered ${response.status}`);
  const text = await response.text();
  if (text.length > 1_048_576) throw new Error('The answer is too long');
  const token = read(JSON.parse(text));
  if (typeof token !== 'string' || token === '') throw new Error('There is no token');
  return token;
}

const junctionUrl = `${base}/junction/v2/user/${id}/sign_in_token`;
const junctionInit = { method: 'POST', headers: { 'x-vital-api-key': 'sk_eu_bench' } };
const junction = createJunction({ apiKey: 'sk_eu_bench', baseUrl: `${base}/junction` });
const junctionClient = new JunctionClient({ apiKey: 'sk_eu_bench', baseUrl: `${base}/junction` });

const sfoxUrl = `${base}/sfox/v1/enterprise/user-tokens/${id}`;
const sfoxInit = { method: 'POST', headers: { authorization: 'Bearer bench' } };
const sfox = createSfox({ apiKey: 'bench', baseUrl: `${base}/sfox` });

const clerkUrl = `${base}/clerk/v1/sign_in_tokens`;
const clerkHeaders = { authorization: 'Bearer sk_test_bench', 'content-type': 'application/json' };
const clerkBody = { user_id: id, expires_in_seconds: 60 };
const clerkInit = () => ({ method: 'POST', headers: clerkHeaders, body: JSON.stringify(clerkBody) });
const clerk = createClerk({ apiKey: 'sk_test_bench', baseUrl: `${base}/clerk`, expiresInSeconds: 60 });
const clerkClient = createClerkClient({ secretKey: 'sk_test_bench', apiUrl: `${base}/clerk` });

// Each beside a bare `fetch` of the same request: what a request costs depends on its headers, its body and its answer.
const groups = {
  Junction: {
    'fetch, bare': async () => (await (await fetch(junctionUrl, junctionInit)).json()).sign_in_token,
    'fetch, careful': () => carefully(junctionUrl, junctionInit, (body) => body.sign_in_token),
    'tokenwright, Junction': async () => (await junction.issueToken(id)).token,
    ky: async () => (await ky(junctionUrl, junctionInit).json()).sign_in_token,
    '@junction-api/sdk': async () => (await junctionClient.user.getUserSignInToken({ userId: id })).signInToken,
  },
  sFOX: {
    'fetch, bare': async () => (await (await fetch(sfoxUrl, sfoxInit)).json()).data.token,
    'fetch, careful': () => carefully(sfoxUrl, sfoxInit, (body) => body.data.token),
    'tokenwright, sFOX': async () => (await sfox.issueToken(id)).token,
    ky: async () => (await ky(sfoxUrl, sfoxInit).json()).data.token,
    'axios (the snippet of sFOX)': async () =>
      (await axios({ method: 'post', url: sfoxUrl, headers: sfoxInit.headers })).data.data.token,
  },
  Clerk: {
    'fetch, bare': async () => (await (await fetch(clerkUrl, clerkInit())).json()).token,
    'fetch, careful': () => carefully(clerkUrl, clerkInit(), (body) => body.token),
    'tokenwright, Clerk': async () => (await clerk.issueToken(id)).token,
    ky: async () => (await ky.post(clerkUrl, { headers: clerkHeaders, json: clerkBody }).json()).token,
    '@clerk/backend': async () =>
      (await clerkClient.signInTokens.createSignInToken({ userId: id, expiresInSeconds: 60 })).token,
  },
};

async function serverCpu() {
  server.send('cpu');
  const [{ cpu }] = await once(server, 'message');
  return (cpu.user + cpu.system) / 1_000;
}

/** Makes so many calls, so many of them at a time; returns milliseconds and processor milliseconds. */
async function measure(call, concurrency) {
  const busy = await serverCpu();
  const cpu = process.cpuUsage();
  const start = performance.now();
  let left = callsPerRound;
  const work = async () => {
    while (left-- > 0) if (typeof (await call()) !== 'string') throw new Error('There is no token.');
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  const time = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { time, cpu: (user + system) / 1_000, server: ((await serverCpu()) - busy) / time };
}

function shuffle(names) {
  return names
    .map((name) => ({ name, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ name }) => name);
}

const figures = {};
const tables = [];
let busiest = 0;
for (const [group, contenders] of Object.entries(groups)) {
  for (const concurrency of [1, 64]) {
    const measured = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
    for (let round = -3; round < rounds; round += 1) {
      // In random order: whoever always follows the same one always collects its garbage.
      for (const name of shuffle(Object.keys(contenders))) {
        const result = await measure(contenders[name], concurrency);
        if (round >= 0) measured[name].push(result);
      }
    }
    const floor = measured['fetch, bare'];
    const rows = Object.entries(measured).map(([label, results]) => ({
      label,
      microseconds: summarize(results.map(({ time }) => (time * 1_000) / callsPerRound)),
      time: summarize(results.map(({ time }, round) => time / floor[round].time)),
      cpu: summarize(results.map(({ cpu }, round) => cpu / floor[round].cpu)),
    }));
    busiest = Math.max(busiest, ...Object.values(measured).flatMap((each) => each.map((result) => result.server)));
    const title = `${group}, ${concurrency} at a time`;
    plotBars(
      `call-${group.toLowerCase()}-${concurrency}`,
      `A call to ${title}: time as a multiple of a bare fetch`,
      rows.map(({ label, time }) => ({ label, ...time })),
    );
    tables.push(
      toTable([
        [title, 'µs', 'time / bare fetch', 'processor time / bare fetch'],
        ...rows.map(({ label, microseconds, time, cpu }) => [
          label,
          toText(microseconds, 0),
          toText(time),
          toText(cpu),
        ]),
      ]),
    );
    figures[title] = Object.fromEntries(rows.map(({ label, time, cpu }) => [label, { time, cpu }]));
  }
}
server.disconnect();

/** Where the time of our own code goes: a call whose `fetch` answers at once, under a profiler. */
async function profile() {
  const text = JSON.stringify({ user_id: id, sign_in_token: 'made-up' });
  const answer = () => Promise.resolve(new Response(text, { headers: { 'content-type': 'application/json' } }));
  const issuer = createJunction({ apiKey: 'sk_eu_bench', fetch: answer });
  const count = 20_000;
  const run = async () => {
    for (let index = 0; index < count; index += 1) await issuer.issueToken(id);
  };
  await run();
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 100 });
  await session.post('Profiler.start');
  const start = performance.now();
  await run();
  const perCall = ((performance.now() - start) * 1_000) / count;
  const { profile: recorded } = await session.post('Profiler.stop');
  session.disconnect();
  const nodes = new Map(recorded.nodes.map((node) => [node.id, node]));
  const times = {};
  recorded.samples.forEach((sample, index) => {
    const { functionName, url } = nodes.get(sample).callFrame;
    // The profiler's own.
    if (functionName === 'dispatch' && url === '') return;
    const where = url.includes('/dist/')
      ? `tokenwright: ${functionName || 'functions without a name'}`
      : url === '' || functionName.startsWith('(')
        ? `engine: ${functionName || 'compiled code'}`
        : `Node.js: ${url.replace(/^node:(internal\/)?/, '').split('/')[0]}`;
    times[where] = (times[where] ?? 0) + recorded.timeDeltas[index];
  });
  const total = Object.values(times).reduce((sum, time) => sum + time, 0);
  const rows = Object.entries(times)
    .map(([where, time]) => [where, (time / total) * perCall])
    .sort((a, b) => b[1] - a[1]);
  const shown = rows.slice(0, 14);
  const rest = rows.slice(14).reduce((sum, [, time]) => sum + time, 0);
  return [
    ['a call whose `fetch` answers at once', 'µs'],
    ...[...shown, ['all else', rest], ['**all**', perCall]].map(([where, time]) => [where, time.toFixed(1)]),
  ];
}

const explanation =
  `${rounds} rounds of ${callsPerRound} calls in turn; median (least to most). The server has a process of its own, which was ` +
  `busy for ${(busiest * 100).toFixed(0)} % of the time at most: it is not the limit.`;
const parts = await profile();
report('call', `${tables.join('\n\n')}\n\n${explanation}\n\n${toTable(parts)}`, figures);
process.exit();
