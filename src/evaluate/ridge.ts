import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { type NdArray, ndarray } from "../data/ndarray";
import type { LinearMap } from "./linearMap";
import { centre, type Moments, momentsOf } from "./moments";
import { columnMeans, completeRows, requireFinite, type Table, takeRows, toTable } from "./table";

/** Predictors and targets of a regression, row by row. */
export interface PairedRows {
  readonly x: Table;
  readonly y: Table;
}

/**
 * Ridge regression with an intercept that is not penalised, for a whole grid of penalties at the cost of one: minimises
 *
 *   `sum |y - x W - b|^2 + alpha |W|^2`,
 *
 * `W = V (L + alpha)^-1 V' X'Y` with `X'X = V L V'` of centred data. The penalty is on the scale of the data: it means
 * something else for rates per bin and for rates in Hz. At alpha 0 directions without variance get weight 0.
 *
 * @example
 * ```ts
 * import { applyLinearMap, ndarray, ridge } from "lfads";
 *
 * const x = ndarray(Float64Array.of(0, 1, 2, 3), [4, 1]);
 * const y = ndarray(Float64Array.of(1, 3, 5, 7), [4, 1]);
 * const [exact, penalised] = ridge(x, y, [0, 5]);
 * console.log(exact!.weights.data[0]!.toFixed(2), exact!.bias[0]!.toFixed(2)); // 2.00 1.00
 * console.log(penalised!.weights.data[0]!.toFixed(2)); // 1.00
 * console.log(applyLinearMap(exact!, x).data[3]!.toFixed(2)); // 7.00
 * ```
 * @param x predictors `[..., inputs]`
 * @param y targets `[..., outputs]`, the other axes as in x; rows with a NaN target are left out
 * @param alphas penalties, not negative
 * @returns one map per penalty, in the same order
 * @throws if x and y do not pair up, x is not finite, no row is left, or a penalty is negative
 */
export function ridge(x: NdArray, y: NdArray, alphas: readonly number[]): LinearMap[] {
  checkAlphas("ridge", alphas);
  const { shifted, origin } = shiftToMeans(pairRows("ridge", x, y));
  return solveRidge(momentsOf(shifted.x, shifted.y), alphas).map((map) => shiftBack(map, origin));
}

/** The ridge solutions for given moments; well conditioned if the rows were near their means. */
export function solveRidge(moments: Moments, alphas: readonly number[]): LinearMap[] {
  const [p, q] = [moments.x.length, moments.y.length];
  const { xx, xy } = centre(moments);
  const decomposition = new EigenvalueDecomposition(Matrix.from1DArray(p, p, xx), { assumeSymmetric: true });
  const spectrum = decomposition.realEigenvalues;
  const vectors = decomposition.eigenvectorMatrix;
  const rotated = vectors.transpose().mmul(Matrix.from1DArray(p, q, xy)); // [inputs, outputs]
  const noise = Math.max(...spectrum) * p * Number.EPSILON;
  return alphas.map((alpha) => {
    const scaled = rotated.clone();
    for (let i = 0; i < p; i++) {
      const denominator = Math.max(spectrum[i]!, 0) + alpha;
      scaled.mulRow(i, denominator > noise ? 1 / denominator : 0);
    }
    const weights = Float64Array.from(vectors.mmul(scaled).to1DArray());
    const bias = moments.y.map((sum, j) => {
      let predicted = 0;
      for (let i = 0; i < p; i++) predicted += moments.x[i]! * weights[i * q + j]!;
      return (sum - predicted) / moments.rows;
    });
    return { weights: ndarray(weights, [p, q]), bias };
  });
}

/** Rows of both arrays where all targets are known. */
export function pairRows(caller: string, x: NdArray, y: NdArray): PairedRows {
  if (x.shape.slice(0, -1).join() !== y.shape.slice(0, -1).join()) {
    throw new RangeError(
      `${caller}: x and y must agree in all axes but the last, got [${x.shape}] and [${y.shape}]`,
    );
  }
  const targets = toTable(y);
  const rows = completeRows(targets);
  if (rows.length === 0)
    throw new RangeError(`${caller}: y must have a row without NaN, got none of ${targets.rows}`);
  const pairs = { x: takeRows(toTable(x), rows), y: takeRows(targets, rows) };
  requireFinite(caller, "x", pairs.x);
  requireFinite(caller, "y", pairs.y);
  return pairs;
}

/** Column means of predictors and targets. */
export interface Origin {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Subtracts the column means, so that moments lose no digits to a large offset. */
export function shiftToMeans({ x, y }: PairedRows): {
  readonly shifted: PairedRows;
  readonly origin: Origin;
} {
  const origin = { x: columnMeans(x), y: columnMeans(y) };
  const subtract = (from: Table, means: Float64Array): Table => ({
    ...from,
    data: from.data.map((value, i) => value - means[i % from.columns]!),
  });
  return { shifted: { x: subtract(x, origin.x), y: subtract(y, origin.y) }, origin };
}

/** Turns a map between shifted rows into one between the rows as they were. */
export function shiftBack({ weights, bias }: LinearMap, origin: Origin): LinearMap {
  const q = bias.length;
  return {
    weights,
    bias: bias.map((value, j) => {
      const atOrigin = origin.x.reduce((sum, mean, i) => sum + mean * weights.data[i * q + j]!, 0);
      return value + origin.y[j]! - atOrigin;
    }),
  };
}

export function checkAlphas(caller: string, alphas: readonly number[]): void {
  if (alphas.length === 0) throw new RangeError(`${caller}: alphas must not be empty`);
  for (const alpha of alphas) {
    if (!(alpha >= 0 && alpha < Infinity))
      throw new RangeError(`${caller}: alphas must not be negative, got ${alpha}`);
  }
}
