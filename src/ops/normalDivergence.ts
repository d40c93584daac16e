import {
  add,
  div,
  exp,
  log,
  mean,
  mul,
  neg,
  square,
  sub,
  sum,
  type Tensor,
  tidy,
} from "@tensorflow/tfjs-core";
import { asMatrix } from "./linear";
import { type Op, runOp } from "./op";
import { requireShape } from "./requireShape";
import { fromSlopes } from "./slopes";

/** Inputs of {@link normalDivergence}. */
export type NormalDivergenceInputs = {
  /** Mean and standard deviation of the posterior, `[..., size]` each. */
  readonly mean: Tensor;
  readonly std: Tensor;
  /** Mean and log-variance of the prior, `[size]` each. */
  readonly priorMean: Tensor;
  readonly logvar: Tensor;
};

/** In the order of the saved slopes. */
export const NORMAL_INPUTS = ["mean", "std", "priorMean", "logvar"] as const;

/** The kernel. */
export const normalDivergenceOp: Op<NormalDivergenceInputs, object> = {
  name: "LfadsNormalDivergence",
  results: 1,
  outputs: 5,
  forward: (inputs, _, recording) =>
    tidy(() => {
      const { mean: centre, std, priorMean, logvar } = inputs;
      const variance = exp(logvar);
      const deviation = sub(centre, priorMean);
      const ratio = div(add(square(std), square(deviation)), variance);
      const divergences = sub(mul(0.5, sub(add(ratio, logvar), 1)), log(std));
      const value = mean(sum(divergences, -1));
      if (!recording) return [value];
      const rows = centre.size / logvar.size;
      const scaled = div(deviation, mul(variance, rows));
      const overRows = (x: Tensor) => sum(asMatrix(x), 0);
      return [
        value,
        scaled,
        div(sub(div(std, variance), div(1, std)), rows),
        neg(overRows(scaled)),
        mul(0.5, sub(1, div(overRows(ratio), rows))),
      ];
    }),
  gradient: ([dy], _, [, ...slopes]) => fromSlopes(NORMAL_INPUTS, slopes, (slope) => mul(slope, dy!)),
};

/**
 * Kullback-Leibler divergence of diagonal normal distributions from one: `log(s_p / s_q) + (s_q^2 + (m_q - m_p)^2) / (2 s_p^2) -
 * 1/2`, summed over the last axis, averaged over all others.
 * @throws if a shape does not fit that of the mean
 */
export function normalDivergence(inputs: NormalDivergenceInputs): Tensor {
  const { shape } = inputs.mean;
  if (shape.length === 0) throw new Error("normalDivergence: mean must be [..., size], got []");
  requireShape("normalDivergence", "std", inputs.std, shape);
  requireShape("normalDivergence", "priorMean", inputs.priorMean, shape.slice(-1));
  requireShape("normalDivergence", "logvar", inputs.logvar, shape.slice(-1));
  return runOp(normalDivergenceOp, inputs, {})[0]!;
}
