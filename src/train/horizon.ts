import { mul, slice, type Tensor } from "@tensorflow/tfjs-core";
import type { Augmentation } from "../augmentations";

/** Training on the first bins of trials, then on more and more of them. */
export interface Horizon {
  /** Bins of the first epochs. */
  readonly bins: number;
  /** Bins that are added every `everyEpochs` epochs, until all bins of the model are in. */
  readonly grow: number;
  readonly everyEpochs: number;
}

/** Bins of an epoch, of `all` that there are. */
export function horizonAt(epoch: number, horizon: Horizon | undefined, all: number): number {
  if (!horizon) return all;
  return Math.min(all, horizon.bins + horizon.grow * Math.floor(epoch / horizon.everyEpochs));
}

/** The first epoch of all bins. */
export function horizonEnd(horizon: Horizon | undefined, all: number): number {
  return horizon ? Math.ceil((all - horizon.bins) / horizon.grow) * horizon.everyEpochs : 0;
}

/**
 * Cuts what is reconstructed to the first bins; the encoders still see all.
 * @param segment bins at the start whose samples are never held out
 */
export function firstBins(bins: number, segment: number): Augmentation {
  const first = (x: Tensor) => slice(x, [0, 0, 0], [-1, Math.min(bins, x.shape[1]!), -1]);
  // Held-out weights are such that their mean over all bins is that over the bins that can be held out.
  const share = (n: number) => (n > segment ? (n - segment) / n : 1);
  return (batch) => {
    const { observed, gradientMask, lossWeight, heldOutWeight: held } = batch;
    const encoded = batch.encode.shape[1]!;
    return {
      ...batch,
      reconstruct: first(batch.reconstruct),
      ...(observed && { observed: first(observed) }),
      ...(gradientMask && { gradientMask: first(gradientMask) }),
      ...(lossWeight && { lossWeight: first(lossWeight) }),
      ...(held && { heldOutWeight: mul(first(held), share(encoded) / share(Math.min(bins, encoded))) }),
    };
  };
}
