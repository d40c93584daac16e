import { cast, equal, pad, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { type Op, runOp } from "./op";

/** Attributes of {@link droppedOp}. */
export type DroppedAttributes = { readonly shape: readonly number[] };

/** The kernel. */
export const droppedOp: Op<{ mask: Tensor }, DroppedAttributes> = {
  name: "LfadsDropped",
  results: 1,
  outputs: 0,
  forward: ({ mask }, { shape }) => [
    tidy(() => {
      const after = shape.map((n, axis) => [0, n - mask.shape[axis]!] as [number, number]);
      return pad(cast(equal(mask, 0), "float32"), after, 1);
    }),
  ],
  gradient: () => ({
    mask: () => {
      throw new Error("dropped: a mask is a constant, without gradients");
    },
  }),
};

/**
 * What a mask drops: 1 where it is 0, and beyond it; else 0.
 *
 * @param mask `[B, T or fewer, N or fewer]`, the corner where all indices are small
 * @param shape `[B, T, N]`
 * @throws if the mask is larger
 */
export function dropped(mask: Tensor, shape: readonly number[]): Tensor {
  const [trials, bins, channels] = shape as [number, number, number];
  const [rows, ...rest] = mask.shape;
  if (shape.length !== 3 || mask.rank !== 3 || rows !== trials || rest.some((n, i) => n > shape[i + 1]!)) {
    throw new Error(
      `dropped: mask must be [${trials}, at most ${bins}, at most ${channels}], got [${mask.shape}]`,
    );
  }
  return runOp(droppedOp, { mask }, { shape })[0]!;
}
