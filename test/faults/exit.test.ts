import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildForNode } from '../support/build.js';
import { judgedOperations, type OperationUnderTest } from '../support/operations.js';
import { type FaultServer, startFaultServer } from './fault-server.js';
import { answerWell, brokenConnections, type NetworkFault, stalls, strangeBodies } from './network-faults.js';

const run = promisify(execFile);
let folder: string;
let server: FaultServer;

/** What the server does at paths that begin with a number: the fault of that number. */
let faults: readonly NetworkFault[] = [];

const successOf = (path: string) => judgedOperations.find(({ request }) => path.endsWith(request.path))!.success;

beforeAll(async () => {
  folder = await buildForNode({ calls: 'test/faults/calls-program.ts' });
  server = await startFaultServer((exchange) => {
    const fault = faults[Number(exchange.path.split('/')[1])];
    if (fault === undefined) answerWell(exchange, successOf(exchange.path));
    else fault.serve(exchange, successOf(exchange.path));
  });
}, 60_000);

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A call for the program, at a path of the server. */
function plan({ name }: OperationUnderTest, path: string, timeout: number) {
  return { operation: name, baseUrl: `${server.url}/${path}`, timeout };
}

/** Makes calls in a process of its own; rejects if it does not end by itself with 0. */
async function callInProcess(calls: readonly object[], env: NodeJS.ProcessEnv = {}) {
  const { PATH } = process.env;
  const args = [join(folder, 'calls.cjs'), JSON.stringify(calls)];
  const { stdout, stderr } = await run(process.execPath, args, { env: { PATH, ...env }, maxBuffer: 100_000_000 });
  return { outcomes: stdout.trim().split('\n'), stderr };
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

describe('rule 3, one deadline: no timer and no connection keeps a process from ending', () => {
  it.each([
    ['broken connections', brokenConnections],
    ['stalls', stalls],
    ['strange bodies', strangeBodies],
    ['answers', answers],
  ] as const)('after %s', async (_, group) => {
    faults = group;
    // A timer that is left behind shows only if it outlives the program.
    const timeout = group === stalls ? 400 : 20_000;
    // Operations take turns: what could hold a process back is below them.
    const calls = group.map((__, index) =>
      plan(judgedOperations[index % judgedOperations.length]!, String(index), timeout),
    );
    const { outcomes, stderr } = await callInProcess(calls);
    expect(stderr).toBe('');
    const codes = /^(connection_failed|timeout|invalid_response|not_found|unexpected_status|server_error)$/;
    const wrong = group.flatMap(({ name }, index) => {
      const outcome = outcomes[index] ?? 'nothing';
      return codes.test(outcome) ? [] : [`${name}: ${outcome}`];
    });
    expect(wrong).toEqual([]);
  });
});

it('rule 2, no secrets outside: NODE_DEBUG, with which Node.js tells all it can, shows none', async () => {
  faults = [];
  const calls = judgedOperations.map((operation) => plan(operation, 'good', 20_000));
  const { outcomes, stderr } = await callInProcess(calls, { NODE_DEBUG: '*' });
  expect(outcomes).toEqual(judgedOperations.map(() => 'success'));
  expect(stderr).toContain(' sending request to ');
  for (const secret of judgedOperations.flatMap(({ key, secrets }) => [key, ...secrets])) {
    expect(stderr.includes(secret), 'whether it shows').toBe(false);
  }
});
