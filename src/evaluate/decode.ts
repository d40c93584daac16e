import type { NdArray } from "../data/ndarray";
import { RandomStream } from "../random/stream";
import { type CrossValidatedRidge, crossValidatedRidge } from "./crossValidatedRidge";
import { applyLinearMap } from "./linearMap";
import { r2PerColumn } from "./r2Score";
import { requireTrials } from "./table";

/** Rates (or factors, or smoothed spikes) and the behaviour of the same bins. */
export interface DecodingTrials {
  /** `[trials, bins, channels]` */
  readonly rates: NdArray;
  /** `[trials, bins, columns]`; bins with a NaN are left out */
  readonly behavior: NdArray;
}

export interface DecodeOptions {
  /** Penalties to choose from. @default 10^-6, 10^-5, ..., 10^6 */
  readonly alphas?: readonly number[];
  /** @default 5 */
  readonly folds?: number;
  /** Shuffles whole trials into folds. @default RandomStream.fromSeed(0) */
  readonly stream?: RandomStream;
}

export interface Decoding {
  /** R2 on the validation trials, uniform mean over columns. */
  readonly r2: number;
  readonly r2PerColumn: readonly number[];
  /** What was decoded for the validation trials, `[trials, bins, columns]`. */
  readonly prediction: NdArray<Float64Array>;
  /** The fit to the training trials: map, chosen penalty, cross-validated R2. */
  readonly fit: CrossValidatedRidge;
}

/**
 * Decodes behaviour from the rates of the same bin: ridge regression fitted to the training trials, its penalty chosen
 * by cross-validation over shuffled whole trials inside them, scored by R2 on the validation trials.
 *
 * ```ts
 * import { decode, simulateLorenz, type TrialSet } from "lfads";
 *
 * const { train, valid } = simulateLorenz({ conditions: 5, trialsPerCondition: 4 });
 * const trials = ({ truth, extras }: TrialSet) => ({ rates: truth!, behavior: extras!.latents! });
 * const { r2 } = decode(trials(train), trials(valid));
 * console.log(r2 > 0.9); // true
 * ```
 *
 * @throws if shapes do not pair up, rates are not finite, or there are fewer trials than folds
 */
export function decode(train: DecodingTrials, valid: DecodingTrials, options: DecodeOptions = {}): Decoding {
  const { alphas = powersOfTen(-6, 6, 13), folds = 5, stream = RandomStream.fromSeed(0) } = options;
  const groups = trialOfRow(train.rates);
  return scored(crossValidatedRidge(train.rates, train.behavior, { alphas, folds, groups, stream }), valid);
}

/**
 * The velocity R2 of the Neural Latents Benchmark: ridge with alpha in `logspace(-4, 0, 9)` chosen by 5 unshuffled folds
 * of rows. The grid is absolute, so the result depends on the unit of the rates (spikes per bin here); folds of data
 * sorted by condition extrapolate. Prefer {@link decode} unless comparing with published values.
 */
export function nlbVelocityR2(train: DecodingTrials, valid: DecodingTrials): Decoding {
  return scored(crossValidatedRidge(train.rates, train.behavior, { alphas: powersOfTen(-4, 0, 9) }), valid);
}

function scored(fit: CrossValidatedRidge, { rates, behavior }: DecodingTrials): Decoding {
  const prediction = applyLinearMap(fit.map, rates);
  const columns = [...r2PerColumn(prediction, behavior)];
  const r2 = columns.reduce((sum, value) => sum + value, 0) / columns.length;
  return { r2, r2PerColumn: columns, prediction, fit };
}

function trialOfRow(rates: NdArray): Int32Array {
  const [trials, bins] = requireTrials("decode", "rates", rates);
  return Int32Array.from({ length: trials * bins }, (_, row) => Math.floor(row / bins));
}

function powersOfTen(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => 10 ** (from + ((to - from) * i) / (count - 1)));
}
