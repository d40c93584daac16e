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
export function copy(target: Float32Array, { data, shape, indices }: TakeAttributes): void {
  const width = data.length / shape[0]!;
  for (let i = 0; i < indices.length; i++) {
    const start = indices[i]! * width;
    target.set(data.subarray(start, start + width), i * width);
  }
}

/** The rows `indices` of an array as a float32 tensor `[indices, ...]`. */
export function takeRows(rows: Rows, indices: ArrayLike<number>): Tensor {
  return runOp(takeRowsOp, {}, { ...rows, indices })[0]!;
}
