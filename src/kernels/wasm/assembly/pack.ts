import { bytes, mul, padded, splat } from "./vector";

/** `count` zeros. */
export function zeros(target: usize, count: i32): void {
  memory.fill(target, 0, bytes(count));
}

/**
 * Rows of `width` numbers, each zero-padded to `columns`.
 *
 * @param source with `sourceStep` bytes from row to row
 */
export function copyRows(
  target: usize,
  targetStep: usize,
  columns: i32,
  source: usize,
  sourceStep: usize,
  width: i32,
  rows: i32,
): void {
  const whole = bytes(width & -4);
  const used = bytes(width);
  const all = bytes(columns);
  for (let row = 0; row < rows; row++) {
    let j: usize = 0;
    for (; j < whole; j += 16) v128.store(target + j, v128.load(source + j));
    for (; j < used; j += 4) store<f32>(target + j, load<f32>(source + j));
    for (; j + 16 <= all; j += 16) v128.store(target + j, splat(0));
    for (; j < all; j += 4) store<f32>(target + j, 0);
    target += targetStep;
    source += sourceStep;
  }
}

/**
 * Panels `[n / 8, padded(k), 8]` of a matrix `[k, n]`, or of its product with another one, number by number.
 *
 * @param factor that other matrix, or 0
 */
export function packRows(
  panels: usize,
  b: usize,
  bStep: usize,
  factor: usize,
  factorStep: usize,
  k: i32,
  n: i32,
): void {
  const panel = usize(padded(k)) * 32;
  // Eight rows at a time, so that they are read from left to right.
  for (let i = 0; i < padded(k); i += 8) {
    const rows = min(8, k - i);
    for (let j = 0; j < n; j += 8) {
      let target = panels + (usize(j) >> 3) * panel + usize(i) * 32;
      let p = b + usize(i) * bStep + bytes(j);
      let f = factor + usize(i) * factorStep + bytes(j);
      for (let row = 0; row < rows; row++) {
        let first = v128.load(p);
        let second = v128.load(p, 16);
        if (factor) {
          first = mul(first, v128.load(f));
          second = mul(second, v128.load(f, 16));
          f += factorStep;
        }
        v128.store(target, first);
        v128.store(target, second, 16);
        p += bStep;
        target += 32;
      }
      if (rows < 8) memory.fill(target, 0, usize(8 - rows) * 32);
    }
  }
}

/** Panels `[n / 8, k, 8]` of the transpose of a matrix `[n, k]`; n and k are multiples of eight. */
export function packColumns(panels: usize, b: usize, bStep: usize, k: i32, n: i32): void {
  for (let j = 0; j < n; j += 8) {
    for (let i = 0; i < k; i += 4) {
      const p = b + usize(j) * bStep + bytes(i);
      transpose4(panels, 32, p, bStep);
      transpose4(panels + 16, 32, p + 4 * bStep, bStep);
      panels += 128;
    }
  }
}

/** The transpose of 4 x 4 numbers. */
@inline
export function transpose4(target: usize, targetStep: usize, source: usize, sourceStep: usize): void {
  const a = v128.load(source);
  const b = v128.load(source + sourceStep);
  const c = v128.load(source + 2 * sourceStep);
  const d = v128.load(source + 3 * sourceStep);
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(target, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
  v128.store(target + targetStep, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
  v128.store(target + 2 * targetStep, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5));
  v128.store(target + 3 * targetStep, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7));
}
