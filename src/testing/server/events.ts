import type { ServerResponse } from 'node:http';
import { providerIds } from '../../providers/create-issuer.js';
import type { FakeProviders } from '../../testing/index.js';
import { ownHeaders, RequestRefusal } from './message.js';

/** The maximum number of entries that the page shows in each list. */
const maxShownEntries = 50;

/** How often the server looks for changes while a page is open. */
const pollMilliseconds = 200;
const heartbeatMilliseconds = 15_000;

const maxWatchers = 32;

/** A page with more unread bytes no longer reads: its connection is closed. */
const maxUnreadBytes = 2 ** 20;

/** What the page shows. */
export interface PageState {
  /** How far the clock of the fakes is ahead of this machine's, in milliseconds. */
  readonly clockOffset: number;
  readonly providers: readonly {
    readonly id: string;
    readonly tokenCount: number;
    readonly callCount: number;
    /** The newest is last. */
    readonly tokens: readonly Readonly<Record<string, unknown>>[];
    readonly calls: readonly Readonly<Record<string, unknown>>[];
  }[];
}

/** Sends the state that the page shows as server-sent events, each time that it changes. */
export function createEvents(fakes: FakeProviders) {
  const watchers = new Set<ServerResponse>();
  let timer: NodeJS.Timeout | undefined;
  let sent = '';
  let sentAt = 0;

  function sendChange(): void {
    const state = JSON.stringify(toState(fakes));
    if (state !== sent) send(`data: ${(sent = state)}\n\n`);
    else if (performance.now() - sentAt > heartbeatMilliseconds) send(': still here\n\n');
  }

  function send(text: string): void {
    sentAt = performance.now();
    for (const watcher of watchers) {
      if (watcher.writableLength > maxUnreadBytes) watcher.destroy();
      else watcher.write(text);
    }
  }

  return {
    /** Adds a watcher: sends the state now and after each change. */
    watch(outgoing: ServerResponse): void {
      if (watchers.size >= maxWatchers) {
        throw new RequestRefusal(503, 'Too many pages watch already. Close one of them.');
      }
      outgoing.writeHead(200, { 'content-type': 'text/event-stream', ...ownHeaders });
      outgoing.write(`data: ${JSON.stringify(toState(fakes))}\n\n`);
      watchers.add(outgoing);
      timer ??= setInterval(sendChange, pollMilliseconds);
      outgoing.on('close', () => {
        watchers.delete(outgoing);
        if (watchers.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      });
    },
  };
}

function toState(fakes: FakeProviders): PageState {
  return {
    // Rounded, because the two clocks are read one after the other, a few milliseconds apart.
    clockOffset: Math.round((fakes.clock.now() - Date.now()) / 1000) * 1000,
    providers: providerIds.map((id) => {
      const { tokens, calls } = fakes[id];
      return {
        id,
        tokenCount: tokens.length,
        callCount: calls.length,
        tokens: tokens.slice(-maxShownEntries).map((token) => ({ ...token })),
        calls: calls
          .slice(-maxShownEntries)
          .map(({ method, path, status, receivedAt }) => ({ method, path, status, receivedAt })),
      };
    }),
  };
}
