import { simulateLorenz } from "../../src/data";
import { useKernels } from "../../src/kernels";
import { LFADS } from "../../src/model";
import { hash } from "../../src/random/hash";
import { fit, serializeTrainingState } from "../../src/train";
import { useBackend } from "../backend";
import type { Platform } from "./search";

/** Trains a model that has work for threads, and tells its state in one line. */
export async function training({ backend, ...kernels }: Platform): Promise<string> {
  await useBackend(backend);
  await useKernels(kernels);
  const data = simulateLorenz({ conditions: 8, trialsPerCondition: 10, bins: 12, channels: 13 });
  const model = new LFADS({ channels: 13, bins: 12, generator: { units: 50 } });
  const { state } = await fit(model, data, { epochs: 2, batchSize: 61 });
  model.dispose();
  return `${state.kernelPath} ${hash([0, 0, 0, 0], [...serializeTrainingState(state)])}`;
}
