import { normal, RandomStream } from "../../random";
import { exp } from "../../random/arithmetic";
import type { Dataset } from "../dataset";
import { ndarray } from "../ndarray";
import {
  checkPositive,
  checkSizes,
  checkSplit,
  conditionLabels,
  repeatRows,
  type SimulateOptions,
  spikingDataset,
} from "./spikingDataset";
import { lorenzDerivative } from "./systems/lorenz";
import { trajectory } from "./trajectory";

export interface LorenzOptions extends SimulateOptions {
  /** Number of initial states. @default 65 */
  readonly conditions?: number;
  /** Number of trials from each initial state; they differ in the spikes only. @default 20 */
  readonly trialsPerCondition?: number;
  /** @default 100 */
  readonly bins?: number;
  /** @default 30 */
  readonly channels?: number;
  /** Mean rate of every channel over all conditions and bins, spikes per second. @default 5 */
  readonly meanRate?: number;
  /** Time of the Lorenz system that passes in a bin. @default 0.01 */
  readonly timeStep?: number;
}

/** Location and scale by which the published sets standardise the states; on the attractor, mean z is 23.5. */
const MEAN = [0, 0, 25.8];
const SD = [8.6, 9.4, 7.2];
/** From a random state to one on the attractor. */
const SETTLING_TIME = 10;

/**
 * Spikes of a population that is driven by the Lorenz system, with the truth: latents z(t) = standardised states,
 * log-rates w_n z(t) + b_n with w_n ~ N(0, 1/3), so that their standard deviation is about 1, and b_n such that the mean
 * rate is `meanRate`.
 *
 * The data set has `truth` (expected spikes per bin) and the extras `latents` `[trials, bins, 3]`, `cond_idx` (condition)
 * and `inds`. Trials of a condition stand together before the split.
 *
 * Source: Sussillo, Jozefowicz, Abbott & Pandarinath 2016, LFADS - Latent Factor Analysis via Dynamical Systems,
 * arXiv:1608.06315, section 4.1.
 *
 * @example
 * ```ts
 * import { simulateLorenz } from "lfads";
 *
 * const { train, valid } = simulateLorenz({ conditions: 10, channels: 40, heldOut: 10 });
 * console.log(train.encode.shape, train.reconstruct.shape); // [ 160, 100, 30 ] [ 160, 100, 40 ]
 * console.log(valid.truth!.shape, valid.extras!.latents!.shape); // [ 40, 100, 40 ] [ 40, 100, 3 ]
 * ```
 * @throws if a size is not a whole number above 0, a rate or time is not above 0, or the split leaves a set or the encoders without data
 */
export function simulateLorenz({
  conditions = 65,
  trialsPerCondition = 20,
  bins = 100,
  channels = 30,
  meanRate = 5,
  timeStep = 0.01,
  seed = 0,
  binSeconds = 0.01,
  heldOut = 0,
  validEvery = 5,
}: LorenzOptions = {}): Dataset {
  checkSizes("simulateLorenz", { conditions, trialsPerCondition, bins, channels });
  checkPositive("simulateLorenz", { meanRate, timeStep, binSeconds });
  checkSplit("simulateLorenz", { heldOut, validEvery, channels, trials: conditions * trialsPerCondition });
  const stream = RandomStream.fromSeed(seed).fork("simulateLorenz");
  const latents = simulateLatents(stream.fork("states"), { conditions, bins, timeStep });
  const weights = normal(stream.fork("weights"), 3 * channels, 0, Math.sqrt(1 / 3));
  const rates = readOut(latents, weights, meanRate * binSeconds);
  return spikingDataset({
    stream: stream.fork("spikes"),
    rates: repeatRows(ndarray(rates, [conditions, bins, channels]), trialsPerCondition),
    extras: {
      latents: repeatRows(ndarray(latents, [conditions, bins, 3]), trialsPerCondition),
      cond_idx: conditionLabels(conditions, trialsPerCondition),
    },
    heldOut,
    validEvery,
    binSeconds,
    note: "simulated: Lorenz system",
  });
}

/** Standardised states `[conditions, bins, 3]`. */
function simulateLatents(
  stream: RandomStream,
  { conditions, bins, timeStep }: { conditions: number; bins: number; timeStep: number },
): Float32Array {
  const latents = new Float32Array(conditions * bins * 3);
  const derivative = lorenzDerivative(8 / 3);
  const starts = normal(stream, conditions * 3);
  for (let condition = 0; condition < conditions; condition++) {
    const start = MEAN.map((mean, k) => mean + SD[k]! * starts[condition * 3 + k]!);
    const settled = trajectory(derivative, start, { bins: 2, timeStep: SETTLING_TIME }).subarray(3);
    const states = trajectory(derivative, settled, { bins, timeStep });
    latents.set(
      states.map((state, i) => (state - MEAN[i % 3]!) / SD[i % 3]!),
      condition * bins * 3,
    );
  }
  return latents;
}

/** Rates `[conditions, bins, channels]`, exp(w z) scaled to the mean rate of each channel. */
function readOut(latents: Float32Array, weights: Float32Array, mean: number): Float32Array {
  const channels = weights.length / 3;
  const points = latents.length / 3;
  const rates = new Float32Array(points * channels);
  for (let channel = 0; channel < channels; channel++) {
    let sum = 0;
    for (let point = 0; point < points; point++) {
      let logRate = 0;
      for (let k = 0; k < 3; k++) logRate += weights[k * channels + channel]! * latents[point * 3 + k]!;
      const rate = exp(logRate);
      rates[point * channels + channel] = rate;
      sum += rate;
    }
    for (let i = channel; i < rates.length; i += channels) rates[i]! *= (mean * points) / sum;
  }
  return rates;
}
