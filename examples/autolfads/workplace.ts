/** What each worker works with: the recording, and how a member trains. */
import { lfadsTrainer, type Store, useKernels, type Workplace } from "lfads";
import { fileStore, loadHdf5 } from "lfads/node";
import { useWasm } from "../shared/backend";
import { recordingModel } from "../shared/recording";

/** What a worker is told. */
export interface WorkplaceData {
  readonly recording: string;
  readonly folder: string;
  readonly batchSize: number;
  /** Epochs over which divergences and L2 penalty come in. */
  readonly ramp: number;
  readonly seed: number;
}

export function storeOf({ folder }: Pick<WorkplaceData, "folder">): Store {
  return fileStore(folder);
}

export async function workplace(data: WorkplaceData, { threads }: { threads: number }): Promise<Workplace> {
  await useWasm();
  await useKernels({ threads });
  const dataset = await loadHdf5(data.recording);
  const ramp = { start: 0, increase: data.ramp };
  return {
    store: storeOf(data),
    trainer: lfadsTrainer({
      model: (seed) => recordingModel(dataset, seed),
      data: dataset,
      fit: { batchSize: data.batchSize, klRamp: ramp, l2Ramp: ramp },
      seed: data.seed,
    }),
  };
}
