import { getEventListeners } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { failureOf } from '../support/failures.js';
import { operations } from '../support/operations.js';
import { everythingPrintedBy, everythingShownBy } from '../support/shown.js';
import { type FaultServer, startFaultServer } from './fault-server.js';
import { faultsFor } from './table.js';

/** Time for the work itself on a loaded machine, in milliseconds. */
const slack = 3_000;

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

// At the same time, since most of a test is waiting.
describe.concurrent.each(operations)('$name survives', (operation) => {
  const { key, provider, secrets, prepare } = operation;

  it.each(faultsFor(operation))('$name', async ({ serve, options, ending, requests, waits = { from: 0, to: 0 } }) => {
    const server = await startFaultServer((exchange) => {
      serve(exchange, elsewhere.url);
    });
    const { signal } = new AbortController();
    const { client, call } = prepare({ baseUrl: server.url });
    const start = performance.now();
    const outcome: unknown = await (ending === 'success'
      ? call({ signal, ...options })
      : failureOf(call({ signal, ...options })));
    const elapsed = performance.now() - start;

    if (ending !== 'success') expect(outcome).toMatchObject({ ...ending, provider });
    expect(server.exchanges).toHaveLength(requests);
    // Timers may be a little early.
    expect(elapsed).toBeGreaterThan(waits.from - 5);
    expect(elapsed).toBeLessThan(waits.to + slack);

    const shown = everythingShownBy(client) + (ending === 'success' ? everythingPrintedBy : everythingShownBy)(outcome);
    for (const secret of [key, ...secrets]) expect(shown).not.toContain(secret);

    expect(getEventListeners(signal, 'abort')).toEqual([]);
    await vi.waitFor(() => {
      expect(server.unfinished(), 'connections held for nothing').toBe(0);
    });
    await server.stop();
  });
});
