import type { Dataset, KernelPath, LFADS } from "lfads";
import { resolveFitOptions } from "../src/train/fitOptions";
import { defaultHyperparameters } from "../src/train/hyperparameters";
import { Training } from "../src/train/training";
import type { Workload } from "./workloads";

/** A training whose epochs are one batch. */
export function trainingOf({ batch }: Workload, model: LFADS, data: Dataset, path: KernelPath): Training {
  const options = resolveFitOptions({ batchSize: batch, trialsAtOnce: batch }, model, false);
  const { train, valid } = data;
  return new Training(model, [{ trials: train }], [{ trials: valid }], defaultHyperparameters, options, path);
}
