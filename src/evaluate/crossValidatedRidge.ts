import { type NdArray, ndarray } from "../data/ndarray";
import type { RandomStream } from "../random/stream";
import { groupFolds } from "./folds";
import { applyLinearMap, type LinearMap } from "./linearMap";
import { addMoments, momentsOf } from "./moments";
import { r2Score } from "./r2Score";
import { checkAlphas, pairRows, shiftBack, shiftToMeans, solveRidge } from "./ridge";
import { completeRows, type Table, takeRows, toTable } from "./table";

export interface CrossValidatedRidgeOptions {
  /** Penalties to choose from (see {@link ridge} for their scale). */
  readonly alphas: readonly number[];
  /** @default 5 */
  readonly folds?: number;
  /** The group of every row; rows of one group are never split between folds. @default every row is its own group */
  readonly groups?: ArrayLike<number>;
  /** Shuffles the groups before they are dealt into folds. @default no shuffling: contiguous folds */
  readonly stream?: RandomStream;
}

export interface CrossValidatedRidge {
  /** The regression with the chosen penalty, fitted to all rows. */
  readonly map: LinearMap;
  readonly alpha: number;
  /** Mean over folds of the R2 on the fold that was left out, at the chosen penalty. */
  readonly score: number;
  /** The same for every penalty of the grid. */
  readonly scores: readonly number[];
}

/**
 * Ridge regression with the penalty of the best mean R2 in cross-validation, refitted to all rows.
 *
 * Data sorted by condition need shuffled groups: contiguous folds then leave whole conditions out, and the score tells
 * how the regression extrapolates.
 *
 * @example
 * ```ts
 * import { crossValidatedRidge, RandomStream, simulateLorenz } from "lfads";
 *
 * const { truth, extras } = simulateLorenz({ conditions: 5, trialsPerCondition: 4 }).train;
 * const { alpha, score } = crossValidatedRidge(truth!, extras!.latents!, {
 *   alphas: [1e-6, 1e-3, 1],
 *   stream: RandomStream.fromSeed(0),
 * });
 * console.log(alpha, score > 0.9); // 0.000001 true
 * ```
 * @param x predictors `[..., inputs]`
 * @param y targets `[..., outputs]`, the other axes as in x; rows with a NaN target are left out
 * @throws as {@link ridge} does, and if groups does not name one group per row or there are fewer groups than folds
 */
export function crossValidatedRidge(
  x: NdArray,
  y: NdArray,
  options: CrossValidatedRidgeOptions,
): CrossValidatedRidge {
  const { alphas, folds = 5, stream } = options;
  checkAlphas("crossValidatedRidge", alphas);
  const pairs = pairRows("crossValidatedRidge", x, y);
  const { shifted, origin } = shiftToMeans(pairs);

  const parts = groupFolds(keptGroups(y, options.groups), folds, stream).map((rows) => {
    const [foldX, foldY] = [takeRows(shifted.x, rows), takeRows(shifted.y, rows)];
    return { x: asArray(foldX), y: asArray(foldY), moments: momentsOf(foldX, foldY) };
  });
  const sums = alphas.map(() => 0);
  for (const left of parts) {
    const others = addMoments(parts.filter((part) => part !== left).map((part) => part.moments));
    solveRidge(others, alphas).forEach((map, i) => {
      sums[i]! += r2Score(applyLinearMap(map, left.x), left.y);
    });
  }
  const scores = sums.map((sum) => sum / folds);
  const score = Math.max(...scores);
  const alpha = alphas[scores.indexOf(score)]!;
  const [map] = solveRidge(addMoments(parts.map((part) => part.moments)), [alpha]);
  return { map: shiftBack(map!, origin), alpha, score, scores };
}

function keptGroups(y: NdArray, groups: ArrayLike<number> | undefined): ArrayLike<number> {
  const targets = toTable(y);
  if (groups && groups.length !== targets.rows) {
    throw new RangeError(
      `crossValidatedRidge: groups must name one group for each of ${targets.rows} rows, got ${groups.length}`,
    );
  }
  const rows = completeRows(targets);
  return groups ? rows.map((row) => groups[row]!) : rows;
}

const asArray = ({ data, rows, columns }: Table): NdArray<Float64Array> => ndarray(data, [rows, columns]);
