import {
  add,
  customGrad,
  div,
  type GradSaveFunc,
  log,
  mul,
  reciprocal,
  square,
  sub,
  type Tensor,
  tidy,
} from "@tensorflow/tfjs-core";

const SHIFT = 4;

/**
 * Logarithm of the gamma function of positive numbers, by Stirling's series at `x + 4` and the recurrence
 * `lgamma(x) = lgamma(x + 4) - log(x (x + 1) (x + 2) (x + 3))`; the gradient is {@link digamma}. The series is accurate
 * to 2e-9, so the error is that of float32.
 */
export function logGamma(x: Tensor): Tensor {
  return customGrad((input, save) => {
    const x = input as Tensor;
    (save as GradSaveFunc)([x]);
    return { value: stirling(x), gradFunc: (dy: Tensor, saved: Tensor[]) => mul(dy, digamma(saved[0]!)) };
  })(x);
}

function stirling(x: Tensor): Tensor {
  return tidy(() => {
    const y = add(x, SHIFT);
    const i = reciprocal(y);
    const i2 = square(i);
    // 1/12 - i2 (1/360 - i2 (1/1260 - i2 / 1680))
    const series = mul(i, sub(1 / 12, mul(i2, sub(1 / 360, mul(i2, sub(1 / 1260, mul(i2, 1 / 1680)))))));
    const main = add(sub(mul(sub(y, 0.5), log(y)), y), add(series, 0.5 * Math.log(2 * Math.PI)));
    const low = log(mul(x, add(x, 1)));
    const high = log(mul(add(x, 2), add(x, 3)));
    return sub(sub(main, low), high);
  });
}

/** Derivative of {@link logGamma}, by its asymptotic series at `x + 4`. Has no gradient of its own. */
export function digamma(x: Tensor): Tensor {
  return tidy(() => {
    const y = add(x, SHIFT);
    const i2 = square(reciprocal(y));
    // 1/12 - i2 (1/120 - i2 (1/252 - i2 / 240))
    const series = mul(i2, sub(1 / 12, mul(i2, sub(1 / 120, mul(i2, sub(1 / 252, mul(i2, 1 / 240)))))));
    let value: Tensor = sub(sub(log(y), div(0.5, y)), series);
    for (let shift = 0; shift < SHIFT; shift++) value = sub(value, reciprocal(add(x, shift)));
    return value;
  });
}
