import { scalar } from "@tensorflow/tfjs-core";
import type { Implementation } from "../../ops/op";
import type { SumFactors, SumInputs } from "../../ops/weightedSum";
import { numberOf } from "./scaled";

/** The sum of `ops/weightedSum.ts`, in double precision. */
export const weightedSumKernel: Implementation<SumInputs, SumFactors> = {
  forward: (inputs, { factors }) => [
    scalar(Object.values(inputs).reduce((total, x, i) => total + factors[i]! * numberOf(x), 0)),
  ],
  gradient: ([dy], inputs, _, { factors }) => {
    const slope = numberOf(dy!);
    return Object.fromEntries(
      Object.keys(inputs).map((name, i) => [name, () => scalar(factors[i]! * slope)]),
    );
  },
};
