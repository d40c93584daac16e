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
 *
 * @example
 * ```ts
 * import { deserializeTrainingState, fit, infer, LFADS, serializeTrainingState } from "lfads";
 * import { simulateLorenz, useBestWeights } from "lfads";
 *
 * const options = { channels: 30, bins: 20 };
 * const data = simulateLorenz({ conditions: 5, trialsPerCondition: 2, bins: 20 });
 * const { state } = await fit(new LFADS(options), data, { epochs: 1 });
 * const kept = serializeTrainingState(state);
 *
 * const model = new LFADS(options); // in another program
 * useBestWeights(model, deserializeTrainingState(kept));
 * const { rates } = await infer(model, data.valid);
 * ```
 * @throws if they are not those of such a model
 */
export function useBestWeights(model: LFADS, { best, parameters }: TrainingState): void {
  model.setParameters(toTensors((best ?? { parameters }).parameters));
}
