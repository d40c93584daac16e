import { RandomStream, uniform } from "../../random";
import { exp } from "../../random/arithmetic";
import type { Dataset } from "../dataset";
import { type NdArray, ndarray } from "../ndarray";
import { splitTrials } from "../split";
import { columnMoments, standardizeColumns } from "./columns";
import { checkPositive, checkSizes, spikingTrials } from "./spikingDataset";
import type { DynamicalSystem } from "./system";
import { arneodoSystem } from "./systems/arneodo";
import { trajectory } from "./trajectory";

export interface AttractorOptions {
  /** What moves: one of the systems of this library, or your own. @default arneodoSystem */
  readonly system?: DynamicalSystem;
  /** @default 2000 */
  readonly trials?: number;
  /** @default 70 */
  readonly bins?: number;
  /** @default 10 */
  readonly channels?: number;
  /** Same seed, same data, on every platform. @default 0 */
  readonly seed?: number | string;
  /** Number of channels, the last ones, that the encoders do not see. @default 0 */
  readonly heldOut?: number;
  /** Fraction of the trials for testing. @default 0.2 */
  readonly testFraction?: number;
  /** Fraction of the other trials for validation. @default 0.2 */
  readonly validFraction?: number;
}

/** Steps of the integration in a period. */
const STEPS_PER_PERIOD = 400;

/**
 * Spikes of a population that is driven by a chaotic system, with the truth: one long trajectory is cut into trials, its
 * states are the latents z(t). Each channel has the log-rate w_n z(t), standardised over all bins, with w_n ~ U(-0.5, 0.5);
 * channels are in the order of their weights of the first latent. Mean rates are about 1.6 spikes per bin.
 *
 * ```ts
 * import { type DynamicalSystem, simulateAttractor } from "lfads";
 *
 * const oscillator: DynamicalSystem = {
 *   name: "Van der Pol",
 *   derivative: ([x, y]) => [y!, 3 * (1 - x! * x!) * y! - x!],
 *   start: [2, 0],
 *   period: 8.86,
 * };
 * const { train } = simulateAttractor({ system: oscillator, trials: 200, channels: 30 });
 * console.log(train.encode.shape); // [ 128, 70, 30 ]
 * ```
 *
 * The sets (1280 trials for training, 320 for validation, 400 for testing) have `truth` (expected spikes per bin) and the
 * extras `latents` `[trials, bins, size]` and `inds`, the place of a trial in the trajectory; `shared` has `readout`
 * `[size, channels]`, and `activity_mean` and `activity_sd` `[channels]`, by which w_n z(t) was standardised. The attribute
 * `time_step` is the system's time that passes in a bin.
 *
 * Source: Sedler, Versteeg & Pandarinath 2023, Expressive architectures enhance interpretability of dynamics-based neural
 * population models, Neurons, Behavior, Data analysis, and Theory.
 *
 * @throws if a size is not a whole number above 0, a time is not above 0, a fraction is not between 0 and 1 or leaves a set
 *   empty, or the trajectory does not stay finite
 */
export function simulateAttractor({
  system = arneodoSystem,
  trials = 2000,
  bins = 70,
  channels = 10,
  seed = 0,
  heldOut = 0,
  testFraction = 0.2,
  validFraction = 0.2,
}: AttractorOptions = {}): Dataset {
  checkSizes("simulateAttractor", { trials, bins, channels });
  if (!Number.isInteger(heldOut) || heldOut < 0 || heldOut >= channels) {
    throw new Error(
      `simulateAttractor: heldOut must be a whole number from 0 to channels - 1, got ${heldOut}`,
    );
  }
  const { latents, timeStep } = simulateLatents(system, trials * bins);
  const stream = RandomStream.fromSeed(seed).fork("simulateAttractor");
  const readout = drawReadout(stream.fork("readout"), latents.shape[1]!, channels);
  const activity = project(latents, readout);
  const { means, sds } = columnMoments(activity);
  const rates = Float32Array.from(standardizeColumns(activity).data, exp);
  const inTrials = (data: Float32Array) => ndarray(data, [trials, bins, data.length / (trials * bins)]);
  const all = spikingTrials({
    stream: stream.fork("spikes"),
    rates: inTrials(rates),
    extras: { latents: inTrials(Float32Array.from(latents.data)) },
    heldOut,
  });
  const rest = splitTrials(all, { validFraction: testFraction, stream: stream.fork("test") });
  return {
    ...splitTrials(rest.train, { validFraction, stream: stream.fork("valid") }),
    test: rest.valid,
    shared: {
      readout,
      activity_mean: ndarray(means, [channels]),
      activity_sd: ndarray(sds, [channels]),
    },
    attributes: {
      time_step: timeStep,
      n_heldin: channels - heldOut,
      note: `simulated: ${system.name} system`,
    },
  };
}

/** Latents `[points, size]`; the points reach over points / binsPerPeriod periods, both ends included. */
function simulateLatents(
  system: DynamicalSystem,
  points: number,
): { readonly latents: NdArray<Float64Array>; readonly timeStep: number } {
  const { derivative, period, binsPerPeriod = 35, settlingTime = 0, delay, embedding = 1 } = system;
  checkPositive("simulateAttractor", { period, binsPerPeriod });
  checkSizes("simulateAttractor", { embedding });
  if (points < 2) throw new Error(`simulateAttractor: trials * bins must be at least 2, got ${points}`);
  const timeStep = ((period / binsPerPeriod) * points) / (points - 1);
  const lag = Math.round((delay ?? 0) / timeStep);
  const skipped = Math.ceil(settlingTime / timeStep);
  const states = trajectory(derivative, system.start, {
    bins: skipped + points + (embedding - 1) * lag,
    timeStep,
    longestStep: period / STEPS_PER_PERIOD,
    ...(delay !== undefined && { delay }),
  });
  const size = system.start.length;
  const copies = Array.from({ length: embedding }, (_, i) => (skipped + i * lag) * size);
  const latents = new Float64Array(points * embedding * size);
  for (let point = 0; point < points; point++) {
    copies.forEach((from, i) => {
      const at = from + point * size;
      latents.set(states.subarray(at, at + size), (point * embedding + i) * size);
    });
  }
  const array = ndarray(latents, [points, embedding * size]);
  return { latents: system.standardize ? standardizeColumns(array) : array, timeStep };
}

/** Weights `[size, channels]` from U(-0.5, 0.5), channels by their weights of the first latent. */
function drawReadout(stream: RandomStream, size: number, channels: number): NdArray<Float64Array> {
  const weights = uniform(stream, size * channels).map((u) => u - 0.5);
  const order = Array.from({ length: channels }, (_, n) => n).sort((a, b) => weights[a]! - weights[b]!);
  const sorted = weights.map((_, i) => weights[i - (i % channels) + order[i % channels]!]!);
  return ndarray(sorted, [size, channels]);
}

function project(latents: NdArray<Float64Array>, readout: NdArray<Float64Array>): NdArray<Float64Array> {
  const [size, channels] = readout.shape as [number, number];
  const points = latents.shape[0]!;
  const activity = new Float64Array(points * channels);
  for (let point = 0; point < points; point++) {
    for (let k = 0; k < size; k++) {
      const latent = latents.data[point * size + k]!;
      for (let n = 0; n < channels; n++) {
        activity[point * channels + n]! += latent * readout.data[k * channels + n]!;
      }
    }
  }
  return ndarray(activity, [points, channels]);
}
