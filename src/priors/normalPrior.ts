import { fill } from "@tensorflow/tfjs-core";
import { parameter } from "../modules/parameters";
import { normalDivergence } from "../ops";
import { type Prior, requirePositive } from "./prior";

/** Options of {@link normalPrior}. */
export interface NormalPriorOptions {
  /** Where the trainable mean starts. @default 0 */
  readonly mean?: number;
  /** Fixed variance. @default 0.1 */
  readonly variance?: number;
}

/**
 * Normal prior with trainable mean and fixed variance (lfads-torch `MultivariateNormal`). Analytic divergence
 * `log(s_p / s_q) + (s_q^2 + (m_q - m_p)^2) / (2 s_p^2) - 1/2`, summed over dimensions, averaged over trials and, for a
 * sequence, over bins.
 *
 * Parameters: `mean` and the frozen `logvar`, `[size]`.
 *
 * @example
 * ```ts
 * import { LFADS, normalPrior } from "lfads";
 *
 * const model = new LFADS({
 *   channels: 30,
 *   bins: 20,
 *   initialCondition: { size: 16, prior: normalPrior({ variance: 1 }) },
 * });
 * console.log(model.parameters["ic_prior.mean"].shape); // [ 16 ]
 * ```
 * @throws if the variance is not positive
 */
export function normalPrior({ mean: start = 0, variance = 0.1 }: NormalPriorOptions = {}): Prior {
  requirePositive("normalPrior", "variance", variance);
  if (!Number.isFinite(start)) throw new Error(`normalPrior: mean must be a number, got ${start}`);
  return {
    frozen: ["logvar"],
    init: (size) => ({ mean: fill([size], start), logvar: fill([size], Math.log(variance)) }),
    noise: (draws, name, shape) => draws.normal(name, shape),
    divergence(parameters, posterior) {
      return normalDivergence({
        ...{ mean: posterior.mean, std: posterior.std },
        priorMean: parameter(parameters, "mean"),
        logvar: parameter(parameters, "logvar"),
      });
    },
  };
}
