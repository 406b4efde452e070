import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildForNode } from '../support/build.js';
import { issueOperations, operations, type OperationUnderTest } from '../support/operations.js';
import { answers, startServer } from '../support/server.js';
import { startFaultServer } from './fault-server.js';
import { brokenConnections, type NetworkFault, stalls, strangeBodies } from './network-faults.js';

let folder: string;
let plainUrl: string;

beforeAll(async () => {
  folder = await buildForNode({ 'one-call': 'test/faults/one-call.ts' });
  ({ url: plainUrl } = await startServer(answers({ status: 200, body: 'plain' })));
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

/** By how much a process may outlive its call, in milliseconds, beyond what a plain `fetch` makes a process do. */
const tolerance = 15_000;
/** So that a timer which stays behind holds a process for much longer than that. */
const longTimeout = 30_000;

/** Makes one call in a process of its own. */
function callInProcess(
  { name, key, id }: OperationUnderTest,
  baseUrl: string,
  { timeout = longTimeout, env = {} }: { timeout?: number | undefined; env?: NodeJS.ProcessEnv } = {},
) {
  return runProcess([join(folder, 'one-call.cjs'), name, baseUrl, id, String(timeout)], { KEY: key, ...env });
}

/** Makes one plain `fetch` in a process of its own. */
function fetchInProcess() {
  const program =
    'fetch(process.argv[1]).then((response) => response.text()).then((text) => process.stdout.write(text))';
  return runProcess(['--eval', program, plainUrl]);
}

/** Runs a program that says one thing, and measures for how long it goes on after that. */
async function runProcess(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { PATH } = process.env;
  const child = spawn(process.execPath, args, { env: { PATH, ...env }, timeout: 80_000 });
  const settled = once(child.stdout, 'data').then(() => performance.now());
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { stdout, stderr, exitCode, lingered: performance.now() - (await settled) };
}

const failures: readonly (NetworkFault & { readonly timeout?: number })[] = [
  {
    name: 'a 404',
    serve: ({ answer }) => {
      answer(404, {}, '{}');
    },
  },
  {
    name: 'a redirect',
    serve: ({ answer }) => {
      answer(307, { location: '/' }, '');
    },
  },
  {
    name: 'a long Retry-After',
    serve: ({ answer }) => {
      answer(503, { 'retry-after': '86400' }, '{}');
    },
  },
];

// Operations take turns: what holds a process back is below them.
const shortStalls = stalls.map((fault) => ({ ...fault, timeout: 400 }));
const bodies = strangeBodies.filter(({ name }) => /^(nothing|broken JSON|10 MB|no end)$/.test(name));
const cases = [...brokenConnections, ...bodies, ...failures, ...shortStalls].map((fault, index) => ({
  ...fault,
  operation: operations[index % operations.length]!,
}));

describe.concurrent('rule 3: the process can exit, as after a plain `fetch`', () => {
  it.each(cases)('after $name', { timeout: 90_000 }, async ({ serve, operation, timeout }) => {
    const server = await startFaultServer((exchange) => {
      serve(exchange, operation.success);
    });
    const [{ stdout, stderr, exitCode, lingered }, plain] = await Promise.all([
      callInProcess(operation, server.url, { timeout }),
      fetchInProcess(),
    ]);
    expect(stdout).toMatch(/^(connection_failed|timeout|invalid_response|not_found|unexpected_status|server_error)$/);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(plain.stdout).toBe('plain');
    expect(lingered - plain.lingered).toBeLessThan(tolerance);
    await server.stop();
  });
});

it.concurrent.each(Object.values(issueOperations))(
  'rule 2: $name shows no secret to NODE_DEBUG',
  { timeout: 90_000 },
  async (operation) => {
    const server = await startFaultServer(({ answer }) => {
      answer(operation.success.status, {}, JSON.stringify(operation.success.body));
    });
    // Everything that Node.js can tell, but for the values of a debugger's.
    const { stdout, stderr } = await callInProcess(operation, server.url, { env: { NODE_DEBUG: '*' } });
    expect(stdout).toBe('success');
    expect(stderr).toContain(' sending request to ');
    for (const secret of [operation.key, ...operation.secrets]) expect(stderr).not.toContain(secret);
    await server.stop();
  },
);
