import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { type NdArray, ndarray } from "../data/ndarray";
import { applyLinearMap, type LinearMap } from "./linearMap";
import { pooledR2 } from "./r2Score";
import { ridge } from "./ridge";

/** Inferred states and the logarithms of the inferred rates of the same trials and bins. */
export interface StatesAndLogRates {
  /** `[..., size]` */
  readonly states: NdArray;
  /** `[..., channels]` */
  readonly logRates: NdArray;
}

/**
 * Cycle consistency: how much of the inferred states comes back from the rates that they cause. The readout, log-rates from
 * states, is fitted to the training trials; its pseudoinverse takes the log-rates of the validation trials back to states;
 * the score is the R2 of these, pooled over columns. States that do not reach the rates, dynamics that the model made up
 * for itself, do not come back.
 *
 * Directions of the readout that together hold at most the fraction `negligible` of the sum of its squared singular values
 * (by default 0.01) are left out: through them a model could hide states in the last digits of rates.
 *
 * Source: Versteeg et al. 2025, Computation-through-Dynamics Benchmark, bioRxiv.
 *
 * @throws if states and log-rates do not pair up or are not finite, or `negligible` is not from 0 to 1
 */
export function cycleConsistency(
  train: StatesAndLogRates,
  valid: StatesAndLogRates,
  { negligible = 0.01 }: { readonly negligible?: number } = {},
): number {
  if (!(negligible >= 0 && negligible < 1)) {
    throw new RangeError(`cycleConsistency: negligible must be at least 0 and below 1, got ${negligible}`);
  }
  const [readout] = ridge(train.states, train.logRates, [0]);
  return pooledR2(applyLinearMap(invert(readout!, negligible), valid.logRates), valid.states);
}

/** x = (y - b) W^+ for y = x W + b, W^+ of the directions that are not negligible. */
function invert({ weights, bias }: LinearMap, negligible: number): LinearMap {
  const [size, channels] = weights.shape as [number, number];
  const {
    leftSingularVectors: left,
    rightSingularVectors: right,
    diagonal,
  } = new SingularValueDecomposition(Matrix.from1DArray(size, channels, weights.data), {
    autoTranspose: true,
  });
  const total = diagonal.reduce((sum, value) => sum + value * value, 0);
  const inverse = Matrix.zeros(channels, size);
  let rest = total;
  for (const [k, value] of diagonal.entries()) {
    if (rest <= Math.max(negligible, Number.EPSILON) * total) break; // values fall
    rest -= value * value;
    inverse.add(right.getColumnVector(k).mmul(left.getColumnVector(k).transpose()).div(value));
  }
  const origin = Matrix.rowVector(bias).mmul(inverse).mul(-1);
  return {
    weights: ndarray(Float64Array.from(inverse.to1DArray()), [channels, size]),
    bias: Float64Array.from(origin.to1DArray()),
  };
}
