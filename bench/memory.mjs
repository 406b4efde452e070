// What a client and a call leave behind; `npm run bench`, which gives it --expose-gc.
import { createClerkClient } from '@clerk/backend';
import { JunctionClient } from '@junction-api/sdk';
import { createClerk, createJunction } from 'tokenwright';
import { plotLines, report, toTable } from './report.mjs';

async function heap() {
  // Twice with a turn between them, since what the first finds dead may hold more.
  for (let round = 0; round < 2; round += 1) {
    globalThis.gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().heapUsed;
}

async function bytesOf(create) {
  const count = 2_000;
  const kept = Array.from({ length: 100 }, create);
  const before = await heap();
  for (let index = 0; index < count; index += 1) kept.push(create());
  const after = await heap();
  return kept.length > 0 ? Math.round((after - before) / count) : 0;
}

const clients = {
  'tokenwright, Junction': await bytesOf(() => createJunction({ apiKey: 'sk_eu_bench' })),
  'tokenwright, Clerk': await bytesOf(() => createClerk({ apiKey: 'sk_test_bench' })),
  // Its parts are made when they are first asked for, so they are asked for.
  '@junction-api/sdk': await bytesOf(() => {
    const client = new JunctionClient({ apiKey: 'sk_eu_bench' });
    return [client, client.user];
  }),
  '@clerk/backend': await bytesOf(() => createClerkClient({ secretKey: 'sk_test_bench' })),
};

const text = JSON.stringify({ user_id: 'id', sign_in_token: 'made-up' });
const answer = () => Promise.resolve(new Response(text, { headers: { 'content-type': 'application/json' } }));
const junction = createJunction({ apiKey: 'sk_eu_bench', fetch: answer });
const { signal } = new AbortController();
const run = async (count) => {
  for (let index = 0; index < count; index += 1) await junction.issueToken('id', { signal });
};
await run(5_000);
const start = await heap();
const growth = [];
for (let done = 12_500; done <= 100_000; done += 12_500) {
  await run(12_500);
  growth.push([done, ((await heap()) - start) / 1_000]);
}
const [, last] = growth.at(-1);
plotLines('memory', 'Heap above the start, kB', 'calls', 'kB', { 'tokenwright, all on one signal': growth });
report(
  'memory',
  `${toTable([['a client', 'bytes that it keeps'], ...Object.entries(clients)])}

After 100,000 calls on one signal, the heap was ${last.toFixed(0)} kB above the start: ${((last * 1_000) / 100_000).toFixed(1)} bytes a call.`,
  { clients, bytesPerCall: (last * 1_000) / 100_000 },
);
