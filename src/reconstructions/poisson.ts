import { add, div, exp, log, maximum, mul, onesLike, sub, sum, type Tensor } from "@tensorflow/tfjs-core";
import { exponential, poissonLoss, stirling } from "../ops";
import type { FactorLossInput, Reconstruction } from "./reconstruction";

/**
 * Poisson counts with log-rates from the readout: `exp(o) - k o + log k!` (the last term by Stirling's approximation,
 * for k > 1). Rates are spikes per bin.
 *
 * @example
 * ```ts
 * import { tensor } from "@tensorflow/tfjs-core";
 * import { poisson } from "lfads";
 *
 * const { loss, mean } = poisson(); // what a model has unless told otherwise
 * const logRates = tensor([0, Math.log(2)], [1, 1, 2]);
 * console.log(mean(logRates, {}).dataSync().join()); // 1,2
 * console.log(loss(tensor([0, 1], [1, 1, 2]), logRates, {}).dataSync()[1].toFixed(3)); // 1.307
 * ```
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
 *
 * @example
 * ```ts
 * import { LFADS, poissonBitsPerSpike } from "lfads";
 *
 * // Losses below 0 say that rates predict the spikes better than the mean of each channel.
 * const model = new LFADS({ channels: 30, bins: 20, reconstruction: poissonBitsPerSpike() });
 * ```
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
