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

/** Dimension by dimension, each from the last bin of the last trial to the first, as the slopes of a bin take from the next. */
const divergence: Sum<keyof AutoregressiveInputs, (typeof AUTOREGRESSIVE_INPUTS)[number]> = (
  { mean, std, noise, logtaus, lognvars },
  slopes,
  [trials, bins, width],
) => {
  const rows = trials! * bins!;
  const sample = (i: number) => mean[i]! + std[i]! * noise[i]!;
  let total = 0;
  for (let d = 0; d < width!; d++) {
    const rate = Math.exp(-logtaus[d]!);
    const alpha = Math.exp(-rate);
    const rest = -Math.expm1(-2 * rate); // 1 - alpha^2
    const precision = Math.exp(-lognvars[d]!);
    let [squares, logs, byAlpha, pullOfNext] = [0, 0, 0, 0];
    let x = sample((rows - 1) * width! + d);
    for (let row = rows - 1; row >= 0; row--) {
      const i = row * width! + d;
      const before = row > 0 ? sample(i - width!) : 0;
      const first = row % bins! === 0;
      const deviation = first ? x : x - alpha * before;
      const pull = deviation * precision * (first ? rest : 1);
      const slope = pull - alpha * pullOfNext;
      slopes.mean[i] = slope / trials!;
      slopes.std[i] = (slope * noise[i]! - 1 / std[i]!) / trials!;
      squares += deviation * pull;
      logs += noise[i]! * noise[i]! + 2 * Math.log(std[i]!);
      byAlpha += first ? (alpha * (1 - deviation * pull)) / rest : -pull * before;
      pullOfNext = first ? 0 : pull;
      x = before;
    }
    slopes.logtaus[d] = (byAlpha * alpha * rate) / trials!;
    slopes.lognvars[d] = (0.5 * (rows - squares)) / trials!;
    total += 0.5 * (squares + rows * lognvars[d]! - trials! * Math.log(rest) - logs);
  }
  return total / trials!;
};
