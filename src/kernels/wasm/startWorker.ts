import { nodeModule } from "../nodeModule";
import type { Address } from "./exports";

/** What a worker needs to take part in the runs of `assembly/run.ts`. */
export interface WorkerData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly run: Address;
  readonly thread: number;
}

/** Source code: what a bundler makes of a function may not stand alone. A thread that fails ends. */
const SERVE = `({ module, memory, run, thread }) => {
  const { serve, failChunk } = new WebAssembly.Instance(module, { env: { memory } }).exports;
  try {
    serve(run, thread);
  } catch {
    failChunk(run);
  }
}`;

/** Starts a worker that does not keep the process alive; returns what ends it, or null where there are no workers. */
export function startWorker(data: WorkerData): (() => void) | null {
  try {
    return startNodeWorker(data) ?? startWebWorker(data);
  } catch {
    return null; // forbidden
  }
}

function startNodeWorker(workerData: WorkerData): (() => void) | null {
  const threads = nodeModule("node:worker_threads");
  if (!threads) return null;
  const source = `(${SERVE})(process.getBuiltinModule("node:worker_threads").workerData)`;
  const worker = new threads.Worker(source, { eval: true, execArgv: [], workerData });
  worker.on("error", () => {}); // it then takes no part
  worker.unref();
  return () => void worker.terminate();
}

function startWebWorker(data: WorkerData): (() => void) | null {
  // Elsewhere memory cannot be shared.
  if (!globalThis.crossOriginIsolated || typeof Worker === "undefined") return null;
  const source = `onmessage = ({ data }) => (${SERVE})(data)`;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url);
  worker.onerror = (event) => event.preventDefault();
  worker.postMessage(data);
  return () => worker.terminate();
}
