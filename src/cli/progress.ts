import { clearLine, cursorTo } from 'node:readline';
import type { TokenwrightEvent } from '../issuer/events.js';
import { type CliContext, isTerminal } from './context.js';

/** How often the line may change. */
const intervalMilliseconds = 100;

/** A line with the progress of a bulk call. */
export interface Progress {
  readonly onEvent: (event: TokenwrightEvent) => void;
  /** Removes the line. */
  readonly stop: () => void;
}

/**
 * Shows a progress line on a terminal, unless the results are printed there as well.
 *
 * @param countUsers - Returns the number of users, if it is known.
 */
export function startProgress(
  { stdout, stderr }: CliContext,
  countUsers: () => number | undefined,
): Progress | undefined {
  if (!isTerminal(stderr) || isTerminal(stdout)) return undefined;
  const start = performance.now();
  let done = 0;
  let failed = 0;
  let lastAt = start;
  let pauseEnd = 0;
  let shown = '';

  const show = (text: string) => {
    if (text === shown) return;
    shown = text;
    cursorTo(stderr, 0);
    // A line that wraps could not be overwritten.
    stderr.write(text.slice(0, (stderr.columns || 80) - 1));
    clearLine(stderr, 1);
  };
  const update = () => {
    const now = performance.now();
    const pause = Math.ceil((pauseEnd - now) / 1_000);
    show(
      [
        `done ${String(done)}`,
        ...(failed > 0 ? [`failed ${String(failed)}`] : []),
        ...describePace(done + failed, lastAt - start, countUsers()),
        ...(pause > 0 ? [`paused, goes on in ${String(pause)} s`] : []),
      ].join(', '),
    );
  };
  const timer = setInterval(update, intervalMilliseconds);
  return {
    onEvent(event) {
      const now = performance.now();
      if (event.type === 'pause') pauseEnd = Math.max(pauseEnd, now + event.durationMilliseconds);
      if (event.type !== 'outcome') return;
      if (event.result === 'ok') done += 1;
      else failed += 1;
      lastAt = now;
      if (shown === '') update();
    },
    stop() {
      clearInterval(timer);
      show('');
    },
  };
}

/** The rate until the last outcome, including pauses, and the remaining time at that rate. */
function describePace(count: number, milliseconds: number, users: number | undefined): string[] {
  // In the first second, both would vary too much.
  if (count === 0 || milliseconds < 1_000) return [];
  const rate = (count * 1_000) / milliseconds;
  const left = users === undefined ? 0 : (users - count) / rate;
  return [`${rate.toFixed(rate < 10 ? 1 : 0)} per second`, ...(left > 0 ? [`${describeTime(left)} left`] : [])];
}

function describeTime(seconds: number): string {
  if (seconds < 100) return `${String(Math.ceil(seconds))} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 100 ? `${String(minutes)} min` : `${(minutes / 60).toFixed(1)} h`;
}
