/**
 * Pauses of long work: a function that, when the last pause is `interval` milliseconds ago, lets everything else that waits
 * run: timers, events, signals. To await a result is not enough: on the cpu and wasm backends it is there at once, and an
 * await of what is there leaves only microtasks to run.
 *
 * By messages where there are any, not timers, which browsers slow down to one a second in tabs that nobody looks at.
 */
export function pauses(interval = 20): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < interval) return;
    await new Promise<void>((resolve) => {
      if (typeof MessageChannel === "undefined") return setTimeout(resolve, 0);
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(null);
    });
    last = performance.now();
  };
}
