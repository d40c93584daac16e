import { exp, sigmoid, tanh } from "./exponentials";
import { bytes } from "./vector";

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
