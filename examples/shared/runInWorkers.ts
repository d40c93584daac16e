import { availableParallelism } from "node:os";
import { type PopulationOptions, type PopulationResult, runPopulation } from "lfads";
import { searchProgressBar, workers } from "lfads/node";

/** Runs a search in worker processes that share out the cores, with a progress bar. */
export async function runInWorkers<State>({
  module,
  data,
  workers: size = availableParallelism(),
  ...population
}: Omit<PopulationOptions<State>, "executor" | "onProgress"> & {
  /** Makes the workplace of a worker, from `data`. */
  readonly module: URL;
  readonly data: unknown;
  /** @default the cores */
  readonly workers?: number;
}): Promise<PopulationResult> {
  const executor = workers({ module, workers: size, data });
  const bar = searchProgressBar();
  try {
    return await runPopulation({ ...population, executor, onProgress: bar.onProgress });
  } finally {
    bar.stop();
    await executor.close();
  }
}
