import { add, reshape, sum, type Tensor, zeros } from "@tensorflow/tfjs-core";
import { type Op, runOp } from "./op";

/** The kernel. */
export const repeatRowOp: Op<{ row: Tensor }, { rows: number }> = {
  name: "LfadsRepeatRow",
  results: 1,
  outputs: 1,
  forward: ({ row }, { rows }) => [add(row, zeros([rows, 1]))],
  gradient: ([dy], { row }) => ({ row: () => reshape(sum(dy!, 0), row.shape) }),
};

/**
 * `[1, n]` repeated to `[rows, n]`.
 * @throws if it is not one row
 */
export function repeatRow(row: Tensor, rows: number): Tensor {
  if (row.rank !== 2 || row.shape[0] !== 1) {
    throw new Error(`repeatRow: row must be [1, n], got [${row.shape}]`);
  }
  return runOp(repeatRowOp, { row }, { rows })[0]!;
}
