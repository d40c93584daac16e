import { log } from "./arithmetic";

const LOG_2PI = 1.8378770664093456;
const FACTORIALS = [1, 1, 2, 6, 24, 120, 720, 5040, 40320, 362880, 3628800, 39916800, 479001600];

/**
 * log of the Poisson probability e^-rate rate^k / k!, accurate to about 1e-13 absolute for any count k and
 * rate, because no large terms cancel.
 *
 * Source: Loader 2000, Fast and Accurate Computation of Binomial Probabilities (the saddle-point form).
 */
export function poissonLogProbability(k: number, rate: number): number {
  if (k === 0) return -rate;
  return -0.5 * (LOG_2PI + log(k)) - stirlingError(k) - deviance(k, rate);
}

/** log k! - (k log k - k + log(2 pi k) / 2), k >= 1. */
function stirlingError(k: number): number {
  const factorial = FACTORIALS[k];
  if (factorial !== undefined) return log(factorial) - (k * log(k) - k + 0.5 * (LOG_2PI + log(k)));
  const r = 1 / (k * k);
  return (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r * (1 / 1188 - r * (691 / 360360)))))) / k;
}

/**
 * k log(k / rate) + rate - k, by a series when k is near the rate: 2 k v (v^2 / 3 + v^4 / 5 + ...) + (k -
 * rate) v.
 */
function deviance(k: number, rate: number): number {
  const difference = k - rate;
  const v = difference / (k + rate);
  if (Math.abs(v) > 0.1) return k * log(k / rate) - difference;
  let sum = difference * v;
  let power = 2 * k * v;
  for (let n = 3; ; n += 2) {
    power *= v * v;
    const next = sum + power / n;
    if (next === sum) return sum;
    sum = next;
  }
}
