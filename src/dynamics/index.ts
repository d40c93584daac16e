export { MlpVectorField, type MlpVectorFieldOptions } from "./mlpVectorField";
export { NeuralOdeCell, type NeuralOdeCellOptions } from "./neuralOdeCell";
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
  type Tableau,
  tsit5,
} from "./solvers";
export type { VectorField } from "./vectorField";
