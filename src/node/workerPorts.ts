import type { MessagePort } from "node:worker_threads";
import type { FromWorker, ToWorker } from "../search/executors/protocol";
import { sendError } from "../search/executors/protocol";
import type { Port } from "../search/executors/serve";

/** In a worker thread: its connection. The caller hears of its end, and why, by itself. */
export function threadPort(port: MessagePort): Port {
  return {
    post: (message) => port.postMessage(message),
    listen: (hear) => port.on("message", hear),
  };
}

/** In a worker process: its connection. It ends with its caller, and with an error that nobody catches. */
export function processPort(): Port {
  process.on("disconnect", () => process.exit(0));
  process.on("uncaughtException", (error) => {
    const crash: FromWorker = { type: "crashed", error: sendError(error) };
    if (process.connected) process.send?.(crash, () => process.exit(1));
    else process.exit(1);
  });
  return {
    // Without a callback, a connection that is gone would be an uncaught error.
    post: (message) => process.connected && process.send?.(message, undefined, {}, () => {}),
    listen: (hear) => process.on("message", (message) => hear(message as ToWorker)),
  };
}
