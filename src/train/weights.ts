import { tensor } from "@tensorflow/tfjs-core";
import type { LFADS } from "../model";
import type { Parameters } from "../modules";
import type { NamedArrays, TrainingState } from "./state";

/** Arrays as tensors, by name. */
export function toTensors(arrays: NamedArrays): Parameters {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, { data, shape }]) => [name, tensor(data, [...shape], "float32")]),
  );
}

/**
 * Gives a model the best weights of a training state, its last ones if it has not ended an epoch.
 * @throws if they are not those of such a model
 */
export function useBestWeights(model: LFADS, { best, parameters }: TrainingState): void {
  model.setParameters(toTensors((best ?? { parameters }).parameters));
}
