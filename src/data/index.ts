export type { Attributes, Dataset, TrialSet } from "./dataset";
export { type NdArray, type NumericData, ndarray } from "./ndarray";
export { readSafetensors, type Safetensors } from "./readSafetensors";
export { sampleValidationMask } from "./sampleValidationMask";
export { type ChaoticRnnOptions, simulateChaoticRnn } from "./simulate/chaoticRnn";
export { type LorenzOptions, simulateLorenz } from "./simulate/lorenz";
export { type SplitOptions, selectTrials, splitTrials } from "./split";
export { type ValidateOptions, validateDataset, validateTrialSet } from "./validate";
export { writeSafetensors } from "./writeSafetensors";
