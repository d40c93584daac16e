import {
  add,
  div,
  equal,
  exp,
  fill,
  log,
  maximum,
  mul,
  onesLike,
  reshape,
  sigmoid,
  slice,
  softplus,
  square,
  sub,
  sum,
  type Tensor,
  where,
} from "@tensorflow/tfjs-core";
import { type Parameters, parameter } from "../modules/parameters";
import { logGamma } from "../ops";
import { blocks, type Reconstruction } from "./reconstruction";

/** `-log Gamma(x; shape, rate)` */
function gammaLoss(data: Tensor, shape: Tensor, rate: Tensor): Tensor {
  const energy = sub(mul(rate, data), mul(sub(shape, 1), log(data)));
  return add(sub(energy, mul(shape, log(rate))), logGamma(shape));
}

/**
 * Gamma with log-shape and log-rate from the readout, for positive data such as calcium transients.
 *
 * @example
 * ```ts
 * import { tensor } from "@tensorflow/tfjs-core";
 * import { gamma, LFADS } from "lfads";
 *
 * const reconstruction = gamma();
 * const readout = tensor([Math.log(6), Math.log(2)], [1, 1, 2]); // shape 6, rate 2 of one channel
 * console.log(reconstruction.mean(readout, {}).dataSync()[0].toFixed(2)); // 3.00
 * const model = new LFADS({ channels: 4, bins: 20, reconstruction });
 * ```
 */
export function gamma(): Reconstruction {
  const distribution = (readout: Tensor) => blocks(readout, 2).map((block) => exp(block)) as [Tensor, Tensor];
  return {
    parametersPerChannel: 2,
    counts: false,
    support: { rule: "positive", has: (value) => value > 0 },
    loss: (data, readout) => gammaLoss(data, ...distribution(readout)),
    mean: (readout) => div(...distribution(readout)),
  };
}

/** Least value of the sigmoids of the zero-inflated gamma. */
const FLOOR = 1e-5;

/** Options of {@link zeroInflatedGamma}. */
export interface ZeroInflatedGammaOptions {
  /** Least non-zero value of the data: the gamma starts there. @default 0 */
  readonly loc?: number;
  /** Where the trainable scales of shape and rate start. @default 1 */
  readonly scale?: number;
  /** Value that the penalty pulls the scales to. @default 1 */
  readonly scalePrior?: number;
  /** Weight of that penalty, `0.5 * penalty * sum((scale - scalePrior)^2)`. @default 0 */
  readonly penalty?: number;
}

/**
 * Zero with probability `1 - q`, otherwise `loc` plus a gamma (Zhu et al. 2022, RADICaL; lfads-torch
 * `ZeroInflatedGamma`). The readout gives shape, rate and q through sigmoids, floored at 1e-5; shape and rate are scaled by
 * the trainable parameter `scale` `[2, channels]`.
 *
 * @example
 * ```ts
 * import { LFADS, zeroInflatedGamma } from "lfads";
 *
 * // Deconvolved calcium: most samples are 0, the others at least 0.1.
 * const reconstruction = zeroInflatedGamma({ loc: 0.1, scale: 20, scalePrior: 20, penalty: 1e-4 });
 * const model = new LFADS({ channels: 30, bins: 20, reconstruction });
 * ```
 */
export function zeroInflatedGamma({
  loc = 0,
  scale = 1,
  scalePrior = 1,
  penalty = 0,
}: ZeroInflatedGammaOptions = {}): Reconstruction {
  const limits = {
    loc: [loc, 0],
    scale: [scale, 1e-6],
    scalePrior: [scalePrior, 0],
    penalty: [penalty, 0],
  } as const;
  for (const [name, [value, least]] of Object.entries(limits)) {
    if (!(value >= least && value < Infinity)) {
      throw new Error(`zeroInflatedGamma: ${name} must be a number of at least ${least}, got ${value}`);
    }
  }
  const distribution = (readout: Tensor, parameters: Parameters) => {
    const [shape, rate, q] = blocks(maximum(sigmoid(readout), FLOOR), 3) as [Tensor, Tensor, Tensor];
    const scales = parameter(parameters, "scale");
    const of = (row: number) => reshape(slice(scales, [row, 0], [1, -1]), [-1]);
    return { shape: mul(shape, of(0)), rate: mul(rate, of(1)), q };
  };
  return {
    parametersPerChannel: 3,
    counts: false,
    support: { rule: `zero or more than ${loc}`, has: (value) => value === 0 || value > loc },
    init: (channels) => ({ scale: fill([2, channels], scale) }),
    loss(data, readout, parameters) {
      const { shape, rate, q } = distribution(readout, parameters);
      const silent = equal(data, 0);
      const value = where(silent, onesLike(data), sub(data, loc));
      const active = sub(gammaLoss(value, shape, rate), log(q));
      // -log(1 - q) from the logit: 1 - q itself is 0 for large ones, and the gradient NaN, even of active samples.
      const logit = maximum(blocks(readout, 3)[2]!, Math.log(FLOOR / (1 - FLOOR)));
      return where(silent, softplus(logit), active);
    },
    mean(readout, parameters) {
      const { shape, rate, q } = distribution(readout, parameters);
      return mul(q, add(div(shape, rate), loc));
    },
    penalty: (parameters) => mul(0.5 * penalty, sum(square(sub(parameter(parameters, "scale"), scalePrior)))),
  };
}
