import { mul, type Tensor } from "@tensorflow/tfjs-core";
import { version } from "./kernelPath";

/**
 * `x` times a mask, number by number.
 * @throws if the shapes differ
 */
export function masked(x: Tensor, mask: Tensor): Tensor {
  if (`${x.shape}` !== `${mask.shape}`) {
    throw new Error(`masked: mask must have the shape of x [${x.shape}], got [${mask.shape}]`);
  }
  return version<Masked>("masked", mul)(x, mask);
}

/** A version of {@link masked}; shapes are checked. */
export type Masked = (x: Tensor, mask: Tensor) => Tensor;
