import { describe, expect, it, vi } from 'vitest';
import { startDeadline } from '../src/time.js';
import { useVirtualTime } from './support/virtual-time.js';

useVirtualTime();

describe('a deadline', () => {
  it('is over from the start under a signal that is aborted, and nothing wins a race any more', async () => {
    const reason = new Error('mine');
    const deadline = startDeadline(1_000, AbortSignal.abort(reason));
    expect(deadline.signal.aborted).toBe(true);
    expect(deadline.signal.reason).toBe(reason);
    expect(deadline.isExpired()).toBe(false);
    await expect(deadline.race(new Promise(() => undefined))).rejects.toBe(reason);
    deadline.stop();
  });

  it('ends races by its time, and says so', async () => {
    const deadline = startDeadline(20);
    expect(deadline.remaining()).toBe(20);
    const races = [deadline.race(new Promise(() => undefined)), deadline.race(new Promise(() => undefined))];
    for (const race of races) await expect(race).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(deadline.isExpired()).toBe(true);
    expect(deadline.remaining()).toBe(0);
  });

  it('lets an answer win that is there, if the process was busy when its time was up', async () => {
    const { port1, port2 } = new MessageChannel();
    const start = performance.now();
    const deadline = startDeadline(200);
    const answer = new Promise((resolve) => {
      port2.addEventListener('message', resolve, { once: true });
    });
    port2.start();
    const race = deadline.race(answer);
    // The answer comes while nobody can look: the timer is due as soon as somebody can.
    await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise<void>((resolve) => {
      setImmediate(() => {
        while (performance.now() < start + 260);
        setTimeout(() => {
          port1.postMessage('there');
        });
        resolve();
      });
    });
    await expect(race).resolves.toBeDefined();
    expect(deadline.isExpired()).toBe(false);
    deadline.stop();
    port2.close();
  });

  it('ends all the same, however busy the process is', async () => {
    const deadline = startDeadline(20);
    const race = deadline.race(new Promise(() => undefined));
    const end = performance.now() + 60;
    while (performance.now() < end);
    await expect(race).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(deadline.isExpired()).toBe(true);
  });

  it('leaves no timer behind if it is stopped while it looks again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const now = vi.spyOn(performance, 'now').mockReturnValue(0);
    const deadline = startDeadline(20);
    now.mockReturnValue(720);
    await vi.advanceTimersByTimeAsync(20);
    expect([deadline.isExpired(), vi.getTimerCount()]).toEqual([false, 1]);
    await vi.advanceTimersByTimeAsync(99);
    expect(deadline.isExpired()).toBe(false);
    deadline.stop();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it('lets through what settles in time, either way', async () => {
    const deadline = startDeadline(1_000);
    const reason = new Error('mine');
    expect(await deadline.race(Promise.resolve(7))).toBe(7);
    await expect(deadline.race(Promise.reject(reason))).rejects.toBe(reason);
    deadline.stop();
    expect(deadline.signal.aborted).toBe(false);
  });
});
