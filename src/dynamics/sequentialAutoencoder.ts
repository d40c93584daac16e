import type { Channels, GeneratorOptions, LFADSOptions } from "../model";
import type { FitOptions, Hyperparameters } from "../train";
import { MlpVectorField } from "./mlpVectorField";
import { NeuralOdeCell } from "./neuralOdeCell";
import { euler, rungeKutta4 } from "./solvers";

/** Generators of a {@link sequentialAutoencoder}. */
export type SequentialGenerator =
  /** A neural ODE of which time 1 passes from the first bin to the last. */
  | "neuralOde"
  /** The discrete variant, `x + 0.1 MLP(x)` a bin. */
  | "discreteNeuralOde"
  | "gru";

/** Options of {@link sequentialAutoencoder}. */
export interface SequentialAutoencoderOptions {
  readonly channels: Channels;
  /** Bins of a trial, at least 2. */
  readonly bins: number;
  /** Size of initial condition, generator state and factors. @default 3 */
  readonly latentSize?: number;
  /** @default "neuralOde" */
  readonly generator?: SequentialGenerator;
  /** Units of each hidden layer of a neural ODE. @default [128] */
  readonly widths?: readonly number[];
  /** Units of each direction of the encoder. @default 64 */
  readonly encoderUnits?: number;
  /** Seed of the initial parameters. @default 0 */
  readonly seed?: number | string;
}

/**
 * The sequential autoencoder of Sedler, Versteeg & Pandarinath 2023 as options of `LFADS`: a deterministic encoder of initial
 * conditions, an autonomous generator whose state is as large as the latent, and a linear readout to log-rates. Its ODE takes one step of
 * `rungeKutta4` a bin.
 *
 * @example
 * ```ts
 * import {
 *   arneodoSystem,
 *   fit,
 *   LFADS,
 *   sequentialAutoencoder,
 *   sequentialAutoencoderTraining,
 *   simulateAttractor,
 * } from "lfads";
 *
 * const dataset = simulateAttractor({ system: arneodoSystem, trials: 100 });
 * const model = new LFADS(sequentialAutoencoder({ channels: 10, bins: 70 }));
 * await fit(model, dataset, sequentialAutoencoderTraining());
 * ```
 * @throws if `bins` is not an integer of at least 2
 */
export function sequentialAutoencoder({
  channels,
  bins,
  latentSize = 3,
  generator = "neuralOde",
  widths = [128],
  encoderUnits = 64,
  seed = 0,
}: SequentialAutoencoderOptions): LFADSOptions {
  if (!Number.isInteger(bins) || bins < 2) {
    throw new Error(`sequentialAutoencoder: bins must be an integer of at least 2, got ${bins}`);
  }
  const method = {
    neuralOde: { solver: rungeKutta4, timeStep: 1 / (bins - 1) },
    discreteNeuralOde: { solver: euler, timeStep: 0.1 },
  };
  const cells: GeneratorOptions =
    generator === "gru"
      ? { units: latentSize }
      : {
          cell: (inputSize) =>
            new NeuralOdeCell({
              field: new MlpVectorField({ inputSize, stateSize: latentSize, widths }),
              ...method[generator],
            }),
        };
  return {
    ...{ channels, bins, factors: latentSize, seed },
    variational: false,
    controller: false,
    initialCondition: { encoderUnits, size: latentSize },
    generator: cells,
  };
}

/** What differs between generators. */
const RATES: Readonly<Record<SequentialGenerator, Pick<Hyperparameters, "learningRate" | "weightDecay">>> = {
  neuralOde: { learningRate: 5e-3, weightDecay: 1e-5 },
  discreteNeuralOde: { learningRate: 5e-4, weightDecay: 1e-5 },
  gru: { learningRate: 1e-3, weightDecay: 1e-4 },
};
const HORIZONS: Readonly<Record<SequentialGenerator, FitOptions["horizon"]>> = {
  neuralOde: { bins: 5, grow: 5, everyEpochs: 150 },
  discreteNeuralOde: { bins: 20, grow: 20, everyEpochs: 500 },
  gru: undefined,
};

/**
 * How the paper trains a {@link sequentialAutoencoder}, as options of `fit`: 3000 epochs in batches of 650 trials, dropout 0.05, no
 * coordinated dropout, no L2 penalty, a horizon that grows by 5 bins every 150 epochs (discrete variant: 20 every 500; GRU: none).
 */
export function sequentialAutoencoderTraining(generator: SequentialGenerator = "neuralOde"): FitOptions {
  const horizon = HORIZONS[generator];
  return {
    hyperparameters: {
      ...RATES[generator],
      dropout: 0.05,
      coordinatedDropout: 0,
      ...{ l2IcEncoder: 0, l2CiEncoder: 0, l2Generator: 0, l2Controller: 0 },
    },
    batchSize: 650,
    epochs: 3000,
    l2Ramp: { increase: 0 },
    learningRateDecay: false,
    earlyStopping: false,
    ...(horizon && { horizon }),
  };
}
