import { fill } from "@tensorflow/tfjs-core";
import { parameter } from "../modules/parameters";
import { autoregressiveDivergence } from "../ops";
import { type Prior, requirePositive } from "./prior";

/** Options of {@link autoregressivePrior}. */
export interface AutoregressivePriorOptions {
  /** Where the trainable time constant starts, in bins. @default 10 */
  readonly tau?: number;
  /** Where the trainable innovation variance starts. @default 0.1 */
  readonly variance?: number;
}

/**
 * First-order autoregressive prior of a sequence, each dimension with its own trainable time constant and innovation
 * variance (lfads-torch `AutoregressiveMultivariateNormal`; Pandarinath et al. 2018):
 * `x_0 ~ N(0, v / (1 - a^2))`, `x_t ~ N(a x_{t-1}, v)`, `a = exp(-1 / tau)`. The divergence is a one-sample estimate
 * with noise of its own, summed over bins and dimensions, averaged over trials.
 *
 * Parameters: `logtaus` and `lognvars`, `[size]`.
 *
 * @example
 * ```ts
 * import { autoregressivePrior, LFADS } from "lfads";
 *
 * const model = new LFADS({
 *   channels: 30,
 *   bins: 20,
 *   controller: { outputs: 2, prior: autoregressivePrior({ tau: 20 }) }, // inputs that last about 20 bins
 * });
 * console.log(Math.exp(model.parameters["co_prior.logtaus"].dataSync()[0]).toFixed(1)); // 20.0
 * ```
 * @throws if an option is not positive
 */
export function autoregressivePrior({ tau = 10, variance = 0.1 }: AutoregressivePriorOptions = {}): Prior {
  requirePositive("autoregressivePrior", "tau", tau);
  requirePositive("autoregressivePrior", "variance", variance);
  return {
    frozen: [],
    init: (size) => ({ logtaus: fill([size], Math.log(tau)), lognvars: fill([size], Math.log(variance)) }),
    noise: (draws, name, shape) => draws.normal(name, shape),
    divergence(parameters, posterior, draws, name) {
      if (posterior.mean.rank !== 3) {
        throw new Error(
          `autoregressivePrior: needs a posterior [trials, bins, size], got [${posterior.mean.shape}]`,
        );
      }
      return autoregressiveDivergence({
        ...{ mean: posterior.mean, std: posterior.std },
        noise: draws.normal(name, posterior.mean.shape),
        logtaus: parameter(parameters, "logtaus"),
        lognvars: parameter(parameters, "lognvars"),
      });
    },
  };
}
