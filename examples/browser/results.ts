import {
  type Dataset,
  infer,
  type LFADS,
  saveLfadsTorch,
  serializeTrainingState,
  type TrainingState,
} from "lfads";
import { writeHdf5Arrays } from "lfads/hdf5";
import type { ResultFile } from "./messages";
import type { Settings } from "./settings";

/** Posterior samples of the rates that are saved. */
const SAMPLES = 50;

/**
 * The files that a training leaves: rates, factors and inputs of all trials, in the names of lfads-torch; the model, which
 * must have its best weights; the training state.
 */
export async function resultFiles(
  model: LFADS,
  { train, valid, attributes = {} }: Dataset,
  settings: Settings,
  state: TrainingState,
): Promise<ResultFile[]> {
  const inferred = {
    train: await infer(model, train, { samples: SAMPLES }),
    valid: await infer(model, valid, { samples: SAMPLES }),
  };
  const arrays = Object.entries(inferred).flatMap(([set, { rates, factors, generatorInputs }]) => [
    [`${set}_output_params`, rates] as const,
    [`${set}_factors`, factors] as const,
    [`${set}_gen_inputs`, generatorInputs] as const,
  ]);
  const rates = await writeHdf5Arrays(Object.fromEntries(arrays), {
    ...settings,
    ...(attributes.bin_ms !== undefined && { bin_ms: attributes.bin_ms }),
    posterior_samples: SAMPLES,
    kernel_path: state.kernelPath,
    epochs_trained: state.epoch,
    note: "output_params: rates in spikes per bin, means over posterior samples",
  });
  return [
    { name: "lfads-rates.h5", bytes: rates },
    { name: "lfads-model.safetensors", bytes: await saveLfadsTorch(model) },
    { name: "lfads-training.safetensors", bytes: serializeTrainingState(state) },
  ];
}
