/**
 * Lets everything else run first: timers, signals, the reading of sockets. A fake that answered at once would starve them
 * all, as no network does. Not a timer where there is another way, since a test may have stopped those; Vercel's edge
 * runtime has none.
 */
export function nextMacrotask(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof MessageChannel === 'undefined') {
      setTimeout(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
