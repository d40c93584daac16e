import type { NdArray } from "../data/ndarray";
import { checkCounts, poissonCost } from "./poissonNll";

/**
 * Bits per spike as the Neural Latents Benchmark defines it: how much better than constant rates a model predicts spikes,
 *
 *   `(NLL_null - NLL) / (number of spikes * ln 2)`,
 *
 * pooled over trials, bins and channels (not a mean over channels or batches). The null rate of a channel is its mean
 * over these very spikes. Rates are floored at 1e-9.
 *
 * @example
 * ```ts
 * import { bitsPerSpike, ndarray } from "lfads";
 *
 * const spikes = ndarray(Float32Array.of(0, 0, 2, 2), [1, 4, 1]);
 * const rates = ndarray(Float32Array.of(0.1, 0.1, 1.9, 1.9), [1, 4, 1]);
 * console.log(bitsPerSpike(rates, spikes).toFixed(2)); // 0.93
 * ```
 * @param rates expected spikes per bin, channels on the last axis
 * @param spikes counts of the same shape; NaN marks an unobserved bin, which is left out
 * @returns bits per spike; NaN where it is undefined, that is without a single spike
 * @throws if the shapes differ, a rate is negative or (where spikes are observed) not finite, or a count is negative
 * @see Pei et al. 2021, Neural Latents Benchmark '21
 */
export function bitsPerSpike(rates: NdArray, spikes: NdArray): number {
  checkCounts("bitsPerSpike", rates, spikes);
  const channels = spikes.shape[spikes.shape.length - 1] ?? 1;
  const means = observedMeans(spikes.data, channels);
  let spikeCount = 0;
  let gain = 0;
  for (let i = 0; i < spikes.data.length; i++) {
    const k = spikes.data[i]!;
    if (Number.isNaN(k)) continue;
    spikeCount += k;
    gain += poissonCost(means[i % channels]!, k) - poissonCost(rates.data[i]!, k);
  }
  return spikeCount === 0 ? Number.NaN : gain / (spikeCount * Math.LN2);
}

function observedMeans(counts: ArrayLike<number>, channels: number): Float64Array {
  const sums = new Float64Array(channels);
  const observed = new Float64Array(channels);
  for (let i = 0; i < counts.length; i++) {
    if (Number.isNaN(counts[i]!)) continue;
    sums[i % channels]! += counts[i]!;
    observed[i % channels]! += 1;
  }
  return sums.map((sum, channel) => sum / observed[channel]!);
}
