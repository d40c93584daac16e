import type { Tensor } from "@tensorflow/tfjs-core";
import type { NoInputs } from "./draws";
import { filled } from "./heap";
import { type Op, runOp } from "./op";

/** Numbers that {@link takeRows} takes from. */
export interface Rows {
  readonly data: ArrayLike<number> & { subarray(start: number, end: number): ArrayLike<number> };
  /** `[rows, ...]` */
  readonly shape: readonly number[];
}

/** Attributes of {@link takeRowsOp}. */
export interface TakeAttributes extends Rows {
  readonly indices: ArrayLike<number>;
  /** What stands in for NaN; NaN itself when undefined. */
  readonly missing?: number | undefined;
}

/** The kernel. */
export const takeRowsOp: Op<NoInputs, TakeAttributes> = {
  name: "LfadsTakeRows",
  results: 1,
  outputs: 0,
  forward: (_, attributes) => [
    filled([attributes.indices.length, ...attributes.shape.slice(1)], (target) => copy(target, attributes)),
  ],
  gradient: () => ({}),
};

/** Writes the rows one after the other. */
export function copy(target: Float32Array, { data, shape, indices, missing }: TakeAttributes): void {
  const width = data.length / shape[0]!;
  for (let i = 0; i < indices.length; i++) {
    const start = indices[i]! * width;
    target.set(data.subarray(start, start + width), i * width);
  }
  if (missing === undefined) return;
  for (let i = 0; i < target.length; i++) if (Number.isNaN(target[i])) target[i] = missing;
}

/**
 * The rows `indices` of an array as a float32 tensor `[indices, ...]`.
 * @param missing what stands in for NaN @default NaN itself
 */
export function takeRows(rows: Rows, indices: ArrayLike<number>, missing?: number): Tensor {
  return runOp(takeRowsOp, {}, { ...rows, indices, missing })[0]!;
}
