/**
 * Lets timers, aborts and sockets run first, as they would during a request over a network. Not `setTimeout`, because a test
 * may have fake timers; only runtimes without `MessageChannel`, such as Vercel's edge runtime, need it.
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
