// A million users through streamTokens into a slow consumer, and how far the memory grows; `npm run bench`, which gives it --expose-gc.
import { createClerk, createSfox } from 'tokenwright';

const total = Number(process.env['USERS'] ?? 1_000_000);
const expires = '2030-01-01T00:00:00Z';

// Answers made on the spot: nothing is kept but what the library keeps.
const answers = {
  sfox: (body) => ({
    data: JSON.parse(body).data.map((id) => ({ token: `token-of-${id}`, partner_user_id: id, expires })),
  }),
  clerk: (body) => ({
    object: 'sign_in_token',
    id: 'sit_1',
    status: 'pending',
    user_id: JSON.parse(body).user_id,
    token: 'token',
    created_at: 1_700_000_000_000,
    updated_at: 1_700_000_000_000,
  }),
};
const answer = (provider) => async (_, init) => Response.json(answers[provider](init.body), { status: 200 });

const issuers = {
  // Without its default limit: at 250 requests in 10 s, so many users would take seven minutes.
  sfox: createSfox({ apiKey: 'bench', environment: 'sandbox', rateLimit: false, fetch: answer('sfox') }),
  clerk: createClerk({ apiKey: 'sk_test_bench', fetch: answer('clerk') }),
};

function* userIds(count) {
  for (let index = 0; index < count; index += 1) yield `user_${String(index)}`;
}

async function consume(issuer, count, onPeak) {
  let taken = 0;
  for await (const { status } of issuer.streamTokens(userIds(count))) {
    if (status !== 'fulfilled') throw new Error('A user failed.');
    taken += 1;
    // Slow: now and then it lets everything else run first.
    if (taken % 500 === 0) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      onPeak(process.memoryUsage().rss);
    }
  }
}

const rows = [];
for (const [provider, issuer] of Object.entries(issuers)) {
  // What any such work needs once, such as compiled code and the space of the young generation, comes first.
  await consume(issuer, total / 20, () => undefined);
  globalThis.gc?.();
  const before = process.memoryUsage();
  let peak = 0;
  const start = performance.now();
  await consume(issuer, total, (rss) => (peak = Math.max(peak, rss)));
  const seconds = (performance.now() - start) / 1000;
  globalThis.gc?.();
  const megabytes = (bytes) => (bytes / 1_048_576).toFixed(1);
  const heap = process.memoryUsage().heapUsed - before.heapUsed;
  rows.push([provider, total, seconds.toFixed(1), megabytes(peak - before.rss), megabytes(heap)]);
}

// Not before: what draws the plots is large, and would be in the figures.
const { report, toTable } = await import('../report.mjs');
report(
  'bulk-memory',
  toTable([
    ['provider', 'users', 'seconds', 'peak RSS above the start, MB', 'heap above the start at the end, MB'],
    ...rows,
  ]),
  Object.fromEntries(rows.map(([provider, , , peak]) => [provider, { peakMegabytes: Number(peak) }])),
);
