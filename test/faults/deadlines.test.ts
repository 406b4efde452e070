import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CallOptions } from '../../src/index.js';
import { operations } from '../support/operations.js';
import { type Exchange, type FaultServer, startFaultServer, toHead } from './fault-server.js';

/** By how much a call may end after its time, in milliseconds, on a machine that is not late itself. */
const tolerance = 250;

/** The phases of a call in which time may run out, or the caller leave. */
const phases: Readonly<Record<string, (exchange: Exchange, status: number) => void>> = {
  'before the headers': () => undefined,
  'in the body of a success': ({ socket }, status) => void socket.write(toHead(status, { 'content-length': '1000' })),
  'in the body of a failure': ({ socket }) => void socket.write(`${toHead(404, { 'content-length': '1000' })}{"de`),
  'in a backoff': ({ answer }) => {
    answer(500, {}, '');
  },
  'in a wait that was asked for': ({ answer }) => {
    answer(503, { 'retry-after': '1' }, '');
  },
};

/** How long an action takes beyond what a plain timer of that length takes at the same time: the machine may be busy. */
async function lateness(milliseconds: number, action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  const [late, expected] = await Promise.all([
    action().then(() => performance.now() - start),
    new Promise((resolve) => setTimeout(resolve, milliseconds)).then(() => performance.now() - start),
  ]);
  return late - expected;
}

const servers: FaultServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

describe.each(operations)('$name', ({ prepare, success }) => {
  async function start(phase: string) {
    const server = await startFaultServer((exchange) => phases[phase]?.(exchange, success.status));
    servers.push(server);
    const settle = (options: CallOptions) =>
      prepare({ baseUrl: server.url })
        .call(options)
        .catch((error: unknown) => error);
    return { server, settle };
  }

  describe.each(Object.keys(phases))('%s', (phase) => {
    it.each([1, 20, 100, 300, 1_000])('ends after %i ms', async (timeout) => {
      const { server, settle } = await start(phase);
      let error: unknown;
      const late = await lateness(timeout, async () => (error = await settle({ timeout, retry: 20 })));
      expect(late).toBeLessThan(tolerance);
      expect(error).toMatchObject({ code: expect.stringMatching(/^(timeout|server_error|not_found)$/) as string });
      await vi.waitFor(() => {
        expect(server.unfinished()).toBe(0);
      });
    });

    it.each([new Error('mine'), 'text', undefined, { any: 'thing' }])(
      'is aborted at once, with the reason %s',
      async (reason) => {
        const { server, settle } = await start(phase);
        const controller = new AbortController();
        const { signal } = controller;
        let error: unknown;
        const late = await lateness(60, async () => {
          setTimeout(() => {
            controller.abort(reason);
          }, 60);
          error = await settle({ signal });
        });
        expect(late).toBeLessThan(tolerance);
        // What the platform makes of no reason is an AbortError.
        expect(error).toBe(signal.reason);
        expect(getEventListeners(signal, 'abort')).toEqual([]);
        await vi.waitFor(() => {
          expect(server.unfinished()).toBe(0);
        });
      },
    );
  });

  it('is aborted before it connects, and sends nothing', async () => {
    const { server, settle } = await start('before the headers');
    const controller = new AbortController();
    const { signal } = controller;
    const call = settle({ signal });
    controller.abort('enough');
    expect(await call).toBe('enough');
    expect(await settle({ signal })).toBe('enough');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(server.exchanges).toEqual([]);
  });
});
