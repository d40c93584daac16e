import { mul, type Tensor } from "@tensorflow/tfjs-core";
import { type Op, runOp } from "./op";

/** Inputs of {@link maskedOp}. */
export type MaskedInputs = { x: Tensor; mask: Tensor };

/** The kernel. */
export const maskedOp: Op<MaskedInputs, Record<string, never>> = {
  name: "LfadsMasked",
  results: 1,
  outputs: 1,
  forward: ({ x, mask }) => [mul(x, mask)],
  gradient: ([dy], { x, mask }) => ({ x: () => mul(dy!, mask), mask: () => mul(dy!, x) }),
};

/**
 * `x` times a mask, number by number.
 * @throws if the shapes differ
 */
export function masked(x: Tensor, mask: Tensor): Tensor {
  if (`${x.shape}` !== `${mask.shape}`) {
    throw new Error(`masked: mask must have the shape of x [${x.shape}], got [${mask.shape}]`);
  }
  return runOp(maskedOp, { x, mask }, {})[0]!;
}
