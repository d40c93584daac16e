import { type Tensor, tensor } from "@tensorflow/tfjs-core";
import type { Draws } from "../random";
import type { Augmentation, Batch } from "./batch";

/** Options of {@link spikeJitter}. */
export interface SpikeJitterOptions {
  /** Largest shift of a spike, in bins. @default 2 */
  readonly width?: number;
  /** Jitter `encode` and `reconstruct` independently of each other, as lfads-torch does. @default false */
  readonly independent?: boolean;
}

/**
 * Moves every spike by a random number of bins in `[-width, width]`, reflected at the edges of the trial: spike counts of
 * trial and channel stay the same. Spikes of input and target move together unless `independent`; a spike that would land
 * on an unobserved bin (NaN) stays where it is.
 *
 * Reads the tensors back, so on a GPU it belongs at the front of the stack, where the data has not been uploaded yet; in `fit` the own stack comes
 * before the fixed augmentations.
 *
 * @example
 * ```ts
 * import { coordinatedDropout, fit, LFADS, simulateLorenz, spikeJitter } from "lfads";
 *
 * const model = new LFADS({ channels: 30, bins: 20 });
 * await fit(model, simulateLorenz({ conditions: 5, trialsPerCondition: 2, bins: 20 }), {
 *   epochs: 1,
 *   augmentations: {
 *     // What is given takes the place of coordinated dropout, so name that too.
 *     train: ({ coordinatedDropout: rate }) => [spikeJitter({ width: 1 }), coordinatedDropout({ rate })],
 *   },
 * });
 * ```
 */
export function spikeJitter({ width = 2, independent = false }: SpikeJitterOptions = {}): Augmentation {
  if (!Number.isInteger(width) || width < 0) {
    throw new Error(`spikeJitter: width must be a non-negative integer, got ${width}`);
  }
  const augmentation = (batch: Batch, draws: Draws): Batch => {
    const shifts = (x: Tensor, spikes: number, name: string) =>
      // One shift for the k-th spike of every sample.
      draws.integers(`spike_jitter${name}`, [spikes, ...x.shape], -width, width + 1);
    const most = Math.max(largest(batch.encode), largest(batch.reconstruct));
    const target = shifts(batch.reconstruct, most, independent ? "/reconstruct" : "");
    const input = independent ? shifts(batch.encode, most, "/encode") : target;
    return { ...batch, encode: jitter(batch.encode, input), reconstruct: jitter(batch.reconstruct, target) };
  };
  return Object.assign(augmentation, { movesSamples: true as const });
}

function jitter(x: Tensor, shifts: Tensor): Tensor {
  const [trials, bins, channels] = x.shape as [number, number, number];
  if (bins < 2) return x;
  const from = x.dataSync();
  const [, shiftTrials, shiftBins, shiftChannels] = shifts.shape as [number, number, number, number];
  const by = shifts.dataSync();
  const to = Float32Array.from(from, (count) => (Number.isNaN(count) ? Number.NaN : 0));
  for (let trial = 0, i = 0; trial < trials; trial++) {
    for (let bin = 0; bin < bins; bin++) {
      for (let channel = 0; channel < channels; channel++, i++) {
        for (let k = 0; k < from[i]!; k++) {
          const shift = by[((k * shiftTrials + trial) * shiftBins + bin) * shiftChannels + channel]!;
          const target = i + (reflect(bin + shift, bins) - bin) * channels;
          to[Number.isNaN(to[target]!) ? i : target]! += 1;
        }
      }
    }
  }
  return tensor(to, x.shape);
}

/** Mirrors a bin index into `[0, bins)`. */
function reflect(bin: number, bins: number): number {
  const period = 2 * (bins - 1);
  const inside = ((bin % period) + period) % period;
  return inside < bins ? inside : period - inside;
}

function largest(x: Tensor): number {
  let most = 0;
  for (const count of x.dataSync()) {
    if (count < 0 || !(Number.isInteger(count) || Number.isNaN(count))) {
      throw new Error(`spikeJitter: data must be spike counts, got ${count}`);
    }
    if (count > most) most = count;
  }
  return most;
}
