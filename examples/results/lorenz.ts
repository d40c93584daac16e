import {
  bitsPerSpike,
  type Dataset,
  decode,
  type FitOptions,
  infer,
  LFADS,
  type NdArray,
  ndarray,
  r2PerColumn,
  type TrialSet,
} from "lfads";
import { recordingTraining } from "../shared/recording";
import type { Scores } from "./scores";

/** The model of the recordings without a controller: the Lorenz system has no inputs. */
export function lorenzModel({ train }: Dataset, seed: number): LFADS {
  const [, bins, channels] = train.encode.shape as [number, number, number];
  return new LFADS({
    bins,
    channels,
    initialCondition: { encoderUnits: 64, size: 64 },
    controller: false,
    generator: { units: 100 },
    factors: 40,
    seed,
  });
}

/** The training of the recordings; there is no controller to penalise. */
export const lorenzTraining = {
  ...recordingTraining,
  hyperparameters: { ...recordingTraining.hyperparameters, l2Controller: 0 },
} satisfies FitOptions;

/** Scores against the truth of the published set, which it holds by condition: `cond_truth` in Hz and `cond_latents`. */
export async function scoreLorenz(
  model: LFADS,
  { train, valid, shared, attributes }: Dataset,
): Promise<Scores> {
  const inferred = {
    train: await infer(model, train, { samples: 0 }),
    valid: await infer(model, valid, { samples: 0 }),
  };
  const binSeconds = Number(attributes!.bin_ms) / 1000;
  const channelR2 = r2PerColumn(
    inferred.valid.rates,
    ofTrials(shared!.cond_truth!, valid, binSeconds),
  ).sort();
  const latents = decode(
    { rates: inferred.train.factors, behavior: ofTrials(shared!.cond_latents!, train) },
    { rates: inferred.valid.factors, behavior: ofTrials(shared!.cond_latents!, valid) },
  );
  return {
    heldIn: bitsPerSpike(inferred.valid.rates, valid.reconstruct),
    rateR2: { mean: mean(channelR2), median: mean(middle(channelR2)) },
    latentR2: latents.r2,
  };
}

/** What belongs to the condition of every trial, `[trials, bins, columns]`, times a factor. */
function ofTrials({ data, shape }: NdArray, { extras }: TrialSet, factor = 1): NdArray {
  const [, bins, columns] = shape as [number, number, number];
  const conditions = extras!.cond_idx!.data;
  const size = bins * columns;
  const values = new Float64Array(conditions.length * size);
  conditions.forEach((condition, trial) => {
    for (let i = 0; i < size; i++) values[trial * size + i] = data[condition * size + i]! * factor;
  });
  return ndarray(values, [conditions.length, bins, columns]);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The one or two in the middle of sorted values. */
function middle(sorted: Float64Array): Float64Array {
  return sorted.subarray((sorted.length - 1) >> 1, (sorted.length >> 1) + 1);
}
