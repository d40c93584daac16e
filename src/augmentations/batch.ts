import { mean, mul, slice, type Tensor } from "@tensorflow/tfjs-core";
import { maskGradient } from "../ops/maskGradient";
import type { Draws } from "../random";

/** Trials of one session as a model sees them, with what augmentations leave for the loss. B trials, T bins, N channels. */
export interface Batch {
  /** Index of the session. @default 0 */
  readonly session?: number;
  /** What the encoders see, `[B, encoded bins, encoded channels]`. */
  readonly encode: Tensor;
  /** What is reconstructed, `[B, T, N]`; encoded channels and bins come first. */
  readonly reconstruct: Tensor;
  /** `[B, bins, inputs]`; bins that are missing at the end count as zero. */
  readonly externalInputs?: Tensor;
  /** Where `reconstruct` was observed (1) and where it holds a stand-in (0); absent when all of it was. */
  readonly observed?: Tensor;
  /** Sample validation: 1 = held in, the shape of `encode`. */
  readonly heldIn?: Tensor;
  /** Where gradients of the reconstruction loss pass, `[B, T, N]`; values are not touched. */
  readonly gradientMask?: Tensor;
  /** Factor of every element's loss, `[B, T, N]`. */
  readonly lossWeight?: Tensor;
  /** Weight of every encoded element in the held-out loss, the shape of `encode`. */
  readonly heldOutWeight?: Tensor;
}

/** Trials of all batches together. */
export function trialsOf(batches: readonly Batch[]): number {
  return batches.reduce((sum, { encode }) => sum + encode.shape[0]!, 0);
}

/** A pure function of a batch and named draws; any stack of them composes. */
export interface Augmentation {
  (batch: Batch, draws: Draws): Batch;
  /** Set where samples move between bins, so that a mask of fixed samples would no longer hold. */
  readonly movesSamples?: true;
}

/** Applies augmentations in their order, each with draws of its own. */
export function augment(batch: Batch, augmentations: readonly Augmentation[], draws: Draws): Batch {
  return augmentations.reduce((current, augmentation, i) => augmentation(current, draws.fork(i)), batch);
}

/** Element-wise loss `[B, T, N]` after the gradient mask and the weights of a batch. */
export function weightLoss(loss: Tensor, { gradientMask, lossWeight }: Batch): Tensor {
  const masked = gradientMask ? maskGradient(loss, gradientMask) : loss;
  return lossWeight ? mul(masked, lossWeight) : masked;
}

/** Loss of the samples held out by sample validation, a scalar, or null when none are. */
export function heldOutLoss(loss: Tensor, { heldOutWeight }: Batch): Tensor | null {
  if (!heldOutWeight) return null;
  return mean(mul(slice(loss, [0, 0, 0], heldOutWeight.shape as [number, number, number]), heldOutWeight));
}

/** Product of two optional factors. */
export function times(a: Tensor | undefined, b: Tensor): Tensor {
  return a ? mul(a, b) : b;
}

/** @throws if `value` is not in [0, 1) */
export function requireRate(where: string, name: string, value: number): void {
  if (!(value >= 0 && value < 1)) throw new Error(`${where}: ${name} must be in [0, 1), got ${value}`);
}
