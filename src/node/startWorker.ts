import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { FromWorker } from "../search/executors/protocol";
import type { StartWorker } from "../search/executors/worker";

/** What a worker runs: in the sources a folder up, in the package beside all others. */
const script = new URL(
  import.meta.url.endsWith(".ts") ? "../nodeWorker.ts" : "./nodeWorker.js",
  import.meta.url,
);

/** Starts worker processes that import a module. */
export function startProcess(module: string, execArgv: readonly string[]): StartWorker {
  return (hear, ended) => {
    const child = fork(fileURLToPath(script), [module], {
      execArgv: [...execArgv],
      serialization: "advanced", // JSON has no NaN
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    child.on("message", (message) => hear(message as FromWorker));
    child.on("disconnect", () => child.kill("SIGKILL"));
    child.on("exit", (code, signal) =>
      ended(signal ? `was killed by ${signal}` : `exited with code ${code}`),
    );
    child.on("error", (error) => {
      if (child.pid === undefined) ended(`could not be started (${error.message})`);
    });
    return {
      // Whether it arrives is seen by the worker's end.
      post: (message) => child.connected && child.send(message, () => {}),
      hold(busy) {
        for (const one of [child, child.channel]) busy ? one?.ref() : one?.unref();
      },
      kill: () => child.kill("SIGKILL"),
    };
  };
}

/** Starts worker threads that import a module. */
export function startThread(module: string, execArgv: readonly string[]): StartWorker {
  return (hear, ended) => {
    const thread = new Worker(script, { argv: [module], execArgv: [...execArgv] });
    let error: string | undefined;
    thread.on("message", hear);
    thread.on("error", (thrown: unknown) => {
      error = thrown instanceof Error ? thrown.message : String(thrown);
    });
    thread.on("exit", (code) =>
      ended(error === undefined ? `exited with code ${code}` : `ended with the error: ${error}`),
    );
    return {
      post: (message) => thread.postMessage(message),
      hold: (busy) => (busy ? thread.ref() : thread.unref()),
      kill: () => void thread.terminate(),
    };
  };
}
