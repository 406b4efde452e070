import { describe, expect, it } from 'vitest';
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

  it('lets through what settles in time, either way', async () => {
    const deadline = startDeadline(1_000);
    const reason = new Error('mine');
    expect(await deadline.race(Promise.resolve(7))).toBe(7);
    await expect(deadline.race(Promise.reject(reason))).rejects.toBe(reason);
    deadline.stop();
    expect(deadline.signal.aborted).toBe(false);
  });
});
