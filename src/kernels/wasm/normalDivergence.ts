import { NORMAL_INPUTS, type NormalDivergenceInputs } from "../../ops/normalDivergence";
import type { Implementation } from "../../ops/op";
import type { Machine } from "./machine";
import { type Sum, slopesKernel } from "./slopes";

/** The divergence of `ops/normalDivergence.ts`, in double precision. */
export function normalDivergenceKernel(machine: Machine): Implementation<NormalDivergenceInputs, object> {
  return slopesKernel(machine, NORMAL_INPUTS, divergence);
}

const divergence: Sum<(typeof NORMAL_INPUTS)[number], (typeof NORMAL_INPUTS)[number]> = (inputs, slopes) => {
  const width = inputs.logvar.length;
  const rows = inputs.mean.length / width;
  let total = 0;
  for (let d = 0; d < width; d++) {
    const centre = inputs.priorMean[d]!;
    const precision = Math.exp(-inputs.logvar[d]!);
    let [deviations, squares, logs] = [0, 0, 0];
    for (let i = d; i < inputs.mean.length; i += width) {
      const std = inputs.std[i]!;
      const deviation = inputs.mean[i]! - centre;
      slopes.mean[i] = (deviation * precision) / rows;
      slopes.std[i] = (std * precision - 1 / std) / rows;
      deviations += deviation;
      squares += deviation * deviation + std * std;
      logs += Math.log(std);
    }
    const ratio = (squares * precision) / rows;
    slopes.priorMean[d] = (-deviations * precision) / rows;
    slopes.logvar[d] = 0.5 * (1 - ratio);
    total += 0.5 * (inputs.logvar[d]! + ratio - 1) - logs / rows;
  }
  return total;
};
