import { concat, reshape, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { at } from "./heap";
import { type Op, runOp } from "./op";
import { requireShape } from "./requireShape";

/** Bins by their number, `[batch, n]` each. */
export type BinInputs = Record<string, Tensor>;

/** The kernel. */
const stackBinsOp: Op<BinInputs, Record<string, never>> = {
  name: "LfadsStackBins",
  results: 1,
  outputs: 0,
  forward(inputs) {
    const bins = Object.values(inputs);
    return [tidy(() => reshape(concat(bins, 0), [bins.length, ...bins[0]!.shape]))];
  },
  gradient: ([dy], inputs) =>
    Object.fromEntries(Object.keys(inputs).map((name, t) => [name, () => at(dy!, t)])),
};

/**
 * Bins one after the other: `[batch, n]` each to `[bins, batch, n]`.
 * @throws if there are none, or their shapes differ
 */
export function stackBins(bins: readonly Tensor[]): Tensor {
  if (bins.length === 0 || bins[0]!.rank !== 2) {
    throw new Error(`stackBins: bins must be at least one, [batch, n] each, got ${bins.length}`);
  }
  for (const bin of bins) requireShape("stackBins", "bins", bin, bins[0]!.shape);
  return runOp(stackBinsOp, Object.fromEntries(bins.entries()), {})[0]!;
}
