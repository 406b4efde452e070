import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createFakeProviders } from '../../../src/testing/index.js';
import { createEvents } from '../../../src/testing/server/events.js';
import { askFake, raw } from '../ask.js';

/** A page as the server sees it: a response that keeps what was written to it. */
class Page extends EventEmitter {
  readonly written: string[] = [];
  writableLength = 0;
  readonly writeHead = vi.fn();
  readonly write = (text: string) => this.written.push(text);
  readonly destroy = () => this.emit('close');
}

const fakes = createFakeProviders();
let watch: () => Page;

beforeEach(() => {
  vi.useFakeTimers({ now: 0, toFake: ['Date', 'performance', 'setInterval', 'clearInterval'] });
  fakes.reset();
  const events = createEvents(fakes);
  watch = () => {
    const page = new Page();
    events.watch(page as unknown as ServerResponse);
    return page;
  };
});
afterEach(() => {
  vi.useRealTimers();
});

it('a page gets the state once, and a sign of life every 15 seconds in which nothing changes', async () => {
  const { written } = watch();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(written[0]).toMatch(/^data: \{.*\}\n\n$/);
  const rest = written.slice(1);
  // The first look cannot know that the page has the state already.
  expect(rest.filter((text) => text.startsWith('data: ')).length).toBeLessThanOrEqual(1);
  expect(rest.filter((text) => text === ': still here\n\n')).toHaveLength(3);
  // A change is a sign of life as well.
  await vi.advanceTimersByTimeAsync(10_000);
  const count = written.length;
  fakes.clock.advance(5_000);
  await vi.advanceTimersByTimeAsync(14_000);
  expect(written.slice(count)).toEqual([expect.stringContaining('"clockOffset":5000')]);
});

it('a page that does not read is closed, and the others go on', async () => {
  const [stuck, reading] = [watch(), watch()];
  const closed = vi.fn();
  stuck.on('close', closed);
  stuck.writableLength = 2 ** 20;
  fakes.clock.advance(5_000);
  await vi.advanceTimersByTimeAsync(200);
  expect(closed).not.toHaveBeenCalled();
  stuck.writableLength += 1;
  await askFake(fakes, raw.sfox.url, raw.sfox);
  await vi.advanceTimersByTimeAsync(200);
  expect(closed).toHaveBeenCalledOnce();
  const count = stuck.written.length;
  await askFake(fakes, raw.sfox.url, raw.sfox);
  await vi.advanceTimersByTimeAsync(200);
  expect(stuck.written).toHaveLength(count);
  expect(reading.written.at(-1)).toContain('"tokenCount":2');
});

it('nothing is done while no page is open', () => {
  const pages = [watch(), watch()];
  expect(vi.getTimerCount()).toBe(1);
  pages[0]!.emit('close');
  expect(vi.getTimerCount()).toBe(1);
  pages[1]!.emit('close');
  expect(vi.getTimerCount()).toBe(0);
  watch();
  expect(vi.getTimerCount()).toBe(1);
});

it('a page that leaves makes room for another', () => {
  const pages = Array.from({ length: 32 }, watch);
  expect(watch).toThrow('Too many pages watch already. Close one of them.');
  pages[0]!.emit('close');
  expect(watch).not.toThrow();
});
