import { type NdArray, ndarray } from "../data/ndarray";
import { gram } from "./gram";
import type { LinearMap } from "./linearMap";
import { fitPoisson } from "./poissonNewton";
import { requireFinite, type Table, takeRows, toTable } from "./table";

export interface PoissonRegressionOptions {
  /** Ridge penalty on the weights, against the mean negative log-likelihood. @default 1e-3 */
  readonly alpha?: number;
  /** Converged when no entry of the gradient exceeds this times the mean count. @default 1e-6 */
  readonly tolerance?: number;
  /** @default 100 */
  readonly maxIterations?: number;
}

export interface PoissonRegression {
  /** From predictors to log-rates. */
  readonly map: LinearMap;
  /** Of every output: whether the gradient vanished within the iterations allowed. */
  readonly converged: readonly boolean[];
  readonly iterations: readonly number[];
}

/**
 * Poisson regression with a log link, one per output: minimises
 *
 *   `mean(exp(eta) - y eta) + alpha / 2 |w|^2`, `eta = x w + b`
 *
 * by Newton's method with step halving; the intercept is not penalised. (The penalty is that of scikit-learn's
 * `PoissonRegressor`.)
 *
 * @example
 * ```ts
 * import { ndarray, poissonRegression } from "lfads";
 *
 * const x = ndarray(Float64Array.of(0, 0, 1, 1), [4, 1]);
 * const spikes = ndarray(Float64Array.of(0, 2, 3, 5), [4, 1]); // 1 on average where x is 0, 4 where it is 1
 * const { map, converged } = poissonRegression(x, spikes, { alpha: 0 });
 * console.log(converged, Math.exp(map.weights.data[0]!).toFixed(2)); // [ true ] 4.00
 * ```
 * @param x predictors `[..., inputs]`
 * @param y counts `[..., outputs]`, the other axes as in x; NaN counts are left out
 * @throws if x and y do not pair up, x is not finite, or a count is negative or infinite
 */
export function poissonRegression(
  x: NdArray,
  y: NdArray,
  options: PoissonRegressionOptions = {},
): PoissonRegression {
  const { alpha = 1e-3, tolerance = 1e-6, maxIterations = 100 } = options;
  if (!(alpha >= 0 && alpha < Infinity))
    throw new RangeError(`poissonRegression: alpha must not be negative, got ${alpha}`);
  if (x.shape.slice(0, -1).join() !== y.shape.slice(0, -1).join()) {
    throw new RangeError(
      `poissonRegression: x and y must agree in all axes but the last, got [${x.shape}] and [${y.shape}]`,
    );
  }
  const predictors = toTable(x);
  requireFinite("poissonRegression", "x", predictors);
  const design = withOnes(predictors);
  const products = gram(design);
  const targets = toTable(y);
  const fits = Array.from({ length: targets.columns }, (_, output) => {
    const { rows, counts } = observedCounts(targets, output);
    const complete = rows.length === design.rows;
    const observed = complete ? design : takeRows(design, rows);
    const problem = { design: observed, gram: complete ? products : gram(observed), counts, alpha };
    return fitPoisson(problem, tolerance, maxIterations);
  });
  const weights = new Float64Array(predictors.columns * targets.columns);
  fits.forEach(({ beta }, output) => {
    for (let i = 0; i < predictors.columns; i++) weights[i * targets.columns + output] = beta[i]!;
  });
  return {
    map: {
      weights: ndarray(weights, [predictors.columns, targets.columns]),
      bias: Float64Array.from(fits, ({ beta }) => beta[predictors.columns]!),
    },
    converged: fits.map((fit) => fit.converged),
    iterations: fits.map((fit) => fit.iterations),
  };
}

function observedCounts(
  { data, rows, columns }: Table,
  output: number,
): { rows: Int32Array; counts: Float64Array } {
  const kept: number[] = [];
  for (let row = 0; row < rows; row++) {
    const count = data[row * columns + output]!;
    if (Number.isNaN(count)) continue;
    if (!(count >= 0 && count < Infinity)) {
      throw new RangeError(
        `poissonRegression: y must be counts or NaN, got ${count} in row ${row}, column ${output}`,
      );
    }
    kept.push(row);
  }
  if (kept.length === 0)
    throw new RangeError(`poissonRegression: y must have a count in every column, got none in ${output}`);
  return {
    rows: Int32Array.from(kept),
    counts: Float64Array.from(kept, (row) => data[row * columns + output]!),
  };
}

function withOnes({ data, rows, columns }: Table): Table {
  const design = new Float64Array(rows * (columns + 1)).fill(1);
  for (let row = 0; row < rows; row++) {
    design.set(data.subarray(row * columns, (row + 1) * columns), row * (columns + 1));
  }
  return { data: design, rows, columns: columns + 1 };
}
