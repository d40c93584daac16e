import { add, madd, mul, splat, sub } from "./vector";

// e^x = 2^n e^r, n = round(x / ln 2), |r| <= ln(2) / 2. A NaN comes through: pmin and pmax keep their first operand unless the
// second is beyond it, and the power of two, which the bits of a NaN make meaningless, multiplies a NaN.

/** Added to a number below 2^22, it leaves the nearest integer in the low bits. */
const ROUND: f32 = 12582912;
const LOG2_E: f32 = 1.44269504;
/** ln 2 in two parts, the first short enough for exact products. */
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.1219444e-4;

/** `x` within `+-bound`. */
@inline
export function bounded(x: v128, bound: v128): v128 {
  return f32x4.pmax(f32x4.pmin(x, bound), f32x4.neg(bound));
}

/** `n + ROUND` */
@inline
function quotient(x: v128): v128 {
  return madd(splat(ROUND), x, splat(LOG2_E));
}

/** `2^(n + shift)`; 0 for n + shift = -127 */
@inline
function power(q: v128, shift: i32): v128 {
  return i32x4.add(i32x4.shl(q, 23), i32x4.splat((127 + shift) << 23));
}

/** `e^r - 1`; the polynomial is within 3e-9 of it. */
@inline
function expm1(x: v128, q: v128): v128 {
  const n = sub(q, splat(ROUND));
  const r = madd(madd(x, n, splat(-LN2_HIGH)), n, splat(-LN2_LOW));
  let p = madd(splat(0.008368716887), r, splat(0.001381459845));
  p = madd(splat(0.04166838805), r, p);
  p = madd(splat(0.1666652063), r, p);
  p = madd(splat(0.4999999345), r, p);
  return madd(r, mul(r, r), p);
}

/** `e^x`; results below 1.7e-38 are 0. */
@inline
export function exp(x: v128): v128 {
  x = f32x4.pmax(f32x4.pmin(x, splat(89)), splat(-87.5));
  const q = quotient(x);
  const e = add(splat(1), expm1(x, q));
  return mul(add(e, e), power(q, -1)); // 2^128 is no float, twice 2^127 times a number below one may be
}

/** `e^x - 1`, accurate near 0 as well */
@inline
export function expMinusOne(x: v128): v128 {
  x = bounded(x, splat(87));
  const q = quotient(x);
  const s = power(q, 0);
  return madd(sub(s, splat(1)), s, expm1(x, q));
}

/** `1 / (1 + e^-x)` */
@inline
export function sigmoid(x: v128): v128 {
  x = f32x4.neg(bounded(x, splat(87)));
  const q = quotient(x);
  const s = power(q, 0);
  return f32x4.div(splat(1), add(splat(1), madd(s, s, expm1(x, q))));
}

/** `(e^2x - 1) / (e^2x + 1)` */
@inline
export function tanh(x: v128): v128 {
  x = bounded(x, splat(20));
  x = add(x, x);
  const q = quotient(x);
  const s = power(q, 0);
  const e = madd(sub(s, splat(1)), s, expm1(x, q));
  return f32x4.div(e, add(e, splat(2)));
}
