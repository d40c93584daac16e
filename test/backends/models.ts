import { coordinatedDropout, spikeJitter, temporalShift } from "../../src/augmentations";
import { type Dataset, type NdArray, simulateLorenz, type TrialSet } from "../../src/data";
import { sequentialAutoencoder, sequentialAutoencoderTraining } from "../../src/dynamics";
import { LFADS } from "../../src/model";
import { studentTPrior } from "../../src/priors";
import { gamma } from "../../src/reconstructions";
import type { FitOptions } from "../../src/train";

/** A model, data and how to train on them: as much as possible of the library in few bins and trials. */
export interface Case {
  model(): LFADS;
  readonly data: Dataset;
  readonly options: FitOptions;
}

const [bins, channels] = [6, 5];
const lorenz = simulateLorenz({
  ...{ conditions: 4, trialsPerCondition: 4, bins, channels },
  ...{ meanRate: 30, binSeconds: 0.05, timeStep: 0.05 },
});

function mapped({ train, valid }: Dataset, f: (trials: TrialSet) => TrialSet): Dataset {
  return { train: f(train), valid: f(valid) };
}

function each({ data, shape }: NdArray, f: (x: number, i: number) => number): NdArray<Float32Array> {
  return { data: Float32Array.from(data, f), shape };
}

const shared = { epochs: 2, batchSize: 8 } satisfies FitOptions;

export const MODELS = {
  "LFADS with a controller, coordinated dropout, sample validation and missing samples": {
    model: () =>
      new LFADS({
        ...{ bins, channels, factors: 3, generator: { units: 6 } },
        initialCondition: { encoderUnits: 4, size: 3 },
        controller: { encoderUnits: 3, units: 4, outputs: 2 },
      }),
    data: mapped(lorenz, (trials) => ({
      encode: trials.encode,
      reconstruct: each(trials.reconstruct, (x, i) => (i % 7 === 3 ? Number.NaN : x)),
    })),
    options: {
      ...shared,
      hyperparameters: {
        dropout: 0.2,
        coordinatedDropout: 0.3,
        coordinatedDropoutPass: 0.1,
        weightDecay: 0.1,
      },
      sampleValidation: { rate: 0.2 },
      trialsAtOnce: 3,
    },
  },
  "LFADS with external inputs, Gamma rates, a Student-t prior and shifts": {
    model: () =>
      new LFADS({
        ...{
          bins,
          channels,
          externalInputs: 2,
          factors: 3,
          generator: { units: 5 },
          reconstruction: gamma(),
        },
        initialCondition: { encoderUnits: 4, size: 3, prior: studentTPrior() },
        controller: false,
      }),
    data: mapped(lorenz, ({ encode, reconstruct }) => ({
      encode,
      reconstruct: each(reconstruct, (x) => x + 1),
      externalInputs: each(
        { data: new Float32Array(encode.shape[0]! * bins * 2), shape: [encode.shape[0]!, bins, 2] },
        (_, i) => Math.sin(i),
      ),
    })),
    options: {
      ...shared,
      augmentations: {
        train: () => [temporalShift({ std: 1 }), coordinatedDropout({ rate: 0.2 })],
      },
    },
  },
  "a sequential autoencoder with a neural ODE, a growing horizon and jitter": {
    model: () =>
      new LFADS(sequentialAutoencoder({ channels, bins, latentSize: 3, widths: [8], encoderUnits: 4 })),
    data: lorenz,
    options: {
      ...sequentialAutoencoderTraining(),
      ...shared,
      horizon: { bins: 3, grow: 3, everyEpochs: 1 },
      augmentations: { train: () => [spikeJitter(), coordinatedDropout({ rate: 0.2 })] },
    },
  },
} satisfies Record<string, Case>;
