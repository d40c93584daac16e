import type { TrialSet } from "../data/dataset";
import { type NdArray, ndarray } from "../data/ndarray";
import type { RandomStream } from "../random/stream";
import { bitsPerSpike } from "./bitsPerSpike";
import { decode } from "./decode";
import { groupFolds } from "./folds";
import { fitShrinkage, shrink } from "./leaveOutRates";
import { applyLinearMap } from "./linearMap";
import { type PoissonRegression, poissonRegression } from "./poissonRegression";
import { selectColumns, selectRegion, takeTrials } from "./select";
import { smoothGaussian } from "./smoothGaussian";

/** One score on the validation trials, and the kernel width that the training trials chose for it. */
export interface BaselineScore {
  readonly score: number;
  readonly sdMs: number;
}

/** A kernel width. */
export interface Width {
  readonly sdMs: number;
  readonly sd: number; // in bins
}

/** The encoded bins of some trials. */
export interface EncodedTrials {
  readonly heldIn: NdArray;
  readonly heldOut: NdArray;
  readonly all: NdArray;
  readonly extras: TrialSet["extras"];
}

/** Each bin of a held-in channel from the other bins of that channel. */
export function heldInBaseline(train: EncodedTrials, valid: EncodedTrials, widths: readonly Width[]) {
  const { sdMs, sd, shrinkage } = best(
    widths.map((width) => {
      const smoothed = smoothGaussian(train.heldIn, { sd: width.sd, leaveOut: true });
      const shrinkage = fitShrinkage(smoothed, train.heldIn);
      return { ...width, shrinkage, criterion: bitsPerSpike(shrink(shrinkage, smoothed), train.heldIn) };
    }),
  );
  const rates = shrink(shrinkage, smoothGaussian(valid.heldIn, { sd, leaveOut: true }));
  return { rates, score: { score: bitsPerSpike(rates, valid.heldIn), sdMs } };
}

/** Held-out channels by Poisson regression from the logarithm of the smoothed held-in ones. */
export function heldOutBaseline(
  train: EncodedTrials,
  valid: EncodedTrials,
  widths: readonly Width[],
  { floor, alpha }: { readonly floor: number; readonly alpha: number },
  stream: RandomStream,
) {
  const [trials = 0, , channels = 0] = train.heldOut.shape;
  if (channels === 0) return undefined;
  const features = (spikes: NdArray, sd: number): NdArray<Float64Array> => {
    const smoothed = smoothGaussian(spikes, { sd });
    return ndarray(
      smoothed.data.map((value) => Math.log(value + floor)),
      smoothed.shape,
    );
  };
  const predict = ({ map }: PoissonRegression, x: NdArray): NdArray<Float64Array> => {
    const logRates = applyLinearMap(map, x);
    return ndarray(logRates.data.map(Math.exp), logRates.shape);
  };
  const [aside, ...others] = groupFolds(
    Array.from({ length: trials }, (_, trial) => trial),
    5,
    stream,
  );
  const rest = others.flatMap((fold) => [...fold]);
  const restCounts = takeTrials(train.heldOut, rest);
  const asideCounts = takeTrials(train.heldOut, aside!);
  const { sdMs, sd } = best(
    widths.map((width) => {
      const x = features(train.heldIn, width.sd);
      const fit = poissonRegression(takeTrials(x, rest), restCounts, { alpha, tolerance: 1e-2 });
      return { ...width, criterion: bitsPerSpike(predict(fit, takeTrials(x, aside!)), asideCounts) };
    }),
  );
  const fit = poissonRegression(features(train.heldIn, sd), train.heldOut, { alpha, tolerance: 1e-4 });
  const rates = predict(fit, features(valid.heldIn, sd));
  const converged = fit.converged.every((channel) => channel);
  return { rates, score: { score: bitsPerSpike(rates, valid.heldOut), sdMs, converged } };
}

/** Behaviour decoded from the smoothed counts of all channels. */
export function velocityBaseline(
  train: EncodedTrials,
  valid: EncodedTrials,
  widths: readonly Width[],
  { behavior, columns }: { readonly behavior: string; readonly columns: readonly number[] },
  stream: RandomStream,
): BaselineScore | undefined {
  const [trainBehavior, validBehavior] = [train.extras?.[behavior], valid.extras?.[behavior]];
  if (!trainBehavior || !validBehavior) return undefined;
  const paired = ({ all }: EncodedTrials, extra: NdArray, sd: number) => ({
    rates: smoothGaussian(all, { sd }),
    behavior: selectColumns(selectRegion(extra, { bins: [0, all.shape[1] ?? 0] }), columns),
  });
  const { sdMs, r2 } = best(
    widths.map(({ sdMs, sd }) => {
      // The same folds for every width: a fork leaves the stream where it was.
      const folds = { stream: stream.fork("folds") };
      const { r2, fit } = decode(paired(train, trainBehavior, sd), paired(valid, validBehavior, sd), folds);
      return { sdMs, r2, criterion: fit.score };
    }),
  );
  return { score: r2, sdMs };
}

function best<T extends { readonly criterion: number }>(candidates: readonly T[]): T {
  return candidates.reduce((winner, candidate) =>
    candidate.criterion > winner.criterion ? candidate : winner,
  );
}
