import type { NdArray } from "../data/ndarray";
import { columnMeans, completeRows, requireFinite, requireSameShape, takeRows, toTable } from "./table";

/**
 * Coefficient of determination of every column of the last axis, over all rows of the other axes:
 * `1 - sum (y - p)^2 / sum (y - mean y)^2`.
 *
 * Rows where any column of the truth is NaN are left out. A column whose truth does not vary scores 1 if predicted
 * exactly and 0 otherwise (as in scikit-learn).
 *
 * @param prediction `[..., columns]`
 * @param truth the same shape
 * @throws if the shapes differ, if a prediction is not finite where the truth is known, or if no row is left
 */
export function r2PerColumn(prediction: NdArray, truth: NdArray): Float64Array {
  const { residual, total } = squares(prediction, truth);
  return residual.map((left, column) => determined(left, total[column]!));
}

/**
 * Uniform mean of {@link r2PerColumn}: 1 is perfect, 0 is no better than each column's mean.
 *
 * @example
 * ```ts
 * import { ndarray, r2Score } from "lfads";
 *
 * const truth = ndarray(Float32Array.of(0, 1, 2, 3), [4, 1]);
 * const prediction = ndarray(Float32Array.of(0, 1, 2, 2), [4, 1]);
 * console.log(r2Score(prediction, truth)); // 0.8
 * ```
 */
export function r2Score(prediction: NdArray, truth: NdArray): number {
  const scores = r2PerColumn(prediction, truth);
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/**
 * R2 of all columns together, squares summed over them: the mean of {@link r2PerColumn} weighted by each column's variance
 * (scikit-learn's `variance_weighted`).
 *
 * @throws as {@link r2PerColumn} does
 */
export function pooledR2(prediction: NdArray, truth: NdArray): number {
  const { residual, total } = squares(prediction, truth);
  const sum = (values: Float64Array) => values.reduce((whole, value) => whole + value, 0);
  return determined(sum(residual), sum(total));
}

/** Sums of squares of every column: what the prediction leaves, and about the mean. */
function squares(
  prediction: NdArray,
  truth: NdArray,
): { readonly residual: Float64Array; readonly total: Float64Array } {
  requireSameShape("r2Score", "prediction and truth", prediction, truth);
  const all = toTable(truth);
  const rows = completeRows(all);
  if (rows.length === 0)
    throw new RangeError("r2Score: truth must have at least one row without NaN, got none");
  const y = takeRows(all, rows);
  const p = takeRows(toTable(prediction), rows);
  requireFinite("r2Score", "truth", y);
  requireFinite("r2Score", "prediction", p);
  const means = columnMeans(y);
  const residual = new Float64Array(y.columns);
  const total = new Float64Array(y.columns);
  for (let i = 0; i < y.data.length; i++) {
    const column = i % y.columns;
    residual[column]! += (y.data[i]! - p.data[i]!) ** 2;
    total[column]! += (y.data[i]! - means[column]!) ** 2;
  }
  return { residual, total };
}

function determined(residual: number, total: number): number {
  if (total > 0) return 1 - residual / total;
  return residual === 0 ? 1 : 0;
}
