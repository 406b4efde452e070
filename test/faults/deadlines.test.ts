import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallOptions } from '../../src/index.js';
import { lateness } from '../support/lateness.js';
import { judgedOperations } from '../support/operations.js';
import { nameRequests } from '../support/requests.js';
import { type Exchange, type FaultServer, startFaultServer } from './fault-server.js';

/** By how much a call may end after its time, in milliseconds, on a machine that is not late itself. */
const tolerance = 1_000;

/** The phases of a call in which time may run out, or the caller leave. */
const phases: Readonly<Record<string, (exchange: Exchange, status: number) => void>> = {
  'before the headers': () => undefined,
  'in the body of a success': ({ begin }, status) => {
    begin(status, { 'content-length': '1000' });
  },
  'in the body of a failure': ({ socket, begin }) => {
    begin(404, { 'content-length': '1000' });
    socket.write('{"de');
  },
  'in a backoff': ({ answer }) => {
    answer(500, {}, '');
  },
  'in a wait that was asked for': ({ answer }) => {
    answer(503, { 'retry-after': '20' }, '');
  },
};

const servers: FaultServer[] = [];

beforeEach((context) => {
  nameRequests(context, () => servers.flatMap((server) => server.log()));
});

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

/** The operation for which every time and every reason is tried. For the others, which share its code, one will do. */
const triedInFull = 'clerk issueToken';
const inFull = { times: [300, 1, 20], reasons: [new Error('mine'), 'text', undefined, { any: 'thing' }] };
const inShort: typeof inFull = { times: [100], reasons: [new Error('mine')] };

const soon = { timeout: 5_000, interval: 5 };

describe.each(judgedOperations)('rule 3: one deadline, $name', ({ name, prepare, success }) => {
  const { times, reasons } = name === triedInFull ? inFull : inShort;

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
    it.each(times)('ends after %i ms', async (timeout) => {
      const { server, settle } = await start(phase);
      let error: unknown;
      const late = await lateness(timeout, async () => (error = await settle({ timeout, retry: 20 })));
      expect(late).toBeLessThan(tolerance);
      expect(error).toMatchObject({ code: expect.stringMatching(/^(timeout|server_error|not_found)$/) as string });
      await vi.waitFor(() => {
        expect(server.unfinished()).toBe(0);
      }, soon);
    });

    it.each(reasons)('is aborted at once, with the reason %s', async (reason) => {
      // A backoff of 8 s, which nobody can take for the end of a call that was aborted.
      vi.spyOn(Math, 'random').mockReturnValue(30);
      const { server, settle } = await start(phase);
      const controller = new AbortController();
      const { signal } = controller;
      const call = settle({ signal });
      await vi.waitFor(() => {
        expect(server.exchanges).toHaveLength(1);
      }, soon);
      // Time for what was sent to arrive.
      await new Promise((resolve) => setTimeout(resolve, 40));
      let error: unknown;
      const late = await lateness(0, async () => {
        controller.abort(reason);
        error = await call;
      });
      expect(late).toBeLessThan(tolerance);
      // What the platform makes of no reason is an AbortError.
      expect(error).toBe(signal.reason);
      expect(server.exchanges).toHaveLength(1);
      expect(getEventListeners(signal, 'abort')).toEqual([]);
      await vi.waitFor(() => {
        expect(server.unfinished()).toBe(0);
      }, soon);
    });
  });

  it('is aborted before it connects, and sends nothing', async () => {
    const { server, settle } = await start('in a backoff');
    const controller = new AbortController();
    const { signal } = controller;
    const call = settle({ signal });
    controller.abort('enough');
    expect(await call).toBe('enough');
    expect(await settle({ signal })).toBe('enough');
    // Whatever those had sent would have come before this.
    await (await fetch(`${server.url}/afterwards`)).text();
    expect(server.exchanges.map(({ path }) => path)).toEqual(['/afterwards']);
  });
});
