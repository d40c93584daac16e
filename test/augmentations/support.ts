import { type Tensor, tensor } from "@tensorflow/tfjs-core";
import type { Batch } from "../../src/augmentations";
import { streamDraws } from "../../src/ops";
import { type Draws, poisson, RandomStream } from "../../src/random";

/** Shapes of what is encoded and what is reconstructed. */
export interface Sizes {
  readonly trials: number;
  readonly bins: number;
  readonly channels: number;
  /** Bins that are predicted, channels that are held out. */
  readonly forward?: number;
  readonly heldOut?: number;
}

/** Counts of at least 1, so that a dropped sample shows; the encoded ones are the corner of the reconstructed ones. */
export function batchOf({ trials, bins, channels, forward = 0, heldOut = 0 }: Sizes): Batch {
  const full = [trials, bins + forward, channels + heldOut] as const;
  const size = full[0] * full[1] * full[2];
  const counts = poisson(RandomStream.fromSeed("counts"), new Array(size).fill(2)).map((k) => k + 1);
  const corner: number[] = [];
  counts.forEach((count, i) => {
    const [bin, channel] = [Math.floor(i / full[2]) % full[1], i % full[2]];
    if (bin < bins && channel < channels) corner.push(count);
  });
  return {
    encode: tensor(corner, [trials, bins, channels]),
    reconstruct: tensor(counts, [...full]),
  };
}

export function drawsOf(seed: number | string): Draws {
  return streamDraws(RandomStream.fromSeed(seed));
}

/** `[trials, bins, channels]` as arrays; the tensor must be there. */
export function cube(x: Tensor | undefined): number[][][] {
  return x!.arraySync() as number[][][];
}

/** All of a tensor's indices. */
export function indices({ shape }: Tensor): [number, number, number][] {
  const [trials, bins, channels] = shape as [number, number, number];
  return Array.from({ length: trials * bins * channels }, (_, i) => {
    return [Math.floor(i / (bins * channels)), Math.floor(i / channels) % bins, i % channels];
  });
}
