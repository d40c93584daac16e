import type { Tensor } from "@tensorflow/tfjs-core";
import { at, placedAt } from "./heap";
import { type Op, runOp } from "./op";

/** The kernel. */
export const binOp: Op<{ x: Tensor }, { t: number }> = {
  name: "LfadsBin",
  results: 1,
  outputs: 1,
  forward: ({ x }, { t }) => [at(x, t)],
  gradient: ([dy], { x }, _, { t }) => ({ x: () => placedAt(dy!, t, x.shape[0]!) }),
};

/**
 * One bin of a sequence: `[bins, batch, n]` to `[batch, n]`.
 * @throws if there is no such bin
 */
export function bin(x: Tensor, t: number): Tensor {
  if (x.rank !== 3) throw new Error(`bin: x must be [bins, batch, n], got [${x.shape}]`);
  if (!(Number.isInteger(t) && t >= 0 && t < x.shape[0]!)) {
    throw new Error(`bin: t must be a whole number from 0 to ${x.shape[0]! - 1}, got ${t}`);
  }
  return runOp(binOp, { x }, { t })[0]!;
}
