import { scalar } from "@tensorflow/tfjs-core";
import type { Implementation } from "../../ops/op";
import type { NormFactors, NormInputs } from "../../ops/squaredNorms";
import type { Machine } from "./machine";
import { numberOf, scaled } from "./scaled";

/** The sum of `ops/squaredNorms.ts`, in double precision. */
export function squaredNormsKernel(machine: Machine): Implementation<NormInputs, NormFactors> {
  return {
    forward: (inputs, { factors }) =>
      machine.call(() => {
        let total = 0;
        Object.values(inputs).forEach((x, i) => {
          total += factors[i]! * machine.exports.squareSum(machine.flat(x), x.size);
        });
        return [scalar(total)];
      }),
    gradient: ([dy], inputs, _, { factors }) => {
      const slope = 2 * numberOf(dy!);
      const gradients = Object.entries(inputs).map(([name, x], i) => [
        name,
        () => scaled(machine, x, factors[i]! * slope),
      ]);
      return Object.fromEntries(gradients);
    },
  };
}
