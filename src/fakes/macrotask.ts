/**
 * Lets everything else run first: timers, signals, the reading of sockets. A fake that answered at once would starve
 * them, as no network does. A test may have stopped the timers, so one is used only if there is no `MessageChannel`, as in
 * Vercel's edge runtime.
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
