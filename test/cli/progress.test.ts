import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { inVirtualTime } from '../../bench/limits/virtual-time.js';
import { startProgress } from '../../src/cli/progress.js';
import type { TokenwrightEvent } from '../../src/issuer/events.js';
import { createCli } from '../support/cli.js';

let cli: ReturnType<typeof createCli>;
beforeEach(() => {
  cli = createCli();
});

const terminal = { stderr: true };

/** The lines that a terminal showed one after the other, each in the place of the one before. */
const linesOf = (text: string) => text.split('\u001b[1G').map((line) => line.replace('\u001b[0K', ''));

const outcome = { type: 'outcome', result: 'ok' } as TokenwrightEvent;

/** Standard error as a terminal of some width, and what it has shown so far. */
function createTerminal(columns: number) {
  const written: string[] = [];
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns });
  stderr.on('data', (chunk: Buffer) => written.push(chunk.toString()));
  const { signal } = new AbortController();
  const context = { env: {}, stdin: new PassThrough(), stdout: new PassThrough(), stderr, signal };
  return { context, shown: () => linesOf(written.join('')) };
}

async function runInVirtualTime(...[args, options]: Parameters<typeof cli.run>) {
  const { value, seconds } = await inVirtualTime(() => cli.run(args, { terminal, ...options }));
  return { ...value, seconds, shown: linesOf(value.stderr) };
}

describe('the progress of issue', () => {
  it('is shown on a terminal, unless the results go there too', async () => {
    const { stdout, stderr } = await cli.run('issue sfox a b c', { terminal });
    expect(stdout).not.toContain('done');
    expect(linesOf(stderr)[1]).toMatch(/^done \d$/);
    // Gone when done: the line is empty at the end.
    expect(stderr.endsWith('\u001b[1G\u001b[0K')).toBe(true);
    expect((await cli.run('issue sfox a b', { terminal: { stderr: true, stdout: true } })).stderr).toBe('');
    expect((await cli.run('issue sfox a b')).stderr).toBe('');
    expect((await cli.run('issue sfox a b --quiet', { terminal })).stderr).toBe('');
    expect((await cli.run('issue sfox a', { terminal })).stderr).toBe('');
  });

  it('says the rate, and how much time is left if the ids are arguments', async () => {
    cli.fakes.clerk.failWith({ delay: 2_000 });
    const args = '--concurrency 1 --timeout 60000';
    const { shown } = await runInVirtualTime(`issue clerk a b c d ${args}`);
    expect(shown).toContain('done 1, 0.5 per second, 6 s left');
    expect(shown).toContain('done 3, 0.5 per second, 2 s left');
    // Nothing is known of what standard input has left.
    const other = await runInVirtualTime(`issue clerk - ${args}`, { stdin: 'a\nb\n' });
    expect(other.shown).toContain('done 1, 0.5 per second');
    expect(other.shown.join()).not.toContain('left');
  });

  it.each([
    [500, 100, 'done 1'],
    [1_000, 11, 'done 1, 1.0 per second, 10 s left'],
    [1_000, 101, 'done 1, 1.0 per second, 2 min left'],
    [30_000, 101, 'done 1, 0.0 per second, 50 min left'],
    [60_000, 101, 'done 1, 0.0 per second, 1.7 h left'],
  ])('%d ms for one of %d users: %s', (milliseconds, users, words) => {
    vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] });
    try {
      const { context, shown } = createTerminal(80);
      const progress = startProgress(context, () => users);
      vi.advanceTimersByTime(milliseconds);
      progress!.onEvent(outcome);
      vi.advanceTimersByTime(100);
      progress!.stop();
      expect(shown().at(-2)).toBe(words);
    } finally {
      vi.useRealTimers();
    }
  });

  it('says a fast rate in whole numbers, and never fills the last column', () => {
    vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] });
    try {
      for (const [columns, words] of [
        [80, 'done 1999, 1000 per second'],
        [20, 'done 1999, 1000 per'],
      ] as const) {
        const { context, shown } = createTerminal(columns);
        const progress = startProgress(context, () => undefined);
        for (let count = 0; count < 1_999; count += 1) {
          if (count === 1_998) vi.advanceTimersByTime(2_000);
          progress!.onEvent(outcome);
        }
        vi.advanceTimersByTime(100);
        // Nothing has changed since: nothing more is written.
        const { length } = shown();
        vi.advanceTimersByTime(1_000);
        expect(shown()).toHaveLength(length);
        progress!.stop();
        expect(shown().at(-2)).toBe(words);
      }
    } finally {
      vi.useRealTimers();
    }
  });

  it('counts failures apart', async () => {
    cli.fakes.clerk.addUser('a');
    cli.fakes.clerk.addUser('b');
    cli.fakes.clerk.failWith({ delay: 1_000 });
    const { shown } = await runInVirtualTime('issue clerk a nobody b --concurrency 1');
    expect(shown).toContain('done 1, failed 1, 1.0 per second, 1 s left');
  });

  it('counts a pause down', async () => {
    cli.fakes.clerk.failNext({ status: 429, retryAfter: 58 });
    const { shown, exitCode, seconds } = await runInVirtualTime('issue clerk a b --concurrency 1');
    expect(exitCode).toBe(0);
    expect(Math.round(seconds)).toBe(58);
    const pauses = shown.flatMap((line) => /^done 0, paused, goes on in (\d+) s$/.exec(line)?.[1] ?? []).map(Number);
    expect(pauses[0]).toBe(58);
    expect([...new Set(pauses)]).toEqual(Array.from({ length: 58 }, (_, index) => 58 - index));
  });

  it('leaves no timer behind, however the command ends', async () => {
    await inVirtualTime(async () => {
      await cli.run('issue clerk a b', { terminal });
      await cli.run('issue clerk a b', { terminal, env: {} });
      expect(vi.getTimerCount()).toBe(0);
    });
  });
});
