import type { Dataset, TrialSet } from "../data/dataset";
import type { NdArray } from "../data/ndarray";
import { RandomStream } from "../random/stream";
import { joinColumns, selectRegion } from "./select";
import {
  type BaselineScore,
  type EncodedTrials,
  heldInBaseline,
  heldOutBaseline,
  velocityBaseline,
} from "./smoothingScores";

export interface SmoothingBaselineOptions {
  /** Kernel widths to choose from. @default [50, 75, 100, 120] */
  readonly sdsMs?: readonly number[];
  /** Bin width. @default the data set's attribute `bin_ms` */
  readonly binMs?: number;
  /** Added to smoothed counts before the logarithm, spikes per bin. @default 1e-3 */
  readonly floor?: number;
  /** Ridge penalty of the Poisson regression. @default 1e-3 */
  readonly alpha?: number;
  /** Name of the extra array that is decoded. @default "behavior" */
  readonly behavior?: string;
  /** Its columns. @default [0, 1] */
  readonly columns?: readonly number[];
  /** Deals training trials into folds. @default RandomStream.fromSeed(0) */
  readonly stream?: RandomStream;
}

export interface SmoothingBaseline {
  /** Bits per spike of the held-in channels, each bin predicted from the other bins of its own channel. */
  readonly heldInBps: BaselineScore;
  /** Absent without held-out channels. */
  readonly coBps?: BaselineScore & { readonly converged: boolean };
  /** Absent without the behaviour. */
  readonly velocityR2?: BaselineScore;
  /** The rates scored above, `[validation trials, encoded bins, channels]`, spikes per bin. */
  readonly rates: NdArray<Float64Array>;
}

/**
 * What Gaussian smoothing of the spikes achieves: the bar for any model.
 *
 * - `heldInBps`: the rate of a held-in channel in a bin must not see the count that it is scored on, so it is
 *   `(1 - g) mean + g s`, s the count smoothed over the other bins, mean and g of each channel fitted to the training trials.
 * - `coBps`: rates of held-out channels by ridge-penalised Poisson regression from `log(smoothed + floor)` of the held-in
 *   channels in the same bin, fitted to the training trials.
 * - `velocityR2`: {@link decode} from the smoothed counts of all channels, held-out ones included.
 *
 * The validation trials only score. The kernel width of each of the three is chosen by the training trials: by the
 * leave-out likelihood, by the likelihood of a fifth of the trials under a fit to the others, by cross-validated R2.
 *
 * A larger `floor` often makes a stronger baseline where spikes are sparse, because the logarithm then turns linear
 * in the smoothed count.
 *
 * @example
 * ```ts
 * import { simulateLorenz, smoothingBaseline } from "lfads";
 *
 * const { coBps, rates } = smoothingBaseline(simulateLorenz({ conditions: 10, trialsPerCondition: 5, heldOut: 10 }));
 * console.log(coBps!.converged, rates.shape); // true [ 10, 100, 30 ]
 * ```
 * @throws if the bin width is unknown, or as the functions named above do
 */
export function smoothingBaseline(
  dataset: Dataset,
  options: SmoothingBaselineOptions = {},
): SmoothingBaseline {
  const { sdsMs = [50, 75, 100, 120], stream = RandomStream.fromSeed(0) } = options;
  const { floor = 1e-3, alpha = 1e-3, behavior = "behavior", columns = [0, 1] } = options;
  const binMs = options.binMs ?? dataset.attributes?.bin_ms;
  if (!(typeof binMs === "number" && binMs > 0)) {
    throw new RangeError(
      `smoothingBaseline: binMs must be given where the data set has no bin_ms, got ${binMs}`,
    );
  }
  if (sdsMs.length === 0) throw new RangeError("smoothingBaseline: sdsMs must not be empty");
  if (!(floor > 0)) throw new RangeError(`smoothingBaseline: floor must be positive, got ${floor}`);
  const widths = sdsMs.map((sdMs) => ({ sdMs, sd: sdMs / binMs }));
  const train = encodedBins(dataset.train);
  const valid = encodedBins(dataset.valid);

  const heldIn = heldInBaseline(train, valid, widths);
  const heldOut = heldOutBaseline(train, valid, widths, { floor, alpha }, stream.fork("co-smoothing"));
  const velocity = velocityBaseline(train, valid, widths, { behavior, columns }, stream.fork("velocity"));
  return {
    heldInBps: heldIn.score,
    ...(heldOut && { coBps: heldOut.score }),
    ...(velocity && { velocityR2: velocity }),
    rates: heldOut ? joinColumns([heldIn.rates, heldOut.rates]) : heldIn.rates,
  };
}

function encodedBins({ encode, reconstruct, extras }: TrialSet): EncodedTrials {
  const [, bins = 0, heldIn = 0] = encode.shape;
  const all = selectRegion(reconstruct, { bins: [0, bins] });
  return {
    heldIn: encode,
    heldOut: selectRegion(all, { channels: [heldIn, all.shape[2] ?? 0] }),
    all,
    extras,
  };
}
