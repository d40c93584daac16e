import {
  add,
  concat,
  div,
  exp,
  fill,
  log,
  mean,
  mul,
  neg,
  slice,
  square,
  sub,
  sum,
  type Tensor,
} from "@tensorflow/tfjs-core";
import { parameter } from "../modules/parameters";
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
      const noise = draws.normal(name, posterior.mean.shape);
      const x = add(posterior.mean, mul(posterior.std, noise));
      const lognvars = parameter(parameters, "lognvars");
      const alpha = exp(neg(exp(neg(parameter(parameters, "logtaus")))));
      // Twice the log-densities, without the constant that both have.
      const logQ = neg(add(square(noise), mul(2, log(posterior.std))));
      const stationary = sub(lognvars, log(sub(1, square(alpha))));
      const first = slice(x, [0, 0, 0], [-1, 1, -1]);
      const logP = (deviation: Tensor, logvar: Tensor) =>
        neg(add(div(square(deviation), exp(logvar)), logvar));
      const bins = x.shape[1]!;
      const parts = [logP(first, stationary)];
      if (bins > 1) {
        const previous = slice(x, [0, 0, 0], [-1, bins - 1, -1]);
        parts.push(logP(sub(slice(x, [0, 1, 0]), mul(alpha, previous)), lognvars));
      }
      return mul(0.5, mean(sum(sub(logQ, concat(parts, 1)), [1, 2])));
    },
  };
}
