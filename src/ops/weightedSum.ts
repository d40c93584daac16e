import { add, mul, scalar, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { type Op, runOp } from "./op";
import { requireShape } from "./requireShape";

/** Scalars by their number. */
export type SumInputs = Record<string, Tensor>;

/** Attributes of {@link weightedSumOp}. */
export interface SumFactors {
  /** One for each scalar. */
  readonly factors: readonly number[];
}

/** The kernel. */
export const weightedSumOp: Op<SumInputs, SumFactors> = {
  name: "LfadsWeightedSum",
  results: 1,
  outputs: 1,
  forward: (inputs, { factors }) => [
    tidy(() =>
      Object.values(inputs)
        .map((x, i): Tensor => mul(factors[i]!, x))
        .reduce((total, part) => add(total, part), scalar(0)),
    ),
  ],
  gradient: ([dy], inputs, _, { factors }) =>
    Object.fromEntries(Object.keys(inputs).map((name, i) => [name, () => mul(factors[i]!, dy!)])),
};

/**
 * `sum_k f_k x_k` of scalars.
 * @throws if there is not one factor for each
 */
export function weightedSum(scalars: readonly Tensor[], factors: readonly number[]): Tensor {
  if (factors.length !== scalars.length) {
    throw new Error(
      `weightedSum: factors must be as many as scalars, ${scalars.length}, got ${factors.length}`,
    );
  }
  for (const x of scalars) requireShape("weightedSum", "scalars", x, []);
  return runOp(weightedSumOp, Object.fromEntries(scalars.entries()), { factors })[0]!;
}
