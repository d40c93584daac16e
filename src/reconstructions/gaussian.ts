import {
  add,
  customGrad,
  div,
  exp,
  log,
  maximum,
  mul,
  square,
  sub,
  type Tensor,
} from "@tensorflow/tfjs-core";
import { blocks, type Reconstruction } from "./reconstruction";

const VARIANCE_MIN = 1e-6;

/**
 * Gaussian with mean and log-variance from the readout: `(log v + (x - m)^2 / v) / 2`, the variance at least 1e-6.
 * Without the constant `log(2 pi) / 2`, as in lfads-torch.
 *
 * @example
 * ```ts
 * import { fit, gaussian, LFADS, ndarray, splitTrials } from "lfads";
 *
 * const signals = ndarray(Float32Array.from({ length: 10 * 20 * 4 }, (_, i) => Math.sin(i)), [10, 20, 4]);
 * const model = new LFADS({ channels: 4, bins: 20, reconstruction: gaussian() });
 * await fit(model, splitTrials({ encode: signals, reconstruct: signals }), { epochs: 1 });
 * ```
 */
export function gaussian(): Reconstruction {
  return {
    parametersPerChannel: 2,
    counts: false,
    loss(data, readout) {
      const [mean, logvar] = blocks(readout, 2);
      const variance = floor(exp(logvar!), VARIANCE_MIN);
      return mul(0.5, add(log(variance), div(square(sub(data, mean!)), variance)));
    },
    mean: (readout) => blocks(readout, 2)[0]!,
  };
}

/**
 * Squared error `(x - m)^2`.
 *
 * @example
 * ```ts
 * import { tensor } from "@tensorflow/tfjs-core";
 * import { LFADS, meanSquaredError } from "lfads";
 *
 * const reconstruction = meanSquaredError();
 * console.log(reconstruction.loss(tensor([1, 2]), tensor([1, 4]), {}).dataSync().join()); // 0,4
 * const model = new LFADS({ channels: 4, bins: 20, reconstruction });
 * ```
 */
export function meanSquaredError(): Reconstruction {
  return {
    parametersPerChannel: 1,
    counts: false,
    loss: (data, readout) => square(sub(data, readout)),
    mean: (readout) => readout.clone(),
  };
}

/** The larger of `x` and `least`. The gradient passes all the same, so that what fell below can come back. */
function floor(x: Tensor, least: number): Tensor {
  return customGrad((input) => ({
    value: maximum(input as Tensor, least),
    gradFunc: (dy: Tensor) => dy.clone(),
  }))(x);
}
