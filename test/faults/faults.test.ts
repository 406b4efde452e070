import { tracingChannel } from 'node:diagnostics_channel';
import { getEventListeners } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, type TestContext, vi } from 'vitest';
import { lateness } from '../support/lateness.js';
import { judgedOperations } from '../support/operations.js';
import { nameRequests } from '../support/requests.js';
import { everythingPrintedBy, everythingShownBy } from '../support/shown.js';
import { type FaultServer, startFaultServer } from './fault-server.js';
import { faultsFor } from './table.js';

/**
 * How much later than a plain timer a call may end, in milliseconds: the work itself, and of the tests beside it. What it must
 * not wait for is longer: the time of an attempt, or the call's if a wait does not fit it.
 */
const slack = 7_000;

let elsewhere: FaultServer;

beforeAll(async () => {
  elsewhere = await startFaultServer(({ answer }) => {
    answer(200, {}, '{}');
  });
});

afterAll(async () => {
  expect(elsewhere.exchanges, 'what went to where a redirect pointed').toEqual([]);
  await elsewhere.stop();
});

const all = judgedOperations.flatMap((operation) =>
  faultsFor(operation).flatMap(({ rule, faults }) => faults.map((fault) => ({ rule, operation, fault }))),
);

type Case = readonly [name: string, (typeof all)[number]];

describe.each([...new Set(all.map(({ rule }) => rule))])('%s', (rule) => {
  const cases = all
    .filter((each) => each.rule === rule)
    .map((each): Case => [`${each.operation.name} survives ${each.fault.name}`, each]);

  // What waits does so at the same time. What keeps the machine busy has it for itself, or it would take others' time.
  it.concurrent.for(cases.filter(([, { fault }]) => fault.waits !== undefined))('%s', survive);
  it.for(cases.filter(([, { fault }]) => fault.waits === undefined))('%s', survive);
});

async function survive([, { operation, fault }]: Case, context: TestContext): Promise<void> {
  const { serve, options, ending, requests, waits = { from: 0, to: 0 } } = fault;
  const { key, provider, secrets, prepare } = operation;
  const server = await startFaultServer((exchange) => {
    serve(exchange, elsewhere.url);
  });
  nameRequests(context, server.log);
  const { signal } = new AbortController();
  const told: string[] = [];
  const note = (value: unknown) => told.push(JSON.stringify(value));
  const subscribers = { start: note, end: note, asyncStart: note, asyncEnd: note, error: note };
  const channel = tracingChannel('tokenwright.call');
  channel.subscribe(subscribers);
  const { client, call } = prepare({ baseUrl: server.url, onEvent: note });
  let outcome: unknown;
  const start = performance.now();
  let elapsed = 0;
  const late = await lateness(waits.to, async () => {
    outcome = await call({ signal, ...options }).catch((error: unknown) => error);
    elapsed = performance.now() - start;
  });

  channel.unsubscribe(subscribers);
  expect(told.length).toBeGreaterThan(5);
  for (const each of [key, operation.id, ...secrets]) expect(told.join('\n'), 'events and traces').not.toContain(each);

  if (ending === 'success') expect(outcome).not.toBeInstanceOf(Error);
  else expect(outcome).toMatchObject({ ...ending, provider });
  expect(server.exchanges).toHaveLength(requests);
  const different = new Set(
    server.exchanges.map(({ method, path, head, body }) => `${method} ${path}\n${head}\n${body}`),
  );
  expect(different.size, 'repeated as it was').toBe(1);
  // Timers may be a little early.
  expect(elapsed).toBeGreaterThan(waits.from - 5);
  expect(late).toBeLessThan(slack);

  const shown = everythingShownBy(client) + (ending === 'success' ? everythingPrintedBy : everythingShownBy)(outcome);
  for (const secret of [key, ...secrets]) expect(shown).not.toContain(secret);

  expect(getEventListeners(signal, 'abort')).toEqual([]);
  await vi.waitFor(() => {
    expect(server.unfinished(), 'connections held for nothing').toBe(0);
  }, slack);
  await server.stop();
}
