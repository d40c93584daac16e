import type { Dataset, KernelPath, LFADS } from "lfads";
import { resolveFitOptions } from "../src/train/fitOptions";
import { defaultHyperparameters } from "../src/train/hyperparameters";
import { Training } from "../src/train/training";
import type { Workload } from "./workloads";

/**
 * A training whose epochs are one batch.
 * @param trialsAtOnce null for what `fit` takes by itself @default the whole batch
 */
export function trainingOf(
  { batch }: Workload,
  model: LFADS,
  data: Dataset,
  path: KernelPath,
  trialsAtOnce: number | null = batch,
): Training {
  const options = resolveFitOptions(
    { batchSize: batch, ...(trialsAtOnce && { trialsAtOnce }) },
    model,
    false,
  );
  const { train, valid } = data;
  return new Training(model, [{ trials: train }], [{ trials: valid }], defaultHyperparameters, options, path);
}
