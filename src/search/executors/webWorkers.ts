import type { Executor } from "../executor";
import type { Store } from "../store";
import type { FromWorker, ToWorker } from "./protocol";
import { type MakeWorkplace, serve } from "./serve";
import type { StartWorker } from "./worker";
import { checkPatience, shareOfCores, workerPool } from "./workerPool";

/** Settings of {@link webWorkers}. */
export interface WebWorkersOptions {
  /** Makes a worker whose script calls {@link serveJobs}. */
  readonly create: () => Worker;
  /** Workers at the same time. @default the processor's cores */
  readonly size?: number;
  /** Is given to the workplace of every worker, copied. @default undefined */
  readonly data?: unknown;
  /** Is given to the workplaces as well: workers reach it by messages. @default none: they have one of their own */
  readonly store?: Store;
  /** Milliseconds that an aborted job may take to end before its worker is ended. @default 5000 */
  readonly patience?: number;
}

/** What a worker tells besides: the name of a lock that it holds as long as it lives. */
interface Alive {
  readonly type: "alive";
  readonly lock: string;
}

/**
 * Runs jobs in Web Workers, each with its own TensorFlow.js backend and its share of the cores. Workers start when there is a job
 * for them; one in which an error is thrown that nobody catches is ended, its job rejects, and another takes its place. So it is with
 * one that is terminated or closes itself, in secure contexts: no event tells of that, but a lock that it held is free again.
 *
 * @example
 * ```ts
 * // page
 * import { memoryStore, webWorkers } from "lfads";
 *
 * const executor = webWorkers({
 *   create: () => new Worker(new URL("./worker.js", import.meta.url), { type: "module" }),
 *   store: memoryStore(),
 * });
 * ```
 * ```ts needs a Web Worker
 * // worker.js
 * import { LFADS, lfadsTrainer, serveJobs, simulateLorenz } from "lfads";
 *
 * const model = (seed: string) => new LFADS({ channels: 30, bins: 100, seed });
 * serveJobs((_, { store }) => ({ trainer: lfadsTrainer({ model, data: simulateLorenz() }), store }));
 * ```
 * @throws if an option is out of range
 */
export function webWorkers(options: WebWorkersOptions): Executor {
  const { create, size = cores(), data, store, patience = 5000 } = options;
  checkPatience("webWorkers", patience);
  return workerPool(size, {
    name: "webWorkers",
    start: (hear, ended) => handle(create(), hear, ended),
    data,
    threads: shareOfCores(cores(), size),
    store,
    patience,
  });
}

/**
 * In the script of a Web Worker: runs the jobs of {@link webWorkers}. Is to be called at once, before anything is awaited, so that no
 * message is missed; the workplace may be a promise.
 */
export function serveJobs<Data = unknown>(makeWorkplace: MakeWorkplace<Data>): void {
  holdLock();
  serve(
    {
      post: (message) => globalThis.postMessage(message),
      listen: (hear) =>
        globalThis.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => hear(data)),
    },
    makeWorkplace,
  );
}

/** Takes a lock that the browser frees when this worker ends, however it ends: only in secure contexts. */
function holdLock(): void {
  const locks = globalThis.navigator?.locks as LockManager | undefined;
  if (!locks) return;
  const lock = `lfads worker ${crypto.randomUUID()}`;
  const hold = () => {
    globalThis.postMessage({ type: "alive", lock } satisfies Alive);
    return new Promise<never>(() => {});
  };
  locks.request(lock, hold).catch(() => {}); // forbidden
}

function handle(worker: Worker, ...[hear, ended]: Parameters<StartWorker>): ReturnType<StartWorker> {
  let over = false;
  const end = (why: string) => {
    if (over) return;
    over = true;
    worker.onmessage = worker.onerror = worker.onmessageerror = null;
    worker.terminate();
    queueMicrotask(() => ended(why));
  };
  worker.onmessage = ({ data }: MessageEvent<FromWorker | Alive>) => {
    if (data.type !== "alive") hear(data);
    else void navigator.locks.request(data.lock, () => end("was terminated"));
  };
  worker.onmessageerror = () => end("sent what cannot be copied");
  worker.onerror = ({ message }) =>
    end(message ? `ended with the error "${message}"` : "whose script cannot be loaded was ended");
  return {
    post: (message) => worker.postMessage(message),
    hold: () => {},
    kill: () => end("was ended"),
  };
}

function cores(): number {
  return globalThis.navigator?.hardwareConcurrency ?? 1;
}
