import { type NdArray, ndarray } from "../data/ndarray";
import { requireTrials, toTable } from "./table";

export interface SmoothGaussianOptions {
  /** Standard deviation of the kernel in bins. */
  readonly sd: number;
  /**
   * Leave each bin out of its own average, so that the result predicts the bin from its neighbours.
   * @default false
   */
  readonly leaveOut?: boolean;
}

/**
 * Smooths along the bins of each trial with a Gaussian kernel (cut at 5 standard deviations):
 * `r_t = sum_s w(t - s) k_s / sum_s w(t - s)`.
 *
 * The sums run over the bins that exist and were observed, so that weights are renormalised at the edges of a trial and
 * around NaN: a constant stays that constant. Where the kernel meets no observed bin the result is NaN.
 *
 * @example
 * ```ts
 * import { ndarray, smoothGaussian } from "lfads";
 *
 * const spikes = ndarray(Float32Array.of(0, 0, 1, 0, 0), [1, 5, 1]);
 * const rates = smoothGaussian(spikes, { sd: 0.5 });
 * console.log([...rates.data].map((rate) => rate.toFixed(2)).join(" ")); // 0.00 0.11 0.79 0.11 0.00
 * ```
 * @param spikes `[trials, bins, channels]`
 * @returns spikes per bin, of the same shape
 * @throws if sd is not positive
 */
export function smoothGaussian(spikes: NdArray, options: SmoothGaussianOptions): NdArray<Float64Array> {
  const { sd, leaveOut = false } = options;
  const [trials, bins, channels] = requireTrials("smoothGaussian", "spikes", spikes);
  if (!(sd > 0 && sd < Infinity))
    throw new RangeError(`smoothGaussian: sd must be positive (in bins), got ${sd}`);
  const reach = Math.min(bins - 1, Math.ceil(5 * sd));
  const kernel = Float64Array.from({ length: reach + 1 }, (_, lag) => Math.exp(-0.5 * (lag / sd) ** 2));
  if (leaveOut) kernel[0] = 0;

  const counts = toTable(spikes).data;
  const data = new Float64Array(counts.length);
  const total = new Float64Array(channels);
  for (let trial = 0; trial < trials; trial++) {
    for (let bin = 0; bin < bins; bin++) {
      const to = (trial * bins + bin) * channels;
      total.fill(0);
      for (let other = Math.max(0, bin - reach); other <= Math.min(bins - 1, bin + reach); other++) {
        const weight = kernel[Math.abs(bin - other)]!;
        const from = (trial * bins + other) * channels;
        for (let channel = 0; channel < channels; channel++) {
          const count = counts[from + channel]!;
          if (Number.isNaN(count)) continue;
          data[to + channel]! += weight * count;
          total[channel]! += weight;
        }
      }
      for (let channel = 0; channel < channels; channel++) data[to + channel]! /= total[channel]!;
    }
  }
  return ndarray(data, spikes.shape);
}
