import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { onAbort } from '../src/abort.js';
import { createPacer, type Pacer, type Refusal } from '../src/pacer.js';

const { signal } = new AbortController();

describe('the pace of a client', () => {
  let pacer: Pacer;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
    pacer = createPacer();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  /** Whether there is a turn now. */
  async function mayGo(forSignal = signal): Promise<boolean> {
    const leave = new AbortController();
    const both = AbortSignal.any([forSignal, leave.signal]);
    const turn = pacer.turn(both).then(
      () => true,
      () => false,
    );
    await vi.advanceTimersByTimeAsync(0);
    leave.abort();
    return turn;
  }

  async function refuse(retryAfter?: number): Promise<boolean> {
    const turn = pacer.turn(signal);
    await vi.runAllTimersAsync();
    await turn;
    return pacer.refuse(retryAfter).isWorthWaiting;
  }

  it('waits as long as it is asked to', async () => {
    expect(await refuse(30)).toBe(true);
    await vi.advanceTimersByTimeAsync(29_999);
    expect(await mayGo()).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await mayGo()).toBe(true);
  });

  it('doubles from one after a refusal, and grows slowly beyond half of what was too much', async () => {
    for (let index = 0; index < 8; index += 1) await pacer.turn(signal);
    for (let index = 0; index < 8; index += 1) pacer.refuse(1);
    await vi.advanceTimersByTimeAsync(1_000);
    const rounds = [];
    for (let round = 0; round < 7; round += 1) {
      let started = 0;
      while (await mayGo()) started += 1;
      rounds.push(started);
      for (let index = 0; index < started; index += 1) pacer.succeed();
    }
    expect(rounds).toEqual([1, 2, 4, 4, 5, 6, 7]);
  });

  it('takes no answer from before the pause for a sign that it is over', async () => {
    for (let index = 0; index < 4; index += 1) await pacer.turn(signal);
    pacer.refuse(1);
    for (let index = 0; index < 3; index += 1) pacer.succeed();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await mayGo()).toBe(true);
    expect(await mayGo()).toBe(false);
  });

  it('has five minutes of patience, anew after each success', async () => {
    for (let minute = 0; minute < 4; minute += 1) expect(await refuse(60)).toBe(true);
    const turn = pacer.turn(signal);
    await vi.runAllTimersAsync();
    await turn;
    pacer.succeed();
    const start = performance.now();
    while (await refuse(60)) expect(performance.now() - start).toBeLessThanOrEqual(300_000);
    // The next pause would have ended after them.
    expect(performance.now() - start).toBeGreaterThan(240_000 - 1);
  });

  it('has no patience for a pause beyond that', async () => {
    expect(await refuse(301)).toBe(false);
    expect(await mayGo()).toBe(true);
  });

  it('loses its patience with requests that have no answer, too', async () => {
    const start = performance.now();
    for (;;) {
      await pacer.turn(signal);
      await vi.advanceTimersByTimeAsync(30_000);
      if (!pacer.fail()) break;
    }
    expect(performance.now() - start).toBe(360_000);
  });

  it('forgets old failures after a minute without work', async () => {
    await pacer.turn(signal);
    pacer.fail();
    await vi.advanceTimersByTimeAsync(400_000);
    await pacer.turn(signal);
    expect(pacer.fail()).toBe(true);
    await vi.advanceTimersByTimeAsync(59_000);
    for (let minute = 0; minute < 5; minute += 1) {
      await pacer.turn(signal);
      await vi.advanceTimersByTimeAsync(59_000);
      pacer.fail();
    }
    await pacer.turn(signal);
    expect(pacer.fail()).toBe(false);
  });

  it('gives turns in the order of who waits', async () => {
    await refuse(1);
    const order: number[] = [];
    for (let index = 0; index < 3; index += 1) void pacer.turn(signal).then(() => order.push(index));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(order).toEqual([0]);
    pacer.succeed();
    await vi.advanceTimersByTimeAsync(0);
    expect(order).toEqual([0, 1, 2]);
  });

  it('tells a request that is refused itself from one that came too often', async () => {
    const turn = async (refusal?: Refusal) => {
      const turned = pacer.turn(signal, refusal);
      await vi.runAllTimersAsync();
      await turned;
    };
    const refuseAgain = async (refusal?: Refusal) => {
      await turn(refusal);
      return pacer.refuse(1, refusal);
    };
    const first = await refuseAgain();
    const second = await refuseAgain(first);
    // Nobody else had an answer meanwhile.
    expect(second).toMatchObject({ isSuspect: false, isOwn: false });
    await turn();
    pacer.succeed();
    const third = await refuseAgain(second);
    expect(third).toMatchObject({ isSuspect: true, isOwn: false });
    // Alone, after pauses as long as that with which others are answered.
    let last = third;
    while (last.isSuspect) last = await refuseAgain(last);
    expect(last).toMatchObject({ isSuspect: false, isOwn: true });
    // That was no pause for anybody.
    expect(await mayGo()).toBe(true);
  });

  it('takes no longer pause than it took others for a sign of anything', async () => {
    const turn = async (refusal?: Refusal) => {
      const turned = pacer.turn(signal, refusal);
      await vi.runAllTimersAsync();
      await turned;
    };
    await turn();
    pacer.succeed();
    await turn();
    const first = pacer.refuse(60);
    await turn();
    pacer.succeed();
    await turn(first);
    let last = pacer.refuse(1, first);
    const start = performance.now();
    while (!last.isOwn) {
      await turn(last);
      last = pacer.refuse(1, last);
    }
    expect(performance.now() - start).toBeGreaterThan(119_000);
    expect(performance.now() - start).toBeLessThan(240_000);
  });

  it('sends alone, after a pause, who is to be judged, or else who was not refused yet', async () => {
    await refuse(1);
    const order: string[] = [];
    const refused: Refusal = { isSuspect: false, isOwn: false, isWorthWaiting: true, answers: 0 };
    const wait = (name: string, refusal?: Refusal) => pacer.turn(signal, refusal).then(() => order.push(name));
    void wait('refused', refused);
    void wait('new');
    void wait('suspect', { ...refused, isSuspect: true });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(order).toEqual(['suspect']);
    pacer.refuse(1);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(order).toEqual(['suspect', 'new']);
    pacer.succeed();
    await vi.advanceTimersByTimeAsync(0);
    expect(order).toEqual(['suspect', 'new', 'refused']);
  });

  it('is not alone who was sent before the pause', async () => {
    const suspect: Refusal = { isSuspect: true, isOwn: false, isWorthWaiting: true, answers: 0 };
    await pacer.turn(signal);
    await pacer.turn(signal);
    expect(pacer.refuse(1).isOwn).toBe(false);
    expect(pacer.refuse(1, suspect).isOwn).toBe(false);
  });

  it('gives the turn of one who left to the next', async () => {
    await refuse(1);
    await vi.advanceTimersByTimeAsync(1_000);
    await pacer.turn(signal);
    const leaver = new AbortController();
    const reason = new Error('mine');
    const left = [pacer.turn(leaver.signal), pacer.turn(leaver.signal)];
    const next = vi.fn();
    void pacer.turn(signal).then(next);
    // Woken and gone in the same moment.
    pacer.release();
    leaver.abort(reason);
    for (const turn of left) await expect(turn).rejects.toBe(reason);
    await vi.advanceTimersByTimeAsync(0);
    expect(next).toHaveBeenCalledOnce();
  });

  it('leaves no timer behind where a wait is aborted', async () => {
    await refuse(30);
    const leaver = new AbortController();
    const turn = pacer.turn(leaver.signal);
    expect(vi.getTimerCount()).toBe(1);
    leaver.abort('enough');
    await expect(turn).rejects.toBe('enough');
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
