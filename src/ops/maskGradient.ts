import { customGrad, type GradSaveFunc, mul, type Tensor } from "@tensorflow/tfjs-core";

/**
 * Passes `x` on unchanged and its gradient only where `mask` is 1: the gradient of coordinated dropout (Keshtkaran &
 * Pandarinath 2019), the same as `x * mask + stopGradient(x * (1 - mask))`.
 *
 * @param mask same shape as `x`, a constant
 * @throws if the shapes differ
 */
export function maskGradient(x: Tensor, mask: Tensor): Tensor {
  if (`${x.shape}` !== `${mask.shape}`) {
    throw new Error(`maskGradient: mask must have the shape of x [${x.shape}], got [${mask.shape}]`);
  }
  return customGrad((input, save) => {
    (save as GradSaveFunc)([mask]);
    return {
      value: (input as Tensor).clone(),
      gradFunc: (dy: Tensor, saved: Tensor[]) => mul(dy, saved[0]!),
    };
  })(x);
}
