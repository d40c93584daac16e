import type { Values } from "./fixture";

/**
 * Bits per spike as lfads-torch logs them: the first readout parameter is taken for a Poisson log-rate whatever the
 * observation model, and channels are split at the width of the encoders' input.
 *
 * @returns held-in, held-out channels, predicted bins
 */
export function bitsPerSpike(
  { data: o }: Values,
  { data: k, shape }: Values,
  encodedChannels: number,
  encodedBins: number,
): [number, number, number] {
  const [trials, bins, channels] = shape as [number, number, number];
  const region = (fromBin: number, toBin: number, fromChannel: number, toChannel: number) => {
    const indices: number[][] = Array.from({ length: Math.max(0, toChannel - fromChannel) }, () => []);
    for (let trial = 0; trial < trials; trial++) {
      for (let bin = fromBin; bin < toBin; bin++) {
        for (let channel = fromChannel; channel < toChannel; channel++) {
          indices[channel - fromChannel]!.push((trial * bins + bin) * channels + channel);
        }
      }
    }
    let gain = 0;
    let spikes = 0;
    for (const own of indices) {
      const sum = own.reduce((total, i) => total + k[i]!, 0);
      const mean = sum / own.length;
      for (const i of own) gain += mean - k[i]! * Math.log(mean + 1e-8) - (Math.exp(o[i]!) - k[i]! * o[i]!);
      spikes += sum;
    }
    return gain / spikes / Math.LN2;
  };
  return [
    region(0, encodedBins, 0, Math.min(encodedChannels, channels)),
    region(0, encodedBins, Math.min(encodedChannels, channels), channels),
    region(encodedBins, bins, 0, channels),
  ];
}

/** Mean over channels of the coefficient of determination over trials and bins. */
export function r2({ data: p }: Values, { data: y, shape }: Values): number {
  const channels = shape[2]!;
  const rows = y.length / channels;
  let total = 0;
  for (let channel = 0; channel < channels; channel++) {
    let mean = 0;
    for (let row = 0; row < rows; row++) mean += y[row * channels + channel]! / rows;
    let residual = 0;
    let variance = 0;
    for (let i = channel; i < y.length; i += channels) {
      residual += (y[i]! - p[i]!) ** 2;
      variance += (y[i]! - mean) ** 2;
    }
    total += 1 - residual / variance;
  }
  return total / channels;
}
