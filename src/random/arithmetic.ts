/*
 * Logarithm and exponential from + - * / and the bits of a double alone. The language leaves the last bits of
 * Math.log and Math.exp to the engine; draws must have the same bits everywhere, so samplers use these.
 */

/** ln 2 in two parts: the first has 32 significant bits, so that its product with an exponent is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** POWERS[k + 1074] = 2^k, for all powers of two that a double can hold. */
const POWERS = new Float64Array(2098);
for (let i = 0, power = Number.MIN_VALUE; i < POWERS.length; i++, power *= 2) POWERS[i] = power;

const double = new Float64Array([1]);
const words = new Uint32Array(double.buffer);
/** Where the sign and exponent are: the other word of 1 is zero. */
const HIGH = words[1] === 0 ? 0 : 1;

/**
 * Natural logarithm, relative error about 2e-16: x = m 2^k with m in (sqrt(1/2), sqrt(2)], then
 * log x = k ln 2 + 2 (s + s^3 / 3 + s^5 / 5 + ...), s = (m - 1) / (m + 1).
 */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : Number.NaN;
  if (x === Infinity) return x;
  if (x < 2.2250738585072014e-308) return log(x * 18014398509481984) - 54 * Math.LN2;
  double[0] = x;
  let k = (words[HIGH]! >>> 20) - 1023;
  let m = x * POWERS[1074 - k]!; // [1, 2)
  if (m > Math.SQRT2) {
    m /= 2;
    k += 1;
  }
  const s = (m - 1) / (m + 1);
  const z = s * s; // at most 0.0295: what the series leaves out is below 1e-17
  const w = z * z;
  const even = 1 / 3 + w * (1 / 7 + w * (1 / 11 + w * (1 / 15 + w * (1 / 19))));
  const odd = 1 / 5 + w * (1 / 9 + w * (1 / 13 + w * (1 / 17 + w * (1 / 21))));
  return k * LN2_HIGH + (2 * s + (2 * s * z * (even + z * odd) + k * LN2_LOW));
}

/**
 * e^x, relative error about 2e-16: x = k ln 2 + r with |r| <= ln(2) / 2, then 2^k times the Taylor series of
 * e^r.
 */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.782712893384) return Infinity;
  if (x < -745.2) return 0;
  const k = Math.floor(x * Math.LOG2E + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  const w = r * r;
  const even =
    1 / 2 + w * (1 / 24 + w * (1 / 720 + w * (1 / 40320 + w * (1 / 3628800 + w * (1 / 479001600)))));
  const odd =
    1 / 6 + w * (1 / 120 + w * (1 / 5040 + w * (1 / 362880 + w * (1 / 39916800 + w * (1 / 6227020800)))));
  const half = k >> 1; // 2^k itself may be outside the range of a double
  return (1 + (r + w * (even + r * odd))) * POWERS[half + 1074]! * POWERS[k - half + 1074]!;
}
