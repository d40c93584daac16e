import { availableParallelism } from "node:os";
import type { Executor } from "../search/executor";
import { checkPatience, shareOfCores, workerPool } from "../search/executors/workerPool";
import type { Store } from "../search/store";
import { startProcess, startThread } from "./startWorker";

/** Settings of {@link workers}. */
export interface WorkersOptions {
  /**
   * URL of the ES module that workers import, `new URL("./worker.js", import.meta.url)` say. Its exported function `workplace` makes
   * their trainer and store: a `MakeWorkplace` of `lfads`.
   */
  readonly module: string | URL;
  /** Workers at the same time. @default the processor's cores */
  readonly workers?: number;
  /** Threads that the workplace of each is told to use. @default the cores shared out: cores / workers */
  readonly threads?: number;
  /** Processes, which can be killed without harm to the others, or threads, which start faster. @default "process" */
  readonly kind?: "process" | "thread";
  /** Is given to the workplace of every worker, copied by structured clone. @default undefined */
  readonly data?: unknown;
  /** Is given to the workplaces as well: workers reach it by messages. @default none: they have one of their own */
  readonly store?: Store;
  /** Options of Node for workers, such as `["--import", "tsx"]` for a module in TypeScript. @default those of this process, but not `--eval` */
  readonly execArgv?: readonly string[];
  /** Milliseconds that an aborted job may take to end before its worker is killed. @default 5000 */
  readonly patience?: number;
}

/**
 * Runs jobs in worker processes or threads on this machine, each with its own TensorFlow.js backend and its share of the cores.
 * Workers start when there is a job for them. The job of one that is killed, crashes or exits rejects, and another takes its place.
 * A worker that has nothing to do does not keep this process from ending, and ends with it.
 *
 * @example
 * ```ts
 * import { workers } from "lfads/node";
 *
 * const executor = workers({ module: new URL("./workplace.js", import.meta.url), workers: 4 });
 * ```
 * ```ts
 * // workplace.js
 * import { LFADS, lfadsTrainer, simulateLorenz, useKernels, type WorkplaceContext } from "lfads";
 * import { fileStore } from "lfads/node";
 *
 * export async function workplace(_: unknown, { threads }: WorkplaceContext) {
 *   await useKernels({ threads });
 *   const model = (seed: string) => new LFADS({ channels: 30, bins: 100, seed });
 *   return { trainer: lfadsTrainer({ model, data: simulateLorenz() }), store: fileStore("search") };
 * }
 * ```
 * @throws if an option is out of range; a module that cannot be imported or has no such function is the error of the first job
 */
export function workers(options: WorkersOptions): Executor {
  const cores = availableParallelism();
  const {
    module,
    workers: size = cores,
    threads,
    kind = "process",
    data,
    store,
    execArgv = withoutProgram(process.execArgv),
    patience = 5000,
  } = options;
  checkPatience("workers", patience);
  if (!Number.isInteger(size) || size < 1) {
    throw new Error(`workers: workers must be a positive integer, got ${size}`);
  }
  if (threads !== undefined && (!Number.isInteger(threads) || threads < 1)) {
    throw new Error(`workers: threads must be a positive integer, got ${threads}`);
  }
  if (kind !== "process" && kind !== "thread") {
    throw new Error(`workers: kind must be "process" or "thread", got ${JSON.stringify(kind)}`);
  }
  if (!URL.canParse(String(module))) {
    const example = `new URL("./worker.js", import.meta.url)`;
    throw new Error(`workers: module must be a URL, such as ${example}, got "${module}"`);
  }
  const start = kind === "process" ? startProcess : startThread;
  return workerPool(size, {
    name: "workers",
    start: start(String(module), execArgv),
    data,
    threads: threads ?? shareOfCores(cores, size),
    store,
    patience,
  });
}

/** Options of Node without a program among them: a worker would run it again. */
function withoutProgram(options: readonly string[]): string[] {
  const taken = /^(-e|-p|-pe|--eval|--print|--input-type)$/; // with what follows
  return options.filter(
    (option, i) =>
      !taken.test(option) && !taken.test(options[i - 1] ?? "") && !/^--(eval|print|input-type)=/.test(option),
  );
}
