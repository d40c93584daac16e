import { add, bytes, mul, splat } from "./vector";

/** Adds `size` bytes of numbers. */
@inline
export function addTo(target: usize, source: usize, size: usize): void {
  for (let j: usize = 0; j < size; j += 16) {
    v128.store(target + j, add(v128.load(target + j), v128.load(source + j)));
  }
}

/** Products of `size` bytes of numbers; either source may be the target. */
@inline
export function multiply(target: usize, a: usize, b: usize, size: usize): void {
  for (let j: usize = 0; j < size; j += 16) {
    v128.store(target + j, mul(v128.load(a + j), v128.load(b + j)));
  }
}

/** Whether all numbers of rows are zero, such as those of bins beyond the data: products with them can be left out. */
export function isZero(x: usize, step: usize, rows: i32, n: i32): bool {
  for (let row = 0; row < rows; row++) {
    for (let j: usize = 0; j < bytes(n); j += 16) {
      if (v128.any_true(f32x4.ne(v128.load(x + j), splat(0)))) return false;
    }
    x += step;
  }
  return true;
}
