import { concat, reshape, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { at } from "./heap";
import { type Op, runOp } from "./op";

/** The kernel. */
const splitBinsOp: Op<{ x: Tensor }, Record<string, never>> = {
  name: "LfadsSplitBins",
  results: Number.POSITIVE_INFINITY,
  outputs: 0,
  forward: ({ x }) => Array.from({ length: x.shape[0]! }, (_, t) => at(x, t)),
  gradient: (dys, { x }) => ({ x: () => tidy(() => reshape(concat([...dys], 0), x.shape)) }),
};

/**
 * All bins of a sequence: `[bins, batch, n]` to `[batch, n]` each. Its gradient costs one copy, where that of one bin after the other would
 * cost one of the whole sequence for each.
 */
export function splitBins(x: Tensor): Tensor[] {
  if (x.rank !== 3) throw new Error(`splitBins: x must be [bins, batch, n], got [${x.shape}]`);
  return runOp(splitBinsOp, { x }, {});
}
