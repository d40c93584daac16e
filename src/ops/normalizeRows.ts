import { div, sqrt, square, sum, type Tensor } from "@tensorflow/tfjs-core";

/** Divides every row of a matrix by its Euclidean norm: `[rows, columns]` to the same shape. */
export function normalizeRows(weight: Tensor): Tensor {
  if (weight.rank !== 2) throw new Error(`normalizeRows: weight must be a matrix, got [${weight.shape}]`);
  return div(weight, sqrt(sum(square(weight), 1, true)));
}
