import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createClerkClient } from '@clerk/backend';
import { JunctionClient } from '@junction-api/sdk';
import { it } from 'vitest';
import type * as Tokenwright from '../../src/index.js';
import { type Exchange, startFaultServer } from '../../test/faults/fault-server.js';
import {
  answerWell,
  brokenConnections,
  type GoodAnswer,
  type NetworkFault,
  stalls,
  strangeBodies,
} from '../../test/faults/network-faults.js';
import { fixture } from '../../test/support/fixtures.js';
import { everythingShownBy } from '../../test/support/shown.js';

// What users install, not the sources.
const { createClerk, createJunction } = createRequire(import.meta.url)('../../dist/index.cjs') as typeof Tokenwright;

/** Every client is given one second and no repetition, so far as it has options for that. */
const timeout = 1_000;
/** After so many milliseconds a call counts as hung. */
const patience = 5_000;

const userId = '6f3c0d4e-8a51-4c1b-9b7e-2f1d7a90c3aa';
const keys = { clerk: 'sk_test_made-up-clerk-key', junction: 'sk_eu_made-up-junction-key' };

interface Contender {
  readonly name: string;
  readonly key: string;
  readonly good: GoodAnswer;
  readonly call: (baseUrl: string) => PromiseLike<unknown>;
}

const junctionGood = fixture('junction/issue.200');
const clerkGood = fixture('clerk/issue.200');
const contenders: readonly Contender[] = [
  {
    name: 'tokenwright (Clerk)',
    key: keys.clerk,
    good: clerkGood,
    call: (baseUrl) => createClerk({ apiKey: keys.clerk, baseUrl, timeout, retry: 0 }).issueToken('user_made_up'),
  },
  {
    name: '@clerk/backend',
    key: keys.clerk,
    good: clerkGood,
    call: (apiUrl) =>
      createClerkClient({ secretKey: keys.clerk, apiUrl }).signInTokens.createSignInToken({
        userId: 'user_made_up',
        expiresInSeconds: 60,
      }),
  },
  {
    name: 'tokenwright (Junction)',
    key: keys.junction,
    good: junctionGood,
    call: (baseUrl) => createJunction({ apiKey: keys.junction, baseUrl, timeout, retry: 0 }).issueToken(userId),
  },
  {
    name: '@junction-api/sdk',
    key: keys.junction,
    good: junctionGood,
    call: (baseUrl) =>
      new JunctionClient({
        apiKey: keys.junction,
        baseUrl,
        timeoutInSeconds: timeout / 1000,
        maxRetries: 0,
      }).user.getUserSignInToken({ userId }),
  },
];

interface Row {
  readonly name: string;
  readonly serve: (exchange: Exchange, good: GoodAnswer, elsewhere: string) => void;
  /** Whether its certificate is one that nobody vouches for. */
  readonly isUntrusted?: boolean;
  /** The status that the error must have, or that a call must come back at all. */
  readonly status?: number;
}

const at = (status: number, { name, serve }: NetworkFault): Row => ({
  name: `${String(status)} with ${name}`,
  status,
  serve: (exchange, { body }) => {
    serve(exchange, { status, body });
  },
});
const success = ({ name, serve }: NetworkFault): Row => ({
  name: `success with ${name}`,
  serve: (exchange, good) => {
    serve(exchange, good);
  },
});
const inBody = ({ name }: NetworkFault) =>
  /the body|no body|a body|chunk|compression|dripping|half of the b/.test(name);

