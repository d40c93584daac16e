import { setTimeout as sleep } from "node:timers/promises";
import { threadId } from "node:worker_threads";
import { fileStore } from "../../src/node/fileStore";
import type { Trainer } from "../../src/search/executor";
import type { MakeWorkplace } from "../../src/search/executors/serve";
import type { Store } from "../../src/search/store";

/** What the tests give to workers. */
export interface TestData {
  /** Of the store; without one, workers use that of their caller. */
  readonly folder?: string;
  /** Has the workplace fail. */
  readonly fail?: string;
}

const never = () => new Promise<never>(() => {});

/** A trainer that sums epochs up, or does what `mode` says. It leaves its process's number in the store. */
function trainerOf(store: Store, threads: number): Trainer {
  return async (job, before, { signal, onProgress }) => {
    const { mode = "sum" } = job.hyperparameters;
    await store.put(`pids/${job.member}`, new TextEncoder().encode(String(process.pid)));
    onProgress({ epoch: 1, epochs: job.epochs });
    switch (mode) {
      case "throw":
        throw new RangeError("trainer: learning rate must be positive, got -1");
      case "exit":
        return process.exit(3);
      case "uncaught":
        setTimeout(() => {
          throw new Error("nobody catches this");
        }, 0);
        return never();
      case "rejection":
        void Promise.reject(new Error("nobody handles this"));
        return never();
      case "wait":
        await sleep(2 ** 30, undefined, { signal });
        break;
      case "deaf":
        return never();
      case "spin":
        for (;;);
      case "meet":
        // Ends only if the other one is at work at the same time.
        while (!(await store.get(`pids/${1 - job.member}`))) await sleep(5, undefined, { signal });
        break;
      case "nan":
        return { checkpoint: new Uint8Array(0), score: Number.NaN };
    }
    const sum = (before?.[0] ?? 0) + job.epochs;
    const metrics = { sum, threads, threadId, pid: process.pid };
    return { checkpoint: new Uint8Array([sum]), score: 1 / sum, metrics };
  };
}

export const workplace: MakeWorkplace<TestData> = async ({ folder, fail }, { threads, store }) => {
  if (fail) throw new Error(fail);
  const own = folder === undefined ? store : fileStore(folder);
  return { trainer: trainerOf(own, threads), store: own };
};
