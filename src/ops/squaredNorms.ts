import { add, mul, scalar, square, sum, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { type Op, runOp } from "./op";

/** Tensors by their number. */
export type NormInputs = Record<string, Tensor>;

/** Attributes of {@link squaredNormsOp}. */
export interface NormFactors {
  /** One for each tensor. */
  readonly factors: readonly number[];
}

/** The kernel. */
export const squaredNormsOp: Op<NormInputs, NormFactors> = {
  name: "LfadsSquaredNorms",
  results: 1,
  outputs: 1,
  forward: (inputs, { factors }) => [
    tidy(() =>
      Object.values(inputs)
        .map((x, i): Tensor => mul(factors[i]!, sum(square(x))))
        .reduce((total, part) => add(total, part), scalar(0)),
    ),
  ],
  gradient: ([dy], inputs, _, { factors }) =>
    Object.fromEntries(
      Object.entries(inputs).map(([name, x], i) => [name, () => mul(x, mul(dy!, 2 * factors[i]!))]),
    ),
};

/**
 * `sum_k f_k ||x_k||^2`, a scalar; 0 for no tensors.
 * @throws if there is not one factor for each tensor
 */
export function squaredNorms(tensors: readonly Tensor[], factors: readonly number[]): Tensor {
  if (factors.length !== tensors.length) {
    throw new Error(
      `squaredNorms: factors must be as many as tensors, ${tensors.length}, got ${factors.length}`,
    );
  }
  return runOp(squaredNormsOp, Object.fromEntries(tensors.entries()), { factors })[0]!;
}
