/** ln 2 in two parts: the first has 32 significant bits, so that its product with an exponent is exact. */
const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;
const SQRT2: f64 = 1.4142135623730951;

/**
 * Natural logarithm of a normal positive number, the same operations in the same order as in `src/random/arithmetic.ts`:
 * the same bits.
 */
export function log(x: f64): f64 {
  let k = i32((reinterpret<u64>(x) >> 52) & 0x7ff) - 1023;
  let m = reinterpret<f64>((reinterpret<u64>(x) & 0xfffffffffffff) | 0x3ff0000000000000); // [1, 2)
  if (m > SQRT2) {
    m /= 2;
    k += 1;
  }
  const s = (m - 1) / (m + 1);
  const z = s * s;
  const w = z * z;
  const even = 1.0 / 3 + w * (1.0 / 7 + w * (1.0 / 11 + w * (1.0 / 15 + w * (1.0 / 19))));
  const odd = 1.0 / 5 + w * (1.0 / 9 + w * (1.0 / 13 + w * (1.0 / 17 + w * (1.0 / 21))));
  return f64(k) * LN2_HIGH + (2 * s + (2 * s * z * (even + z * odd) + f64(k) * LN2_LOW));
}
