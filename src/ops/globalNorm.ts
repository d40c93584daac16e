import {
  add,
  concat,
  div,
  minimum,
  reshape,
  scalar,
  sqrt,
  square,
  sum,
  type Tensor,
} from "@tensorflow/tfjs-core";

/** Euclidean norm of all tensors together, a scalar. */
export function globalNorm(tensors: readonly Tensor[]): Tensor {
  if (tensors.length === 0) return scalar(0);
  // Not addN: of more than seven tensors its result is nothing on webgpu, without an error.
  return sqrt(sum(concat(tensors.map((x) => reshape(sum(square(x)), [1])))));
}

/** The factor that brings a norm down to `limit`: `min(1, limit / (norm + 1e-6))`. */
export function clipFactor(norm: Tensor, limit: number): Tensor {
  if (limit === Number.POSITIVE_INFINITY) return scalar(1); // also of a norm that is infinite
  return minimum(1, div(limit, add(norm, 1e-6)));
}
