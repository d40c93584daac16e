import { add, div, exp, log, maximum, mul, onesLike, sub, sum, type Tensor } from "@tensorflow/tfjs-core";
import { exponential, poissonLoss, stirling } from "../ops";
import type { FactorLossInput, Reconstruction } from "./reconstruction";

/**
 * Poisson counts with log-rates from the readout: `exp(o) - k o + log k!` (the last term by Stirling's approximation,
 * for k > 1). Rates are spikes per bin.
 */
export function poisson(): Reconstruction {
  return {
    parametersPerChannel: 1,
    counts: true,
    loss: Object.assign(
      (data: Tensor, readout: Tensor) => add(sub(exp(readout), mul(data, readout)), stirling(data)),
      { fromFactors: ({ data, ...rest }: FactorLossInput) => poissonLoss({ counts: data, ...rest }) },
    ),
    mean: (readout) => exponential(readout),
  };
}

/** Options of {@link poissonBitsPerSpike}. */
export interface PoissonBitsPerSpikeOptions {
  /** Where the reproduction of other implementations must differ. @default none */
  readonly compatibility?: {
    /** lfads-torch counts the stand-ins of missing samples when it averages for the null model. @default false */
    readonly averageMissing?: boolean;
  };
}

/**
 * Poisson loss in bits per spike, relative to a null model with each channel's mean in the batch (lfads-torch
 * `PoissonBPS`): `(nll - nll_null) / (log 2 * mean(k))`, means over observed samples.
 */
export function poissonBitsPerSpike({
  compatibility: { averageMissing = false } = {},
}: PoissonBitsPerSpikeOptions = {}): Reconstruction {
  return {
    ...poisson(),
    loss(data, readout, _, observed, whole = { data, observed }) {
      const seen = averageMissing || !whole.observed ? onesLike(whole.data) : whole.observed;
      const counts = mul(whole.data, seen);
      const axes = data.shape.map((_, axis) => axis).slice(0, -1);
      const average = div(sum(counts, axes, true), maximum(sum(seen, axes, true), 1));
      const nullModel = sub(average, mul(data, log(add(average, 1e-8))));
      const model = sub(exp(readout), mul(data, readout));
      return div(sub(model, nullModel), mul(Math.LN2, div(sum(counts), sum(seen))));
    },
  };
}
