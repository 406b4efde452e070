import { describe, expect, it } from 'vitest';
import { Deadline } from '../src/time.js';

describe('a deadline', () => {
  it('is over from the start under a signal that is aborted, and nothing wins a race any more', async () => {
    const reason = new Error('mine');
    const deadline = new Deadline(1_000, AbortSignal.abort(reason));
    expect(deadline.signal.aborted).toBe(true);
    expect(deadline.signal.reason).toBe(reason);
    expect(deadline.isExpired).toBe(false);
    await expect(deadline.race(new Promise(() => undefined))).rejects.toBe(reason);
    deadline.stop();
  });

  it('lets through what settles in time, either way', async () => {
    const deadline = new Deadline(1_000);
    const reason = new Error('mine');
    expect(await deadline.race(Promise.resolve(7))).toBe(7);
    await expect(deadline.race(Promise.reject(reason))).rejects.toBe(reason);
    deadline.stop();
    expect(deadline.signal.aborted).toBe(false);
  });
});
