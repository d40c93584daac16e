/** What each worker works with: few trials of a data set, and how a method trains. */
import { lfadsTrainer, type Store, useKernels, type Workplace } from "lfads";
import { fileStore } from "lfads/node";
import { useWasm } from "../shared/backend";
import { bestEpochTrainer } from "../shared/bestEpochTrainer";
import { methods } from "./methods";
import { smallModel, smallSets } from "./sets";

/** What a worker is told. */
export interface WorkplaceData {
  readonly folder: string;
  readonly set: keyof typeof smallSets;
  readonly method: keyof typeof methods;
  readonly ramp: number;
  readonly seed: number;
}

export function storeOf({ folder, set, method, seed }: Omit<WorkplaceData, "ramp">): Store {
  return fileStore(`${folder}/${set}-${seed}-${method}`);
}

export async function workplace(data: WorkplaceData): Promise<Workplace> {
  const { set, method, ramp, seed } = data;
  await useWasm();
  await useKernels({ threads: 1 });
  const small = await smallSets[set].load(seed);
  const { fit, bestEpoch } = methods[method];
  const options = {
    model: (seed: string) => smallModel(small, seed),
    data: small.dataset,
    fit: { batchSize: 40, klRamp: { increase: ramp }, l2Ramp: { increase: ramp }, ...fit },
    seed,
  };
  return {
    store: storeOf(data),
    trainer: bestEpoch ? bestEpochTrainer(options) : lfadsTrainer(options),
  };
}
