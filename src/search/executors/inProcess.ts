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
