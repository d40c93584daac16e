import { AUTOREGRESSIVE_INPUTS, type AutoregressiveInputs, noise } from "../../ops/autoregressiveDivergence";
import type { Implementation } from "../../ops/op";
import type { Machine } from "./machine";
import { type Sum, slopesKernel } from "./slopes";

/** The divergence of `ops/autoregressiveDivergence.ts`, in double precision. */
export function autoregressiveDivergenceKernel(
  machine: Machine,
): Implementation<AutoregressiveInputs, object> {
  const { forward, gradient } = slopesKernel(machine, AUTOREGRESSIVE_INPUTS, divergence);
  return { forward, gradient: (dys, inputs, outputs) => ({ ...gradient(dys, inputs, outputs), noise }) };
}

/** Dimension by dimension, each trial from its last bin to the first, as the slopes of a bin take from the next. */
const divergence: Sum<keyof AutoregressiveInputs, (typeof AUTOREGRESSIVE_INPUTS)[number]> = (
  { mean, std, noise, logtaus, lognvars },
  { mean: byMean, std: byStd, logtaus: byLogtaus, lognvars: byLognvars },
  [trials, bins, width],
) => {
  const share = 1 / trials!;
  const sample = (i: number) => mean[i]! + std[i]! * noise[i]!;
  let total = 0;
  for (let d = 0; d < width!; d++) {
    const rate = Math.exp(-logtaus[d]!);
    const alpha = Math.exp(-rate);
    const rest = -Math.expm1(-2 * rate); // 1 - alpha^2
    const precision = Math.exp(-lognvars[d]!);
    let [squares, logs, byAlpha] = [0, 0, 0];
    let product = 1; // of standard deviations: one logarithm for many of them
    for (let trial = 0; trial < trials!; trial++) {
      let i = ((trial + 1) * bins! - 1) * width! + d;
      let x = sample(i);
      let next = 0;
      for (let t = bins! - 1; t >= 0; t--) {
        const before = t > 0 ? sample(i - width!) : 0;
        const deviation = x - alpha * before;
        const pull = deviation * precision * (t > 0 ? 1 : rest);
        const slope = (pull - alpha * next) * share;
        byMean[i] = slope;
        byStd[i] = slope * noise[i]! - share / std[i]!;
        squares += deviation * pull;
        logs += noise[i]! * noise[i]!;
        product *= std[i]!;
        if (!(product > 1e-200 && product < 1e200)) {
          logs += 2 * Math.log(product);
          product = 1;
        }
        byAlpha += t > 0 ? -pull * before : (alpha * (1 - deviation * pull)) / rest;
        next = pull;
        x = before;
        i -= width!;
      }
    }
    byLogtaus[d] = byAlpha * alpha * rate * share;
    byLognvars[d] = 0.5 * (trials! * bins! - squares) * share;
    total += 0.5 * (squares + trials! * (bins! * lognvars[d]! - Math.log(rest)) - logs) - Math.log(product);
  }
  return total * share;
};
