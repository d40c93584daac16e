import { type NdArray, ndarray } from "../data/ndarray";
import { requireSameShape, type Table, toTable } from "./table";

/** Per channel: the mean count, and how far rates follow the neighbouring bins instead of it. */
export interface Shrinkage {
  readonly means: Float64Array;
  readonly gains: Float64Array; // in [0, 1]
}

/**
 * Fits, for every channel, rates `r = (1 - g) mean + g s` to counts, where s is the count smoothed over the other bins
 * ({@link smoothGaussian} with `leaveOut`): g is the maximum of the Poisson likelihood, which is concave in g.
 * NaN counts are left out; where s is NaN the rate is the mean.
 */
export function fitShrinkage(smoothed: NdArray, spikes: NdArray): Shrinkage {
  requireSameShape("fitShrinkage", "smoothed and spikes", smoothed, spikes);
  const counts = toTable(spikes);
  const means = new Float64Array(counts.columns);
  const gains = new Float64Array(counts.columns);
  for (let channel = 0; channel < counts.columns; channel++) {
    let [sum, observed] = [0, 0];
    for (let i = channel; i < counts.data.length; i += counts.columns) {
      if (Number.isNaN(counts.data[i]!)) continue;
      sum += counts.data[i]!;
      observed += 1;
    }
    means[channel] = observed === 0 ? 0 : sum / observed;
    gains[channel] = bestGain(counts, toTable(smoothed), channel, means[channel]!);
  }
  return { means, gains };
}

/** The rates of a fitted shrinkage, spikes per bin. */
export function shrink({ means, gains }: Shrinkage, smoothed: NdArray): NdArray<Float64Array> {
  const data = toTable(smoothed).data.map((value, i) => {
    const [mean, gain] = [means[i % means.length]!, gains[i % means.length]!];
    return Number.isNaN(value) ? mean : (1 - gain) * mean + gain * value;
  });
  return ndarray(data, smoothed.shape);
}

/**
 * Bisects the derivative of the log-likelihood, `sum k (s - mean) / r - sum (s - mean)`, which falls as the gain grows.
 * Only bins with spikes enter the first sum, so only they are visited again.
 */
function bestGain(counts: Table, smoothed: Table, channel: number, mean: number): number {
  const spikes: number[] = [];
  const deviations: number[] = [];
  let constant = 0;
  for (let i = channel; i < counts.data.length; i += counts.columns) {
    const count = counts.data[i]!;
    const deviation = smoothed.data[i]! - mean;
    if (Number.isNaN(count) || Number.isNaN(deviation)) continue;
    constant += deviation;
    if (count === 0) continue;
    spikes.push(count);
    deviations.push(deviation);
  }
  const derivative = (gain: number): number =>
    spikes.reduce(
      (sum, count, i) => sum + (count * deviations[i]!) / (mean + gain * deviations[i]!),
      -constant,
    );
  if (!(derivative(0) > 0)) return 0;
  let [low, high] = [0, 1];
  while (high - low > 1e-4) {
    const middle = (low + high) / 2;
    if (derivative(middle) > 0) low = middle;
    else high = middle;
  }
  return low;
}
