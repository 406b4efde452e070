import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Deadline } from '../src/time.js';

// A process that is busy: its clock goes on, and its timers come late.
let now = 0;

beforeEach(() => {
  now = 0;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  vi.useRealTimers();
});

/** Lets the timers of a time come due at a moment of the clock. */
async function timersComeDue(milliseconds: number, clock: number): Promise<void> {
  now = clock;
  await vi.advanceTimersByTimeAsync(milliseconds);
}

it('an answer that is there wins over a deadline that the process was too busy to keep', async () => {
  const deadline = new Deadline(200);
  const answer = new Promise((resolve) => setTimeout(resolve, 210, 'there'));
  const race = deadline.race(answer);
  await timersComeDue(200, 900);
  expect([deadline.isExpired, deadline.signal.aborted]).toEqual([false, false]);
  await timersComeDue(10, 910);
  await expect(race).resolves.toBe('there');
  deadline.stop();
  expect(vi.getTimerCount()).toBe(0);
});

it.each([
  [200, 0],
  [209, 0],
  [215, 15],
  [250, 50],
  [900, 100],
])(
  'a deadline of 200 ms that is looked at after %i ms waits %i ms more, and ends all the same',
  async (clock, grace) => {
    const deadline = new Deadline(200);
    const race = deadline.race(new Promise(() => undefined));
    const ended = expect(race).rejects.toMatchObject({ name: 'TimeoutError' });
    await timersComeDue(200, clock);
    expect(deadline.isExpired).toBe(grace === 0);
    if (grace > 0) {
      await timersComeDue(grace - 1, clock);
      expect(deadline.isExpired).toBe(false);
      // However busy the process is meanwhile.
      await timersComeDue(1, clock + 5_000);
    }
    expect(deadline.isExpired).toBe(true);
    await ended;
  },
);

it('a deadline that is stopped while it looks again leaves no timer behind', async () => {
  const deadline = new Deadline(200);
  await timersComeDue(200, 900);
  expect(vi.getTimerCount()).toBe(1);
  deadline.stop();
  expect(vi.getTimerCount()).toBe(0);
});
