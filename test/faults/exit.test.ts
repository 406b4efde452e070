import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildForNode } from '../support/build.js';
import { operations, type OperationUnderTest } from '../support/operations.js';
import { startFaultServer } from './fault-server.js';
import { brokenConnections, type NetworkFault, stalls, strangeBodies } from './network-faults.js';

let folder: string;

beforeAll(async () => {
  folder = await buildForNode({ 'one-call': 'test/faults/one-call.ts' });
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Makes one call in a process of its own. */
async function callInProcess({ name, key, id }: OperationUnderTest, baseUrl: string, env: NodeJS.ProcessEnv = {}) {
  const { PATH } = process.env;
  const args = [join(folder, 'one-call.cjs'), name, baseUrl, id, '400'];
  const child = spawn(process.execPath, args, { env: { PATH, KEY: key, ...env } });
  const settled = once(child.stdout, 'data').then(() => performance.now());
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number]>,
  ]);
  return { stdout, stderr, exitCode, lingered: performance.now() - (await settled) };
}

const answers: readonly NetworkFault[] = [
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
const cases = [...brokenConnections, ...stalls, ...strangeBodies, ...answers].map((fault, index) => ({
  ...fault,
  operation: operations[index % operations.length]!,
}));

describe.concurrent('a process ends within a second of its failed call', () => {
  it.each(cases)('after $name', async ({ serve, operation }) => {
    const server = await startFaultServer((exchange) => {
      serve(exchange, operation.success);
    });
    const { stdout, stderr, exitCode, lingered } = await callInProcess(operation, server.url);
    expect(stdout).toMatch(/^(connection_failed|timeout|invalid_response|not_found|unexpected_status|server_error)$/);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(lingered).toBeLessThan(1_000);
    await server.stop();
  });
});

it.concurrent.each(operations)('$name shows no secret to NODE_DEBUG', async (operation) => {
  const server = await startFaultServer(({ answer }) => {
    answer(operation.success.status, {}, JSON.stringify(operation.success.body));
  });
  // Everything that Node.js can tell, but for the values of a debugger's.
  const { stdout, stderr } = await callInProcess(operation, server.url, { NODE_DEBUG: '*' });
  expect(stdout).toBe('success');
  expect(stderr).toContain(' sending request to ');
  for (const secret of [operation.key, ...operation.secrets]) expect(stderr).not.toContain(secret);
  await server.stop();
});
