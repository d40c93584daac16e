import { parentPort } from "node:worker_threads";
import { serveJobs } from "../../src/search/executors/webWorkers";
import { workplace } from "./workplace";

// What the scripts of Web Workers have.
Object.assign(globalThis, {
  postMessage: (message: unknown) => parentPort!.postMessage(message),
  addEventListener: (_: "message", hear: (event: { data: unknown }) => void) =>
    parentPort!.on("message", (data) => hear({ data })),
});
serveJobs(workplace);
