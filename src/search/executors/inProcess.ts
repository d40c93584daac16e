import type { Executor, Workplace } from "../executor";
import { runJob } from "../runJob";
import { Slots } from "./slots";

/** Settings of {@link inProcess}. */
export interface InProcessOptions {
  /**
   * Jobs that run at the same time. More than one pays only for a trainer that waits, for a GPU or another machine: in one thread,
   * computations take turns.
   * @default 1
   */
  readonly size?: number;
}

/**
 * Runs jobs here, in the process or page that searches.
 *
 * @example
 * ```ts
 * import { inProcess, memoryStore, randomSearch, runPopulation, type Trainer } from "lfads";
 *
 * const trainer: Trainer = async ({ hyperparameters: { x } }) => {
 *   return { checkpoint: new Uint8Array(), score: (Number(x) - 3) ** 2 };
 * };
 * const store = memoryStore();
 * const executor = inProcess({ trainer, store });
 * const space = { x: { type: "uniform", low: 0, high: 6 } } as const;
 * const scheduler = randomSearch({ space, members: 50, epochs: 1 });
 * const { best } = await runPopulation({ scheduler, executor, store });
 * await executor.close();
 * console.log(best!.score! < 1); // true
 * ```
 * @throws if `size` is not a positive integer
 */
export function inProcess(workplace: Workplace, { size = 1 }: InProcessOptions = {}): Executor {
  const slots = new Slots("inProcess", size);
  return {
    size,
    async run(job, context) {
      const release = await slots.take(context.signal);
      try {
        return await runJob(workplace, job, context);
      } finally {
        release();
      }
    },
    async close() {
      slots.close();
    },
  };
}
