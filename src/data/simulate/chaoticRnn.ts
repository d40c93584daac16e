import { integers, normal, RandomStream } from "../../random";
import type { Dataset } from "../dataset";
import { type NdArray, ndarray } from "../ndarray";
import { type Rnn, rnnTrajectory, tanh } from "./rnnTrajectory";
import {
  checkPositive,
  checkSizes,
  checkSplit,
  conditionLabels,
  repeatRows,
  type SimulateOptions,
  spikingDataset,
} from "./spikingDataset";

export interface ChaoticRnnOptions extends SimulateOptions {
  /** Number of initial states. @default 400 */
  readonly conditions?: number;
  /** Number of trials from each initial state. @default 10 */
  readonly trialsPerCondition?: number;
  /** @default 100 */
  readonly bins?: number;
  /** Number of units of the network; each is a channel. @default 50 */
  readonly channels?: number;
  /** Highest rate, spikes per second. @default 30 */
  readonly maxRate?: number;
  /** Strength g of the recurrent connections; the network is chaotic above 1. @default 1.5, with pulses 2.5 */
  readonly gain?: number;
  /** Time constant tau of the units in seconds. @default 0.025 */
  readonly timeConstant?: number;
  /** Size of a pulse of input, in one random bin in the middle half of each trial; 0 = no input. @default 0 */
  readonly pulse?: number;
}

/**
 * Spikes of a chaotic recurrent network, with the truth: tau dx/dt = -x + g W tanh(x) + B u, W ~ N(0, 1/N), B ~ N(0, 1),
 * x(0) ~ N(0, 1), in Euler steps of a bin. The rate of a unit is tanh(x), scaled within each trial to reach from 0 to
 * `maxRate`. The classic input variant has `pulse: 20`.
 *
 * The data set has `truth` (expected spikes per bin) and the extras `cond_idx` (condition), `inds` and, with pulses,
 * `inputs` `[trials, bins, 1]`: u, which a model is to infer. Trials of a condition stand together before the split.
 *
 * Source: Sussillo, Jozefowicz, Abbott & Pandarinath 2016, LFADS - Latent Factor Analysis via Dynamical Systems,
 * arXiv:1608.06315, sections 4.2 and 4.3.
 *
 * @example
 * ```ts
 * import { simulateChaoticRnn } from "lfads";
 *
 * const { train } = simulateChaoticRnn({ conditions: 20, pulse: 20 }); // one unexpected input in every trial
 * console.log(train.encode.shape); // [ 160, 100, 50 ]
 * ```
 * @throws if a size is not a whole number above 0, a rate or time is not above 0, `binSeconds` exceeds `timeConstant`, there
 *   are pulses and fewer than 4 bins, or the split leaves a set or the encoders without data
 */
export function simulateChaoticRnn({
  conditions = 400,
  trialsPerCondition = 10,
  bins = 100,
  channels = 50,
  maxRate = 30,
  pulse = 0,
  gain = pulse === 0 ? 1.5 : 2.5,
  timeConstant = 0.025,
  seed = 0,
  binSeconds = 0.01,
  heldOut = 0,
  validEvery = 5,
}: ChaoticRnnOptions = {}): Dataset {
  checkSizes("simulateChaoticRnn", { conditions, trialsPerCondition, bins, channels });
  checkPositive("simulateChaoticRnn", { maxRate, gain, timeConstant, binSeconds });
  if (!Number.isFinite(pulse)) throw new Error(`simulateChaoticRnn: pulse must be finite, got ${pulse}`);
  if (pulse !== 0 && bins < 4) throw new Error(`simulateChaoticRnn: pulses need 4 bins, got ${bins}`);
  if (binSeconds > timeConstant) {
    throw new Error(`simulateChaoticRnn: binSeconds must not exceed timeConstant, got ${binSeconds}`);
  }
  checkSplit("simulateChaoticRnn", {
    heldOut,
    validEvery,
    channels,
    trials: conditions * trialsPerCondition,
  });
  const stream = RandomStream.fromSeed(seed).fork("simulateChaoticRnn");
  const rnn: Rnn = {
    weights: normal(stream.fork("weights"), channels * channels, 0, gain / Math.sqrt(channels)),
    inputWeights: normal(stream.fork("input weights"), channels),
    rate: binSeconds / timeConstant,
  };
  const starts = ndarray(normal(stream.fork("states"), conditions * channels), [conditions, channels]);
  const repeats = { conditions, trialsPerCondition, bins, maxCount: maxRate * binSeconds };
  const inputs = pulse === 0 ? undefined : pulses(stream.fork("pulses"), { ...repeats, pulse });
  const rates = inputs
    ? simulateRates(rnn, repeatRows(starts, trialsPerCondition), inputs, repeats)
    : repeatRows(simulateRates(rnn, starts, undefined, repeats), trialsPerCondition);
  return spikingDataset({
    stream: stream.fork("spikes"),
    rates,
    extras: { cond_idx: conditionLabels(conditions, trialsPerCondition), ...(inputs && { inputs }) },
    heldOut,
    validEvery,
    binSeconds,
    note: "simulated: chaotic recurrent network",
  });
}

interface Repeats {
  readonly conditions: number;
  readonly trialsPerCondition: number;
  readonly bins: number;
  /** Highest expected number of spikes per bin. */
  readonly maxCount: number;
}

function pulses(
  stream: RandomStream,
  { conditions, trialsPerCondition, bins, pulse }: Repeats & { readonly pulse: number },
): NdArray<Float32Array> {
  const trials = conditions * trialsPerCondition;
  const inputs = new Float32Array(trials * bins);
  const times = integers(stream, trials, Math.ceil(bins / 4), Math.floor((3 * bins) / 4));
  for (let trial = 0; trial < trials; trial++) inputs[trial * bins + times[trial]!] = pulse;
  return ndarray(inputs, [trials, bins, 1]);
}

/** Rates `[starts, bins, channels]`, each from its own initial state and input. */
function simulateRates(
  rnn: Rnn,
  starts: NdArray<Float32Array>,
  inputs: NdArray<Float32Array> | undefined,
  { bins, maxCount }: Repeats,
): NdArray<Float32Array> {
  const [count, channels] = starts.shape as [number, number];
  const rates = new Float32Array(count * bins * channels);
  for (let i = 0; i < count; i++) {
    const start = starts.data.subarray(i * channels, (i + 1) * channels);
    const input = inputs?.data.subarray(i * bins, (i + 1) * bins) ?? new Float32Array(bins);
    const activity = rnnTrajectory(rnn, start, input).map(tanh);
    for (let channel = 0; channel < channels; channel++) normalise(activity, channel, channels, maxCount);
    rates.set(activity, i * bins * channels);
  }
  return ndarray(rates, [count, bins, channels]);
}

/** Scales a channel to reach from 0 to `max`; one that does not change becomes 0. */
function normalise(activity: Float64Array, channel: number, channels: number, max: number): void {
  let low = Infinity;
  let high = -Infinity;
  for (let i = channel; i < activity.length; i += channels) {
    low = Math.min(low, activity[i]!);
    high = Math.max(high, activity[i]!);
  }
  const scale = high > low ? max / (high - low) : 0;
  for (let i = channel; i < activity.length; i += channels) activity[i] = (activity[i]! - low) * scale;
}
