import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { onAbort } from '../src/time.js';
import { createPacedRequest, createPacer, type PacedCall, type PacedRequest, type Pacer } from '../src/limits/pacer.js';

const { signal } = new AbortController();

describe('the pace of a client', () => {
  let pacer: Pacer;
  let call: PacedCall;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
    pacer = createPacer();
    call = { concurrency: 100, inFlight: 0 };
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  /** Waits for a turn, however long that takes. */
  async function turn(request = createPacedRequest(call)): Promise<PacedRequest> {
    const turned = pacer.turn(request, signal);
    await vi.runAllTimersAsync();
    await turned;
    return request;
  }

  /** A request that has its turn now, if there is one. */
  async function turnNow(request = createPacedRequest(call)): Promise<PacedRequest | undefined> {
    const leave = new AbortController();
    const turned = pacer.turn(request, leave.signal).then(
      () => request,
      () => undefined,
    );
    await vi.advanceTimersByTimeAsync(0);
    leave.abort();
    return turned;
  }

  /** Lets requests wait, and keeps who had a turn, in order. */
  function wait(...requests: PacedRequest[]): PacedRequest[] {
    const order: PacedRequest[] = [];
    for (const request of requests) void pacer.turn(request, signal).then(() => order.push(request));
    return order;
  }

  const refuse = async (retryAfter?: number) => pacer.refuse(await turn(), retryAfter);

  it('waits as long as it is asked to', async () => {
    expect(await refuse(30)).toBe(true);
    await vi.advanceTimersByTimeAsync(29_999);
    expect(await turnNow()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(await turnNow()).toBeDefined();
  });

  it('waits no longer for several that were refused together, and counts them once', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const together = [await turn(), await turn(), await turn()];
    for (const request of together) pacer.refuse(request, undefined);
    await vi.advanceTimersByTimeAsync(499);
    expect(await turnNow()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(await turnNow()).toBeDefined();
  });

  it('doubles from one after a refusal, and grows slowly beyond half of what was too much', async () => {
    const refused = [];
    for (let index = 0; index < 8; index += 1) refused.push(await turn());
    for (const request of refused) pacer.refuse(request, 1);
    await vi.advanceTimersByTimeAsync(1_000);
    const rounds = [];
    for (let round = 0; round < 7; round += 1) {
      const started = [];
      for (let next = await turnNow(); next !== undefined; next = await turnNow()) started.push(next);
      rounds.push(started.length);
      for (const request of started) pacer.succeed(request);
    }
    expect(rounds).toEqual([1, 2, 4, 4, 5, 6, 7]);
  });

  it.each([0, 1_000])(
    'takes no answer to what was sent before a pause for a sign that it is over: after %i ms',
    async (late) => {
      vi.spyOn(Math, 'random').mockReturnValue(1);
      const before = [await turn(), await turn(), await turn(), await turn()];
      pacer.refuse(before[0]!, undefined);
      await vi.advanceTimersByTimeAsync(late);
      for (const request of before.slice(1)) pacer.succeed(request);
      // The first pause was half a second, so this is the second in a row.
      pacer.refuse(await turn(), undefined);
      await vi.advanceTimersByTimeAsync(999);
      expect(await turnNow()).toBeUndefined();
      await vi.advanceTimersByTimeAsync(1);
      expect(await turnNow()).toBeDefined();
      expect(await turnNow()).toBeUndefined();
    },
  );

  it('has five minutes of patience, anew after each success', async () => {
    for (let minute = 0; minute < 4; minute += 1) expect(await refuse(60)).toBe(true);
    pacer.succeed(await turn());
    const start = performance.now();
    while (await refuse(60)) expect(performance.now() - start).toBeLessThanOrEqual(300_000);
    // The next pause would have ended after them.
    expect(performance.now() - start).toBeGreaterThan(240_000 - 1);
  });

  it('has no patience for a pause beyond that', async () => {
    expect(await refuse(301)).toBe(false);
    expect(await turnNow()).toBeDefined();
  });

  it('loses its patience with requests that have no answer, too', async () => {
    const start = performance.now();
    for (;;) {
      const request = await turn();
      await vi.advanceTimersByTimeAsync(30_000);
      if (!pacer.fail(request)) break;
    }
    expect(performance.now() - start).toBe(360_000);
  });

  it('forgets old failures after a minute without work', async () => {
    pacer.fail(await turn());
    await vi.advanceTimersByTimeAsync(400_000);
    expect(pacer.fail(await turn())).toBe(true);
    await vi.advanceTimersByTimeAsync(59_000);
    for (let minute = 0; minute < 5; minute += 1) {
      const request = await turn();
      await vi.advanceTimersByTimeAsync(59_000);
      pacer.fail(request);
    }
    expect(pacer.fail(await turn())).toBe(false);
  });

  it('forgets how many refusals there were in a row after a minute without work, too', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    for (let refusals = 0; refusals < 4; refusals += 1) await refuse();
    await vi.advanceTimersByTimeAsync(70_000);
    await refuse();
    await vi.advanceTimersByTimeAsync(500);
    expect(await turnNow()).toBeDefined();
  });

  it('gives turns in the order of who waits', async () => {
    await refuse(1);
    const waiting = [createPacedRequest(call), createPacedRequest(call), createPacedRequest(call)];
    const order = wait(...waiting);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(order).toEqual(waiting.slice(0, 1));
    pacer.succeed(waiting[0]!);
    await vi.advanceTimersByTimeAsync(0);
    expect(order).toEqual(waiting);
    expect(order.map((request) => waiting.indexOf(request))).toEqual([0, 1, 2]);
  });

  it('lets others go before a request that was refused', async () => {
    const refused = await turn();
    pacer.refuse(refused, 1);
    const other = createPacedRequest(call);
    const order = wait(refused, other);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(order.map((request) => [refused, other].indexOf(request))).toEqual([1]);
    pacer.succeed(other);
    await vi.advanceTimersByTimeAsync(0);
    expect(order.map((request) => [refused, other].indexOf(request))).toEqual([1, 0]);
  });

  it('lets a request wait longer each time that it is refused while others are answered, up to two minutes', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const refused = createPacedRequest(call);
    const waits = [];
    for (let count = 0; count < 12; count += 1) {
      const start = performance.now();
      await turn(refused);
      waits.push((performance.now() - start) / 1_000);
      pacer.refuse(refused, 1);
      pacer.succeed(await turn());
    }
    // From the end of the pause on, at which somebody else was answered.
    expect(waits).toEqual([0, 0, 0.5, 1, 2, 4, 8, 16, 32, 64, 120, 120]);
  });

  it('and no longer than everybody where nobody is answered', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    const refused = createPacedRequest(call);
    const times: number[] = [];
    for (let count = 0; count < 5; count += 1) {
      await turn(refused);
      times.push(performance.now());
      pacer.refuse(refused, undefined);
    }
    expect(times.map((time) => (time - times[0]!) / 1_000)).toEqual([0, 0.5, 1.5, 3.5, 7.5]);
  });

  it('asks for whoever was refused least often where the first after a pause is refused as well', async () => {
    const often = await turn();
    pacer.refuse(often, 1);
    await turn(often);
    pacer.refuse(often, 1);
    const once = await turn();
    pacer.refuse(once, 1);
    const never = createPacedRequest(call);
    const waiting = [often, once, never];
    const order = wait(...waiting);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(order.map((request) => waiting.indexOf(request))).toEqual([2]);
    pacer.refuse(never, 1);
    void pacer.turn(never, signal).then(() => order.push(never));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(order.map((request) => waiting.indexOf(request))).toEqual([2, 1]);
    // From then on it is whose time has come.
    pacer.succeed(once);
    await vi.advanceTimersByTimeAsync(0);
    expect(order.map((request) => waiting.indexOf(request))).toEqual([2, 1, 0, 2]);
  });

  it('also where the time of one that was refused more often came first', async () => {
    await refuse(1);
    await refuse(1);
    const now = performance.now();
    const seldom = { ...createPacedRequest(call), refusals: 1, notBefore: now + 500 };
    const often = { ...createPacedRequest(call), refusals: 5, notBefore: now + 400 };
    const order = wait(seldom, often);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(order.map((request) => [seldom, often].indexOf(request))).toEqual([0]);
  });

  it('but of those whose time has come', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    // Refused five times, four of them while others were answered: it waits four seconds longer than the pause.
    const patient = createPacedRequest(call);
    for (let count = 0; count < 5; count += 1) {
      await turn(patient);
      pacer.refuse(patient, 1);
      pacer.succeed(await turn());
    }
    pacer.refuse(await turn(), 1);
    pacer.refuse(await turn(), 1);
    const often = { ...createPacedRequest(call), refusals: 9 };
    const waiting = [patient, often];
    const order = wait(...waiting);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(order.map((request) => waiting.indexOf(request))).toEqual([1]);
  });

  it('has no more under way for a call than it wants, and lets other calls pass', async () => {
    const small = { concurrency: 1, inFlight: 0 };
    const first = await turn(createPacedRequest(small));
    const second = createPacedRequest(small);
    const order = wait(second);
    await vi.advanceTimersByTimeAsync(0);
    expect(order).toEqual([]);
    expect(await turnNow()).toBeDefined();
    pacer.succeed(first);
    await vi.advanceTimersByTimeAsync(0);
    expect(order).toEqual([second]);
  });

  it('gives the turn of one who left to the next', async () => {
    await refuse(1);
    await vi.advanceTimersByTimeAsync(1_000);
    const request = await turn();
    const leaver = new AbortController();
    const reason = new Error('mine');
    const left = [
      pacer.turn(createPacedRequest(call), leaver.signal),
      pacer.turn(createPacedRequest(call), leaver.signal),
    ];
    const next = vi.fn();
    void pacer.turn(createPacedRequest(call), signal).then(next);
    // Woken and gone in the same moment.
    pacer.release(request);
    leaver.abort(reason);
    for (const each of left) await expect(each).rejects.toBe(reason);
    await vi.advanceTimersByTimeAsync(0);
    expect(next).toHaveBeenCalledOnce();
  });

  it('leaves no timer behind where a wait is aborted', async () => {
    await refuse(30);
    const leaver = new AbortController();
    const waiting = pacer.turn(createPacedRequest(call), leaver.signal);
    expect(vi.getTimerCount()).toBe(1);
    leaver.abort('enough');
    await expect(waiting).rejects.toBe('enough');
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a listener for an abort', () => {
  it('hears of one that has been already, as of one to come, once', async () => {
    const controller = new AbortController();
    const before = vi.fn();
    const gone = vi.fn();
    onAbort(controller.signal, before);
    onAbort(controller.signal, gone)();
    controller.abort();
    const after = vi.fn();
    onAbort(controller.signal, after);
    await Promise.resolve();
    expect(before).toHaveBeenCalledOnce();
    expect(after).toHaveBeenCalledOnce();
    expect(gone).not.toHaveBeenCalled();
  });
});
