export { cellMap, type Dynamics, type StateFunction } from "./dynamics";
export { type Complex, eulerEigenvalues } from "./eigen";
export {
  type FindFixedPointsOptions,
  type FixedPointProgress,
  type FixedPoints,
  findFixedPoints,
} from "./findFixedPoints";
export type { FixedPoint } from "./fixedPoint";
export { type LyapunovExponent, type LyapunovOptions, lyapunovExponent } from "./lyapunovExponent";
export { MlpVectorField, type MlpVectorFieldOptions } from "./mlpVectorField";
export { NeuralOdeCell, type NeuralOdeCellOptions } from "./neuralOdeCell";
export { type SampleStatesOptions, sampleStates } from "./sampleStates";
export {
  type SequentialAutoencoderOptions,
  type SequentialGenerator,
  sequentialAutoencoder,
  sequentialAutoencoderTraining,
} from "./sequentialAutoencoder";
export {
  type AdaptiveOptions,
  type AdaptiveSolver,
  adaptiveTsit5,
  type Derivative,
  euler,
  midpoint,
  type OdeSolver,
  type RungeKutta,
  rungeKutta,
  rungeKutta4,
  type StepStatistics,
  tsit5,
} from "./solvers";
export type { VectorField } from "./vectorField";
