import { type Dataset, type NdArray, principalScores, smoothGaussian, type TrialSet } from "lfads";
import { peakTimeOrder } from "../report/channelOrder";
import type { DataFacts, FactorPicture, TrialPicture } from "./messages";

/** What the page says about a data set of which it shows the first trials. */
export function factsOf({ train, valid, attributes }: Dataset, shown: number): DataFacts {
  const [trials, bins, channels] = valid.reconstruct.shape as [number, number, number];
  return {
    trials: { train: train.encode.shape[0]!, valid: trials },
    shown,
    bins,
    binMs: binMs(attributes),
    heldIn: valid.encode.shape[2]!,
    channels,
  };
}

/** One validation trial. @param rates of the first validation trials, if there are any yet */
export function trialPicture({ valid, attributes }: Dataset, trial: number, rates?: NdArray): TrialPicture {
  const [, bins, channels] = valid.reconstruct.shape as [number, number, number];
  const heldIn = valid.encode.shape[2]!;
  const row = ({ data }: NdArray) => data.slice(trial * bins * channels, (trial + 1) * bins * channels);
  const spikes = row(valid.reconstruct);
  const truth = valid.truth && row(valid.truth);
  // By what does not change while a model trains, so that rows stay where they are.
  const known = truth ?? smoothGaussian({ data: spikes, shape: [1, bins, channels] }, { sd: 2 }).data;
  const activity = { data: known, shape: [bins, channels] };
  return {
    trial,
    bins,
    channels,
    heldIn,
    binMs: binMs(attributes),
    order: [...peakTimeOrder(activity, 0, heldIn), ...peakTimeOrder(activity, heldIn)],
    spikes,
    ...(rates && { rates: row(rates) }),
    ...(truth && { truth }),
  };
}

/**
 * The first three principal components of factors `[trials, bins, factors]`, or the factors where there are no more than three.
 *
 * @param before of an earlier epoch, so that a component keeps its sign
 */
export function factorPicture(factors: NdArray, trials: TrialSet, before?: FactorPicture): FactorPicture {
  const [count, bins, width] = factors.shape as [number, number, number];
  const components = width > 3;
  const columns = components
    ? principalScores(factors, 3)
    : { data: factors.data, shape: [count * bins, width] };
  const points = new Float32Array(count * bins * 3);
  for (let k = 0; k < Math.min(width, 3); k++) {
    const value = (row: number) => columns.data[row * columns.shape[1]! + k]!;
    let agreement = 0;
    for (let row = 0; components && row < count * bins; row++)
      agreement += value(row) * (before?.points[row * 3 + k] ?? 0);
    for (let row = 0; row < count * bins; row++)
      points[row * 3 + k] = agreement < 0 ? -value(row) : value(row);
  }
  const hues = huesOf(trials, count);
  return {
    trials: count,
    bins,
    points,
    names: [1, 2, 3].map((n) => (components ? `PC ${n}` : `factor ${n}`)),
    ...(hues && { hues }),
  };
}

/** By condition, or else by the direction of the mean velocity. */
function huesOf({ extras = {} }: TrialSet, count: number): FactorPicture["hues"] {
  const { cond_idx: conditions, behavior } = extras;
  if (conditions && conditions.shape.length === 1) {
    const all = [...new Set(conditions.data)].sort((a, b) => a - b);
    return {
      of: "condition",
      values: Array.from({ length: count }, (_, i) => all.indexOf(conditions.data[i]!) / all.length),
    };
  }
  const [, bins = 0, columns = 0] = behavior?.shape ?? [];
  if (!behavior || columns < 2) return undefined;
  const mean = (trial: number, column: number) => {
    let sum = 0;
    for (let bin = 0; bin < bins; bin++) sum += behavior.data[(trial * bins + bin) * columns + column]!;
    return sum;
  };
  const turns = (trial: number) => Math.atan2(mean(trial, 1), mean(trial, 0)) / (2 * Math.PI);
  return { of: "direction of movement", values: Array.from({ length: count }, (_, i) => (turns(i) + 1) % 1) };
}

function binMs(attributes: Dataset["attributes"]): number | undefined {
  const value = Number(attributes?.bin_ms);
  return value > 0 ? value : undefined;
}
