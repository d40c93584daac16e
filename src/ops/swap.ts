import { type Tensor, transpose } from "@tensorflow/tfjs-core";
import { type Op, runOp } from "./op";

/** The kernel. */
export const swapOp: Op<{ x: Tensor }, Record<string, never>> = {
  name: "LfadsSwap",
  results: 1,
  outputs: 1,
  forward: ({ x }) => [transpose(x, [1, 0, 2])],
  gradient: ([dy]) => ({ x: () => transpose(dy!, [1, 0, 2]) }),
};

/** The first two axes exchanged: from trials by bins to bins by trials, and back. */
export function swap(x: Tensor): Tensor {
  if (x.rank !== 3) throw new Error(`swap: x must have three axes, got [${x.shape}]`);
  return runOp(swapOp, { x }, {})[0]!;
}
