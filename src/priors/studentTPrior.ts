import { add, div, exp, fill, log, mean, mul, sqrt, square, sub, sum } from "@tensorflow/tfjs-core";
import { parameter } from "../modules/parameters";
import type { Draws } from "../random";
import { type Prior, requirePositive } from "./prior";

/** Options of {@link studentTPrior}. */
export interface StudentTPriorOptions {
  /** Where the trainable location starts. @default 0 */
  readonly loc?: number;
  /** Where the trainable scale starts. @default 0.3 */
  readonly scale?: number;
  /** Degrees of freedom of prior and posterior. @default 5 */
  readonly df?: number;
}

/**
 * Student-t prior and posterior with the same degrees of freedom (lfads-torch `MultivariateStudentT`), heavier tails than
 * the normal. The divergence is a one-sample estimate, summed over dimensions, averaged over trials and, for a sequence,
 * over bins.
 *
 * Parameters: `loc` and `logscale`, `[size]`.
 *
 * @example
 * ```ts
 * import { LFADS, studentTPrior } from "lfads";
 *
 * const model = new LFADS({
 *   channels: 30,
 *   bins: 20,
 *   controller: { outputs: 2, prior: studentTPrior({ df: 3 }) }, // inputs that are mostly small, now and then large
 * });
 * ```
 * @throws if scale or degrees of freedom are not positive
 */
export function studentTPrior({ loc = 0, scale = 0.3, df = 5 }: StudentTPriorOptions = {}): Prior {
  requirePositive("studentTPrior", "scale", scale);
  requirePositive("studentTPrior", "df", df);
  if (!Number.isFinite(loc)) throw new Error(`studentTPrior: loc must be a number, got ${loc}`);
  const noise = (draws: Draws, name: string, shape: readonly number[]) =>
    div(draws.normal(name, shape), sqrt(div(draws.chiSquared(`${name}_chi2`, shape, df), df)));
  return {
    frozen: [],
    init: (size) => ({ loc: fill([size], loc), logscale: fill([size], Math.log(scale)) }),
    noise,
    divergence(parameters, posterior, draws, name) {
      const standard = noise(draws, name, posterior.mean.shape);
      const x = add(posterior.mean, mul(posterior.std, standard));
      const logscale = parameter(parameters, "logscale");
      const scaled = div(sub(x, parameter(parameters, "loc")), exp(logscale));
      // The densities share their constant; one logarithm of their ratio loses less than two.
      const ratio = div(add(square(scaled), df), add(square(standard), df));
      const scales = sub(logscale, log(posterior.std));
      return mean(sum(add(mul((df + 1) / 2, log(ratio)), scales), -1));
    },
  };
}
