import { pad, type Tensor } from "@tensorflow/tfjs-core";

/** `x` as the corner of `shape` where all indices are small, and `value` beyond it. */
export function padTo(x: Tensor, shape: readonly number[], value: number): Tensor {
  const after = shape.map((n, axis) => [0, n - x.shape[axis]!] as [number, number]);
  return after.every(([, n]) => n === 0) ? x : pad(x, after, value);
}
