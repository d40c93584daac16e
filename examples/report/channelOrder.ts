import type { NdArray } from "../../src/data/ndarray";
import { column } from "./numbers";

/**
 * Channels `from` .. `to` (exclusive) of rates `[bins, channels]`, sorted by the time of their peak rate; those that
 * peak in the same bin by the mean time of their rate, then by number. Rates that are not finite count as 0.
 */
export function peakTimeOrder(rates: NdArray, from = 0, to = rates.shape[1] ?? 0): number[] {
  const keyed = Array.from({ length: Math.max(to - from, 0) }, (_, i) => {
    const rate = column(rates, from + i).map((value) => value || 0);
    const total = rate.reduce((sum, value) => sum + value, 0);
    const moment = rate.reduce((sum, value, bin) => sum + value * bin, 0);
    return {
      channel: from + i,
      peak: rate.indexOf(rate.reduce((a, b) => Math.max(a, b), -Infinity)),
      mean: total > 0 ? moment / total : 0,
    };
  });
  keyed.sort((a, b) => a.peak - b.peak || a.mean - b.mean || a.channel - b.channel);
  return keyed.map(({ channel }) => channel);
}
