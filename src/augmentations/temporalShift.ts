import { type Tensor, tensor } from "@tensorflow/tfjs-core";
import type { Draws } from "../random";
import type { Augmentation, Batch } from "./batch";

/** Options of {@link temporalShift}. */
export interface TemporalShiftOptions {
  /** Standard deviation of the shift, in bins. @default 3 */
  readonly std?: number;
  /** Largest shift, in bins. @default 6 */
  readonly maxShift?: number;
  /** Shift `encode` and `reconstruct` independently of each other, as lfads-torch does. @default false */
  readonly independent?: boolean;
}

/**
 * Shifts every channel of every trial in time by a rounded normal number of bins, repeating the values at the edges.
 * Input and target move together unless `independent`.
 *
 * Reads the tensors back, so on a GPU it belongs at the front of the stack, where the data has not been uploaded yet; in `fit` the own stack comes
 * before the fixed augmentations.
 *
 * @example
 * ```ts
 * import { tensor } from "@tensorflow/tfjs-core";
 * import { RandomStream, streamDraws, temporalShift } from "lfads";
 *
 * const spikes = tensor([0, 0, 0, 1, 0, 0, 0], [1, 7, 1]);
 * const draws = streamDraws(RandomStream.fromSeed(0));
 * const augmentation = temporalShift({ std: 1, maxShift: 2 });
 * const { encode, reconstruct } = augmentation({ encode: spikes, reconstruct: spikes }, draws);
 * console.log(encode.dataSync().join() === reconstruct.dataSync().join()); // true
 * ```
 */
export function temporalShift({
  std = 3,
  maxShift = 6,
  independent = false,
}: TemporalShiftOptions = {}): Augmentation {
  if (!(std >= 0)) throw new Error(`temporalShift: std must not be negative, got ${std}`);
  if (!Number.isInteger(maxShift) || maxShift < 0) {
    throw new Error(`temporalShift: maxShift must be a non-negative integer, got ${maxShift}`);
  }
  const shifts = (normals: Tensor) =>
    Float32Array.from(normals.dataSync(), (n) =>
      Math.max(-maxShift, Math.min(maxShift, roundHalfToEven(std * n))),
    );
  const augmentation = (batch: Batch, draws: Draws): Batch => {
    const normals = (x: Tensor, name: string) =>
      shifts(draws.normal(`temporal_shift${name}`, [x.shape[0]!, 1, x.shape[2]!]));
    const target = normals(batch.reconstruct, independent ? "/reconstruct" : "");
    const channels = batch.reconstruct.shape[2]!;
    const input = independent ? normals(batch.encode, "/encode") : target;
    return {
      ...batch,
      encode: shift(batch.encode, input, independent ? batch.encode.shape[2]! : channels),
      reconstruct: shift(batch.reconstruct, target, channels),
    };
  };
  return Object.assign(augmentation, { movesSamples: true as const });
}

/** `shifts` is `[trials, stride]`, of which the first channels are used. */
function shift(x: Tensor, shifts: Float32Array, stride: number): Tensor {
  const [trials, bins, channels] = x.shape as [number, number, number];
  const from = x.dataSync();
  const to = new Float32Array(from.length);
  for (let trial = 0; trial < trials; trial++) {
    for (let channel = 0; channel < channels; channel++) {
      const by = shifts[trial * stride + channel]!;
      for (let bin = 0; bin < bins; bin++) {
        const source = Math.max(0, Math.min(bins - 1, bin - by));
        to[(trial * bins + bin) * channels + channel] = from[(trial * bins + source) * channels + channel]!;
      }
    }
  }
  return tensor(to, x.shape);
}

function roundHalfToEven(x: number): number {
  const rounded = Math.round(x);
  return rounded - x === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
