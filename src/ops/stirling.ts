import {
  add,
  greater,
  log,
  maximum,
  mul,
  sub,
  type Tensor,
  tidy,
  where,
  zerosLike,
} from "@tensorflow/tfjs-core";

/**
 * Stirling's approximation of `log k!`, `k log k - k + log(2 pi k) / 2`, where k > 1, else 0: constant in a model, it makes
 * losses comparable.
 */
export function stirling(counts: Tensor): Tensor {
  return tidy(() => {
    const k = maximum(counts, 1);
    const value = add(sub(mul(k, log(k)), k), mul(0.5, log(mul(2 * Math.PI, k))));
    return where(greater(counts, 1), value, zerosLike(value));
  });
}
