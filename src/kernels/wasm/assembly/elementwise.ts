import { exp, sigmoid, tanh } from "./exponentials";
import { bytes, mul, splat } from "./vector";

/** `e^x` of `count` numbers, a multiple of four. */
export function expAll(target: usize, source: usize, count: i32): void {
  for (let j: usize = 0; j < bytes(count); j += 16) v128.store(target + j, exp(v128.load(source + j)));
}

/** `1 / (1 + e^-x)` of `count` numbers, a multiple of four. */
export function sigmoidAll(target: usize, source: usize, count: i32): void {
  for (let j: usize = 0; j < bytes(count); j += 16) v128.store(target + j, sigmoid(v128.load(source + j)));
}

/** `tanh x` of `count` numbers, a multiple of four. */
export function tanhAll(target: usize, source: usize, count: i32): void {
  for (let j: usize = 0; j < bytes(count); j += 16) v128.store(target + j, tanh(v128.load(source + j)));
}

/** `factor x` of `count` numbers. */
export function scaleAll(target: usize, source: usize, count: i32, factor: f32): void {
  const factors = splat(factor);
  const whole = bytes(count & -4);
  for (let j: usize = 0; j < whole; j += 16) v128.store(target + j, mul(factors, v128.load(source + j)));
  for (let j = whole; j < bytes(count); j += 4) store<f32>(target + j, factor * load<f32>(source + j));
}

/** The sum of the squares of `count` numbers, in double precision. */
export function squareSum(x: usize, count: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  const whole = bytes(count & -4);
  for (let j: usize = 0; j < whole; j += 16) {
    const v = v128.load(x + j);
    const a = f64x2.promote_low_f32x4(v);
    const b = f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 0, 1));
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
  }
  const pairs = f64x2.add(low, high);
  let sum = f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1);
  for (let j = whole; j < bytes(count); j += 4) sum += f64(load<f32>(x + j)) * f64(load<f32>(x + j));
  return sum;
}

/** Arguments of {@link exponentialRows}. */
@unmanaged
export class ExponentialRows {
  /** Matrices of the same columns, of which `width` count. */
  target: usize;
  source: usize;
  columns: i32;
  width: i32;
}

/** `e^x` of the numbers of rows `from` to `to`, zeros beyond their width. */
export function exponentialRows(p: ExponentialRows, scratch: usize, from: i32, to: i32): void {
  const step = bytes(p.columns);
  const last = p.source + bytes(to * p.columns);
  let target = p.target + usize(from) * step;
  for (let row = p.source + usize(from) * step; row < last; row += step) {
    for (let j: usize = 0; j < step; j += 16) v128.store(target + j, exp(v128.load(row + j)));
    for (let j = bytes(p.width); j < step; j += 4) store<f32>(target + j, 0);
    target += step;
  }
}
