import { exp, mul, type Tensor } from "@tensorflow/tfjs-core";
import { type Op, runOp } from "./op";

/** The kernel. */
export const exponentialOp: Op<{ x: Tensor }, Record<string, never>> = {
  name: "LfadsExponential",
  results: 1,
  outputs: 1,
  forward: ({ x }) => [exp(x)],
  gradient: ([dy], _, [y]) => ({ x: () => mul(dy!, y!) }),
};

/** `e^x`, such as rates from log-rates. */
export function exponential(x: Tensor): Tensor {
  return runOp(exponentialOp, { x }, {})[0]!;
}
