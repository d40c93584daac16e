export { type AdamWOptions, type AdamWRates, type AdamWState, adamW, type Optimizer } from "./adamW";
export { type EarlyStoppingOptions, type EarlyStoppingState, earlyStopping } from "./earlyStopping";
export { type FitResult, fit, type StopReason } from "./fit";
export type { AugmentationStack, FitOptions, Progress } from "./fitOptions";
export { clipByGlobalNorm, valueAndGradients } from "./gradients";
export type { Horizon } from "./horizon";
export { defaultHyperparameters, type Hyperparameters } from "./hyperparameters";
export type { EpochMetrics, MetricSums, SplitMetrics } from "./metrics";
export { type PlateauOptions, type PlateauState, plateau } from "./plateau";
export { type Ramp, ramp, rampsEnd } from "./ramp";
export { smooth } from "./smooth";
export {
  deserializeTrainingState,
  type NamedArrays,
  serializeTrainingState,
  type TrainingSetup,
  type TrainingState,
} from "./state";
export { useBestWeights } from "./weights";
