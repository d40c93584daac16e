import type { Hyperparameters } from "../train/hyperparameters";
import type { RangeParameter } from "./space";

/** A space for the trainings of LFADS: a name that they do not know is an error of types. */
export type HyperparameterSpace = {
  readonly [Name in keyof Hyperparameters]?: RangeParameter;
};

/**
 * What AutoLFADS searches. Dropout stays at rates that train; weights of penalties begin anywhere in their ranges and may leave them.
 *
 * | | range | begins with | explore weight | may leave the range |
 * |---|---|---|---|---|
 * | learningRate | 1e-5 to 5e-3 | 4e-3 | 0.3 | no |
 * | dropout | 0 to 0.6 | uniform | 0.3 | no |
 * | coordinatedDropout | 0.01 to 0.7 | 0.5 | 0.3 | no |
 * | l2Generator, l2Controller | 1e-4 to 1 | log-uniform | 0.8 | yes |
 * | klControllerOutput | 1e-6 to 1e-4 | log-uniform | 0.8 | yes |
 * | klInitialCondition | 1e-6 to 1e-3 | log-uniform | 0.8 | yes |
 *
 * Source: Keshtkaran, Sedler et al. 2022, A large-scale neural network training framework for generalized estimation of
 * single-trial population dynamics, Nature Methods 19; ranges as in lfads-torch.
 */
export const autolfadsSpace = {
  learningRate: { type: "logUniform", low: 1e-5, high: 5e-3, initial: 4e-3, weight: 0.3 },
  dropout: { type: "uniform", low: 0, high: 0.6, weight: 0.3 },
  coordinatedDropout: { type: "uniform", low: 0.01, high: 0.7, initial: 0.5, weight: 0.3 },
  l2Generator: { type: "logUniform", low: 1e-4, high: 1, weight: 0.8, bounded: false },
  l2Controller: { type: "logUniform", low: 1e-4, high: 1, weight: 0.8, bounded: false },
  klControllerOutput: { type: "logUniform", low: 1e-6, high: 1e-4, weight: 0.8, bounded: false },
  klInitialCondition: { type: "logUniform", low: 1e-6, high: 1e-3, weight: 0.8, bounded: false },
} as const satisfies HyperparameterSpace;
