import type { NdArray } from "../data/ndarray";
import { applyLinearMap } from "./linearMap";
import { pooledR2, r2Score } from "./r2Score";
import { ridge } from "./ridge";

/** Inferred and true states of the same trials and bins. */
export interface HiddenStates {
  /** `[..., inferred size]` */
  readonly inferred: NdArray;
  /** `[..., true size]`, the other axes as in `inferred` */
  readonly true: NdArray;
}

/** How well a regression predicts states. */
export interface HiddenScore {
  /** Uniform mean of the R2 of all columns. */
  readonly mean: number;
  /** R2 of all columns together, so that those of large variance count more. */
  readonly pooled: number;
}

/** R2 between inferred and true states, up to an affine map. */
export interface HiddenR2 {
  /** Low where inferred states hold what the true ones have not: the hidden R2 of Sedler et al. 2023 is its `mean`. */
  readonly inferredFromTrue: HiddenScore;
  /** Low where inferred states lack what the true ones have. */
  readonly trueFromInferred: HiddenScore;
}

/**
 * How far inferred and true states are affine maps of each other: least squares fitted to the training trials, scored on
 * the validation trials, in both directions.
 *
 * The published numbers fit and score on the same validation trials: `hiddenR2(valid, valid)` gives those.
 *
 * Source: Sedler, Versteeg & Pandarinath 2023, Expressive architectures enhance interpretability of dynamics-based neural
 * population models, Neurons, Behavior, Data analysis, and Theory.
 *
 * @example
 * ```ts
 * import { hiddenR2, simulateLorenz } from "lfads";
 *
 * const { train, valid } = simulateLorenz({ conditions: 5, trialsPerCondition: 4 });
 * // Here rates stand for inferred states.
 * const { trueFromInferred } = hiddenR2(
 *   { inferred: train.truth!, true: train.extras!.latents! },
 *   { inferred: valid.truth!, true: valid.extras!.latents! },
 * );
 * console.log(trueFromInferred.mean > 0.9); // true
 * ```
 * @throws if states do not pair up or are not finite, or sizes differ between training and validation
 */
export function hiddenR2(train: HiddenStates, valid: HiddenStates): HiddenR2 {
  const score = (from: keyof HiddenStates, to: keyof HiddenStates): HiddenScore => {
    const [map] = ridge(train[from], train[to], [0]);
    const prediction = applyLinearMap(map!, valid[from]);
    return { mean: r2Score(prediction, valid[to]), pooled: pooledR2(prediction, valid[to]) };
  };
  return { inferredFromTrue: score("true", "inferred"), trueFromInferred: score("inferred", "true") };
}
