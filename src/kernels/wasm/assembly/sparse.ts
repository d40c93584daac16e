import { addTo } from "./rows";
import { bytes, madd, splat } from "./vector";

// Spike counts are mostly zero, after dropout even more so. What is left of a row is a list of entries, offset and value of
// eight bytes each; products take them in the order of the columns, so that a sum has the bits of the dense one.

/** Number of entries of `count` numbers, a multiple of four, that are not zero. */
export function countNonZero(x: usize, count: i32): i32 {
  let sum = 0;
  const end = x + bytes(count);
  for (; x < end; x += 16) {
    sum += popcnt<i32>(i32x4.bitmask(f32x4.ne(v128.load(x), splat(0))));
  }
  return sum;
}

/**
 * Writes the entries of a row of `k` numbers.
 * @param step what the offset grows by from column to column
 * @returns the end of the list
 */
@inline
function entriesOf(x: usize, k: i32, step: usize, list: usize): usize {
  for (let i = 0; i < k; i += 4) {
    let mask = i32x4.bitmask(f32x4.ne(v128.load(x + bytes(i)), splat(0)));
    while (mask) {
      const column = i + ctz<i32>(mask);
      store<u32>(list, u32(usize(column) * step));
      store<f32>(list, load<f32>(x + bytes(column)), 4);
      list += 8;
      mask &= mask - 1;
    }
  }
  return list;
}

/**
 * `C = s + A B` like `gemm`, with one row s, for an A of few entries.
 * @param list scratch for the entries of a row, `2 k` numbers
 */
export function sparseProduct(
  c: usize,
  cStep: usize,
  s: usize,
  a: usize,
  aStep: usize,
  b: usize,
  m: i32,
  n: i32,
  k: i32,
  list: usize,
): void {
  const panel = bytes(k) << 3;
  for (let row = 0; row < m; row++) {
    const end = entriesOf(a, k, 32, list);
    let j = 0;
    for (; j + 24 <= n; j += 24) {
      const q = s + bytes(j);
      const p = b + usize(j >> 3) * panel;
      let c0 = v128.load(q);
      let c1 = v128.load(q, 16);
      let c2 = v128.load(q, 32);
      let c3 = v128.load(q, 48);
      let c4 = v128.load(q, 64);
      let c5 = v128.load(q, 80);
      for (let entry = list; entry < end; entry += 8) {
        const x = v128.load32_splat(entry, 4);
        const w0 = p + usize(load<u32>(entry));
        const w1 = w0 + panel;
        const w2 = w1 + panel;
        c0 = madd(c0, x, v128.load(w0));
        c1 = madd(c1, x, v128.load(w0, 16));
        c2 = madd(c2, x, v128.load(w1));
        c3 = madd(c3, x, v128.load(w1, 16));
        c4 = madd(c4, x, v128.load(w2));
        c5 = madd(c5, x, v128.load(w2, 16));
      }
      const end_ = c + bytes(j);
      v128.store(end_, c0);
      v128.store(end_, c1, 16);
      v128.store(end_, c2, 32);
      v128.store(end_, c3, 48);
      v128.store(end_, c4, 64);
      v128.store(end_, c5, 80);
    }
    for (; j < n; j += 8) {
      const q = s + bytes(j);
      const p = b + usize(j >> 3) * panel;
      let c0 = v128.load(q);
      let c1 = v128.load(q, 16);
      for (let entry = list; entry < end; entry += 8) {
        const x = v128.load32_splat(entry, 4);
        const w = p + usize(load<u32>(entry));
        c0 = madd(c0, x, v128.load(w));
        c1 = madd(c1, x, v128.load(w, 16));
      }
      v128.store(c + bytes(j), c0);
      v128.store(c + bytes(j), c1, 16);
    }
    a += aStep;
    c += cStep;
  }
}

/** Rows whose products are summed before they are added to the result: partial sums keep float32 accurate. */
const BLOCK: i32 = 1024;

/** Arguments of {@link sparseRowProduct}. */
@unmanaged
export class SparseRowProduct {
  /** For each part of the rows `[k, m]`. */
  c: usize;
  /** `[rows, m]` */
  a: usize;
  m: i32;
  /** `[rows, k]`, of few entries */
  b: usize;
  k: i32;
  rows: i32;
  parts: i32;
}

/**
 * `B^T A` for a B of few entries, the gradient of a weight, transposed; for each part of the rows, which are summed afterwards.
 * Scratch: `2 k` numbers, then `[k, m]`.
 *
 * @param from first part that this call computes
 * @param to the part after the last
 */
export function sparseRowProduct(p: SparseRowProduct, scratch: usize, from: i32, to: i32): void {
  const size = p.k * p.m;
  for (let part = from; part < to; part++) {
    const c = p.c + usize(part) * bytes(size);
    memory.fill(c, 0, bytes(size));
    const first = i32((i64(p.rows) * part) / p.parts);
    const last = i32((i64(p.rows) * (part + 1)) / p.parts);
    for (let row = first; row < last; row += BLOCK) {
      const sums = row == first ? c : scratch + 2 * bytes(p.k);
      if (row > first) memory.fill(sums, 0, bytes(size));
      addRows(p, scratch, sums, row, min(row + BLOCK, last));
      if (row > first) addTo(c, sums, bytes(size));
    }
  }
}

/** Adds the products of rows `from` to `to`. */
function addRows(p: SparseRowProduct, list: usize, sums: usize, from: i32, to: i32): void {
  const step = bytes(p.m);
  const bStep = bytes(p.k);
  let a = p.a + usize(from) * step;
  let b = p.b + usize(from) * bStep;
  for (let row = from; row < to; row++) {
    const end = entriesOf(b, p.k, step, list);
    for (let entry = list; entry < end; entry += 8) {
      const x = v128.load32_splat(entry, 4);
      const q = sums + usize(load<u32>(entry));
      for (let j: usize = 0; j < step; j += 32) {
        v128.store(q + j, madd(v128.load(q + j), x, v128.load(a + j)));
        v128.store(q + j, madd(v128.load(q + j, 16), x, v128.load(a + j, 16)), 16);
      }
    }
    a += step;
    b += bStep;
  }
}
