import { simulateLorenz } from "../../src/data";
import { LFADS } from "../../src/model";
import { fit } from "../../src/train";
import { type MemoryUse, watchMemory } from "./watchMemory";

/** Epochs after which memory must not change any more. */
export const SETTLED = 8;

/** Of the batches of an epoch: the last is smaller than the others. */
const BATCHES = 4;

/**
 * Trains a small model for `steps` steps, a multiple of four, and validates it after every fourth.
 * @returns what is in use after every step and every validation, by epoch
 */
export function memoryOfTraining(steps: number): Promise<MemoryUse[][]> {
  const data = simulateLorenz({ conditions: 10, trialsPerCondition: 12, bins: 20, channels: 20 });
  return watchMemory(async (look) => {
    const model = new LFADS({ bins: 20, channels: 20, generator: { units: 40 }, factors: 10 });
    const epochs: MemoryUse[][] = Array.from({ length: steps / BATCHES }, () => []);
    const trials = data.train.encode.shape[0]!;
    await fit(model, data, {
      batchSize: Math.floor(trials / (BATCHES - 0.5)),
      epochs: epochs.length,
      earlyStopping: false,
      onProgress: ({ epoch, batch }) => void epochs[batch === 0 ? epoch - 1 : epoch]!.push(look()),
    });
    model.dispose();
    return epochs;
  });
}
