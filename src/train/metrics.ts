/** Means of one pass over a split. */
export interface SplitMetrics {
  /** The total loss, scaled. */
  readonly loss: number;
  /** Reconstruction loss: what a score is made of. */
  readonly reconstruction: number;
  /** Divergences times their weights, without the ramp. */
  readonly klInitialCondition: number;
  readonly klControllerOutput: number;
  readonly l2: number;
  /** Loss of the samples held out by sample validation; NaN without. */
  readonly heldOut: number;
}

/** One epoch of training. */
export interface EpochMetrics {
  /** Counted from 0. */
  readonly epoch: number;
  readonly train: SplitMetrics;
  readonly valid: SplitMetrics;
  /** The score smoothed over epochs, by which weights are chosen: the lower the better. */
  readonly smoothedScore: number;
  readonly learningRate: number;
  readonly klRamp: number;
  readonly l2Ramp: number;
  /** Mean norm of all gradients before clipping. */
  readonly gradientNorm: number;
  /** Updates left out because the loss or a gradient was not finite. */
  readonly skipped: number;
}

/** Names of the numbers that are summed over the batches of an epoch, in their order. */
const BATCH_METRICS = [
  "loss",
  "reconstruction",
  "klInitialCondition",
  "klControllerOutput",
  "l2",
  "heldOut",
  "gradientNorm",
] as const;

/** Weighted sums over the batches of an epoch so far. */
export interface MetricSums {
  readonly weight: number;
  readonly sums: readonly number[];
}

export const NO_METRICS: MetricSums = { weight: 0, sums: BATCH_METRICS.map(() => 0) };

/** Adds a batch of `weight` trials. */
export function addMetrics(
  { weight, sums }: MetricSums,
  values: ArrayLike<number>,
  trials: number,
): MetricSums {
  return { weight: weight + trials, sums: sums.map((sum, i) => sum + values[i]! * trials) };
}

/** Means by name. */
export function meanMetrics({ weight, sums }: MetricSums): SplitMetrics & { readonly gradientNorm: number } {
  const entries = BATCH_METRICS.map((name, i) => [name, sums[i]! / weight] as const);
  return Object.fromEntries(entries) as unknown as SplitMetrics & { gradientNorm: number };
}
