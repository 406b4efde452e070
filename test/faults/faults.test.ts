import { getEventListeners } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { lateness } from '../support/lateness.js';
import { operations } from '../support/operations.js';
import { everythingPrintedBy, everythingShownBy } from '../support/shown.js';
import { type FaultServer, startFaultServer } from './fault-server.js';
import { faultsFor } from './table.js';

/** How much later than a plain timer a call may end, in milliseconds: the work itself, and of the tests beside it. */
const slack = 5_000;

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

// Of one rule at the same time, since most of a test is waiting; those that keep the machine busy are not beside those.
describe.each(operations)('$name survives', (operation) => {
  const { key, provider, secrets, prepare } = operation;

  describe.each(faultsFor(operation))('$rule', ({ faults }) => {
    it.concurrent.each(faults)(
      '$name',
      async ({ name, serve, options, ending, requests, waits = { from: 0, to: 0 } }) => {
        const server = await startFaultServer((exchange) => {
          serve(exchange, elsewhere.url);
        });
        const made = () =>
          `${name}; requests made: ${server.exchanges.map((each) => `${each.method} ${each.path}`).join(', ')}`;
        const { signal } = new AbortController();
        const { client, call } = prepare({ baseUrl: server.url });
        let outcome: unknown;
        const start = performance.now();
        let elapsed = 0;
        const late = await lateness(waits.to, async () => {
          outcome = await call({ signal, ...options }).catch((error: unknown) => error);
          elapsed = performance.now() - start;
        });

        if (ending === 'success') expect(outcome, made()).not.toBeInstanceOf(Error);
        else expect(outcome, made()).toMatchObject({ ...ending, provider });
        expect(server.exchanges.length, made()).toBe(requests);
        const different = new Set(
          server.exchanges.map(({ method, path, head, body }) => `${method} ${path}\n${head}\n${body}`),
        );
        expect(different.size, `repeated as it was: ${made()}`).toBe(1);
        // Timers may be a little early.
        expect(elapsed, made()).toBeGreaterThan(waits.from - 5);
        expect(late, made()).toBeLessThan(slack);

        const shown =
          everythingShownBy(client) + (ending === 'success' ? everythingPrintedBy : everythingShownBy)(outcome);
        for (const secret of [key, ...secrets]) expect(shown).not.toContain(secret);

        expect(getEventListeners(signal, 'abort')).toEqual([]);
        await vi.waitFor(() => {
          expect(server.unfinished(), `connections held for nothing: ${made()}`).toBe(0);
        }, slack);
        await server.stop();
      },
    );
  });
});
