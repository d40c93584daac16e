export {
  type AlignableSession,
  type AlignSessionsOptions,
  alignSessions,
  logRateReadout,
  pseudoInverseReadout,
  type ReadoutFit,
  type ReadoutProblem,
  type SessionAlignment,
} from "./alignSessions";
export { bitsPerSpike } from "./bitsPerSpike";
export { type ConditionAverages, conditionAverages } from "./conditionAverages";
export {
  type CrossValidatedRidge,
  type CrossValidatedRidgeOptions,
  crossValidatedRidge,
} from "./crossValidatedRidge";
export { cycleConsistency, type StatesAndLogRates } from "./cycleConsistency";
export { type DecodeOptions, type Decoding, type DecodingTrials, decode, nlbVelocityR2 } from "./decode";
export { type HiddenR2, type HiddenScore, type HiddenStates, hiddenR2 } from "./hiddenR2";
export { applyLinearMap, type LinearMap } from "./linearMap";
export { poissonNll } from "./poissonNll";
export {
  type PoissonRegression,
  type PoissonRegressionOptions,
  poissonRegression,
} from "./poissonRegression";
export { principalScores } from "./principalScores";
export { psthR2 } from "./psthR2";
export { r2OverTime } from "./r2OverTime";
export { pooledR2, r2PerColumn, r2Score } from "./r2Score";
export {
  coBps,
  type EncodedRegion,
  fpBps,
  type RegionalBitsPerSpike,
  regionalBitsPerSpike,
} from "./regionalBitsPerSpike";
export { ridge } from "./ridge";
export { joinColumns, type Region, selectColumns, selectRegion } from "./select";
export { type SmoothGaussianOptions, smoothGaussian } from "./smoothGaussian";
export {
  type SmoothingBaseline,
  type SmoothingBaselineOptions,
  smoothingBaseline,
} from "./smoothingBaseline";
export type { BaselineScore } from "./smoothingScores";