const rows: readonly Row[] = [
  ...[301, 302, 303, 307, 308].map((status): Row => ({
    name: `${String(status)} to another origin`,
    status,
    serve: (exchange, _, elsewhere) => {
      exchange.answer(status, { location: `${elsewhere}/stolen` }, '');
    },
  })),
  {
    name: 'a certificate that nobody vouches for',
    isUntrusted: true,
    serve: (exchange, good) => {
      answerWell(exchange, good);
    },
  },
  {
    name: "404 with a gateway's page",
    status: 404,
    serve: ({ answer }) => {
      answer(404, { 'content-type': 'text/html' }, '<!DOCTYPE html><title>404 Not Found</title>');
    },
  },
  ...brokenConnections.map(success),
  ...brokenConnections.filter(inBody).map((fault) => at(404, fault)),
  ...stalls.map(success),
  ...stalls.filter(inBody).map((fault) => at(404, fault)),
  ...strangeBodies.map(success),
  ...strangeBodies.map((fault) => at(422, fault)),
  {
    name: '429 with two Retry-After',
    status: 429,
    serve: ({ answer }) => {
      answer(429, { 'retry-after': '86400\r\nretry-after: 86400' }, '{}');
    },
  },
  ...[429, 503].map((status): Row => ({
    name: `${String(status)} with Retry-After 86400`,
    status,
    serve: ({ answer }) => {
      answer(status, { 'retry-after': '86400' }, '{}');
    },
  })),
  {
    name: '401 that echoes the key',
    status: 401,
    serve: ({ answer, head }) => {
      const key = /(?:Bearer |x-vital-api-key: )(\S+)/i.exec(head)?.[1] ?? '';
      const error = { message: `Unknown key ${key}`, long_message: `Unknown key ${key}`, code: 'x' };
      answer(
        401,
        { 'content-type': 'application/json' },
        JSON.stringify({ detail: `Unknown key ${key}`, errors: [error] }),
      );
    },
  },
];

const hung = Symbol('hung');

/** What is wrong with how a client took a fault; nothing where it took it well. */
async function judge({ key, good, call }: Contender, { serve, status, isUntrusted }: Row): Promise<string | undefined> {
  const elsewhere = await startFaultServer((exchange) => {
    answerWell(exchange, good);
  });
  const server = await startFaultServer((exchange) => {
    serve(exchange, good, elsewhere.url);
  }, isUntrusted);
  const start = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const outcome: unknown = await Promise.race([
    call(server.url).then(
      (value: unknown) => ({ value }),
      (error: unknown) => ({ error }),
    ),
    new Promise((resolve) => (timer = setTimeout(resolve, patience, hung))),
  ]);
  clearTimeout(timer);
  const elapsed = performance.now() - start;
  const strayed = elsewhere.exchanges.some(({ head }) => head.includes(key))
    ? 'key sent to the target'
    : elsewhere.exchanges.length > 0
      ? 'followed'
      : undefined;
  await server.stop();
  await elsewhere.stop();

  if (outcome === hung) return `hung for ${String(patience / 1000)} s`;
  if (strayed !== undefined) return strayed;
  const { value, error } = outcome as { value?: unknown; error?: unknown };
  if (error === undefined) return `taken for a success: ${typeof value}`;
  if (everythingShownBy(error).includes(key)) return 'key in the error';
  if (elapsed > timeout + 1_000) return `took ${(elapsed / 1000).toFixed(1)} s`;
  const { status: one, statusCode: other } = error as { status?: unknown; statusCode?: unknown };
  if (status !== undefined && (one ?? other) !== status) return 'status lost';
  return undefined;
}

it('writes the table', async () => {
  const results: (readonly [string, ...(string | undefined)[]])[] = [];
  for (const row of rows) {
    const cells = [];
    for (const contender of contenders) cells.push(await judge(contender, row));
    results.push([row.name, ...cells]);
  }
  const survived = contenders.map((_, index) => results.filter((cells) => cells[index + 1] === undefined).length);
  const toLine = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const table = [
    toLine(['fault', ...contenders.map(({ name }) => name)]),
    toLine(['---', ...contenders.map(() => '---')]),
    ...results.map(([name, ...cells]) => toLine([name, ...cells.map((problem) => problem ?? 'good')])),
    toLine([`**good, of ${String(rows.length)}**`, ...survived.map((count) => `**${String(count)}**`)]),
  ].join('\n');

  const page = new URL('../README.md', import.meta.url);
  const [before = '', , after = ''] = readFileSync(page, 'utf8').split(/<!-- faults -->\n|<!-- end of faults -->/);
  writeFileSync(page, `${before}<!-- faults -->\n\n${table}\n\n<!-- end of faults -->${after}`);
  process.stdout.write(`${table}\n`);
});
