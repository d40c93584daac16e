import {
  add,
  concat,
  div,
  exp,
  log,
  mean,
  mul,
  neg,
  slice,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  tidy,
  zeros,
  zerosLike,
} from "@tensorflow/tfjs-core";
import { type Op, runOp } from "./op";
import { requireShape } from "./requireShape";
import { fromSlopes } from "./slopes";

/** Inputs of {@link autoregressiveDivergence}. */
export type AutoregressiveInputs = {
  /** Mean and standard deviation of the posterior, `[trials, bins, size]` each. */
  readonly mean: Tensor;
  readonly std: Tensor;
  /** Standard noise, constant, of the same shape. */
  readonly noise: Tensor;
  /** Logarithms of the prior's time constants in bins and of its innovation variances, `[size]` each. */
  readonly logtaus: Tensor;
  readonly lognvars: Tensor;
};

/** In the order of the saved slopes. */
export const AUTOREGRESSIVE_INPUTS = ["mean", "std", "logtaus", "lognvars"] as const;

/** The kernel. */
export const autoregressiveDivergenceOp: Op<AutoregressiveInputs, object> = {
  name: "LfadsAutoregressiveDivergence",
  results: 1,
  outputs: 5,
  forward: (inputs, _, recording) =>
    tidy(() => {
      const { mean: centre, std, noise, logtaus, lognvars } = inputs;
      const [trials, bins] = centre.shape as [number, number, number];
      const first = tensor([1, ...new Array<number>(bins - 1).fill(0)], [bins, 1]);
      const rate = exp(neg(logtaus));
      const alpha = exp(neg(rate));
      const rest = sub(1, square(alpha));
      const precision = div(sub(1, mul(first, square(alpha))), exp(lognvars));
      const x = add(centre, mul(std, noise));
      const before = shifted(x, 1);
      const deviation = sub(x, mul(alpha, before));
      const pull = mul(deviation, precision);
      const squares = mul(deviation, pull);
      // Twice the log-densities, without the constant that both have.
      const logP = add(squares, sub(lognvars, mul(first, log(rest))));
      const logQ = add(square(noise), mul(2, log(std)));
      const value = mul(0.5, mean(sum(sub(logP, logQ), [1, 2])));
      if (!recording) return [value];
      const slope = div(sub(pull, shifted(mul(alpha, pull), -1)), trials);
      const average = (y: Tensor) => mean(sum(y, 1), 0);
      const stationary = mul(first, div(mul(alpha, sub(1, squares)), rest));
      return [
        value,
        slope,
        sub(mul(slope, noise), div(1 / trials, std)),
        mul(average(sub(stationary, mul(pull, before))), mul(alpha, rate)),
        mul(0.5, average(sub(1, squares))),
      ];
    }),
  gradient: ([dy], _, [, ...slopes]) => ({
    ...fromSlopes(AUTOREGRESSIVE_INPUTS, slopes, (slope) => mul(slope, dy!)),
    noise,
  }),
};

/** Later by one bin, or earlier, with zeros for what comes from outside. */
function shifted(x: Tensor, by: 1 | -1): Tensor {
  const [trials, bins, size] = x.shape as [number, number, number];
  if (bins === 1) return zerosLike(x);
  const kept = slice(x, [0, by > 0 ? 0 : 1, 0], [trials, bins - 1, size]);
  const none = zeros([trials, 1, size]);
  return concat(by > 0 ? [none, kept] : [kept, none], 1);
}

/** What has no gradient. */
export function noise(): never {
  throw new Error("autoregressiveDivergence: noise is a constant, without a gradient");
}

/**
 * `log q(x) - log p(x)` for one sample `x = mean + std * noise` of each trial's posterior q, summed over bins and dimensions,
 * averaged over trials. The prior p is a first-order autoregressive process in each dimension: `x_0 ~ N(0, v / (1 - a^2))`,
 * `x_t ~ N(a x_{t-1}, v)` with `a = exp(-1 / tau)`.
 * @throws if a shape does not fit that of the mean
 */
export function autoregressiveDivergence(inputs: AutoregressiveInputs): Tensor {
  const { shape } = inputs.mean;
  if (shape.length !== 3) {
    throw new Error(`autoregressiveDivergence: mean must be [trials, bins, size], got [${shape}]`);
  }
  requireShape("autoregressiveDivergence", "std", inputs.std, shape);
  requireShape("autoregressiveDivergence", "noise", inputs.noise, shape);
  requireShape("autoregressiveDivergence", "logtaus", inputs.logtaus, shape.slice(-1));
  requireShape("autoregressiveDivergence", "lognvars", inputs.lognvars, shape.slice(-1));
  return runOp(autoregressiveDivergenceOp, inputs, {})[0]!;
}
