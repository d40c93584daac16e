import { bernoulli, RandomStream } from "../random";
import { elementCount, type NdArray, ndarray } from "./ndarray";

/**
 * The mask of sample validation: each element is held in (1) with probability 1 - rate, else held out (0). Made once
 * from the seed, it stays the same for the whole training, so that the model never sees a held-out element and its loss
 * there can select models. Training and validation trials need masks of their own: give them different seeds, say
 * `"7/train"` and `"7/valid"`.
 *
 * Source: Keshtkaran & Pandarinath 2019, Enabling hyperparameter optimization in sequential autoencoders for spiking
 * neural data, NeurIPS.
 *
 * @example
 * ```ts
 * import { sampleValidationMask } from "lfads";
 *
 * const mask = sampleValidationMask([100, 50, 20], { rate: 0.2, seed: "7/train" });
 * const heldIn = mask.data.reduce((sum, one) => sum + one, 0) / mask.data.length;
 * console.log(heldIn.toFixed(1)); // 0.8
 * ```
 * @param shape that of `encode`, `[trials, bins, channels]`
 * @returns the mask in this shape
 * @throws if `rate` is below 0, or 1 or more
 */
export function sampleValidationMask(
  shape: readonly number[],
  { rate, seed }: { readonly rate: number; readonly seed: number | string },
): NdArray<Float32Array> {
  if (!(rate >= 0 && rate < 1)) {
    throw new Error(`sampleValidationMask: rate must be from 0 and below 1, got ${rate}`);
  }
  const stream = RandomStream.fromSeed(seed).fork("sample validation");
  return ndarray(bernoulli(stream, elementCount(shape), 1 - rate), shape);
}
