import { cast, equal, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { version } from "./kernelPath";
import { padTo } from "./padTo";

/**
 * What a mask drops: 1 where it is 0, and beyond it; else 0. Without gradients.
 *
 * @param mask `[B, T or fewer, N or fewer]`, the corner where all indices are small
 * @param shape `[B, T, N]`
 * @throws if the mask is larger
 */
export function dropped(mask: Tensor, shape: readonly number[]): Tensor {
  const [trials, bins, channels] = shape as [number, number, number];
  const fits = mask.shape.every((n, axis) => (axis > 0 ? n <= shape[axis]! : n === trials));
  if (shape.length !== 3 || mask.rank !== 3 || !fits) {
    throw new Error(
      `dropped: mask must be [${trials}, at most ${bins}, at most ${channels}], got [${mask.shape}]`,
    );
  }
  return version<Dropped>("dropped", plain)(mask, shape);
}

/** A version of {@link dropped}; shapes are checked. */
export type Dropped = (mask: Tensor, shape: readonly number[]) => Tensor;

function plain(mask: Tensor, shape: readonly number[]): Tensor {
  return tidy(() => padTo(cast(equal(mask, 0), "float32"), shape, 1));
}
