import { gemm } from "./gemm";
import { packRows, transpose4 } from "./pack";
import { isZero } from "./rows";
import { add, bytes, padded, splat } from "./vector";

/** Rows that are summed in registers before they are added to the result: partial sums keep float32 accurate. */
const BLOCK: i32 = 256;
/** Numbers from row to row of what {@link takeColumns} writes: no power of two, which would crowd into a few sets of the cache. */
const STRIDE: i32 = BLOCK + 16;
/** Columns of A at a time: as many as stay in the nearest cache. */
const COLUMNS: i32 = 48;

/** Arguments of {@link rowProduct}. */
@unmanaged
export class RowProduct {
  /** `[m, n]` */
  c: usize;
  /** Sums of the columns of A, `[m]`, or 0. */
  sums: usize;
  /** `[rows, m]` */
  a: usize;
  aStep: usize;
  rows: i32;
  /** Columns of all parts of B together. */
  n: i32;
  /** The parts of B, `[rows, n]` each, and what they are multiplied by, number by number, or 0; n is 0 where there is none. */
  b0: usize;
  b0Step: usize;
  factor0: usize;
  factor0Step: usize;
  n0: i32;
  b1: usize;
  b1Step: usize;
  factor1: usize;
  factor1Step: usize;
  n1: i32;
  b2: usize;
  b2Step: usize;
  factor2: usize;
  factor2Step: usize;
  n2: i32;
}

/**
 * Adds `A^T B` to C, which is what gradients of weights are. The sum over rows has one order, whatever part of the result
 * a call computes. Scratch: {@link BLOCK} rows of n numbers, {@link COLUMNS} rows of {@link STRIDE} numbers.
 *
 * @param from first row of C that this call computes, i.e. column of A
 * @param to the row after the last
 */
export function rowProduct(p: RowProduct, scratch: usize, from: i32, to: i32): void {
  const cStep = bytes(p.n);
  const columns = scratch;
  const panels = scratch + bytes(COLUMNS * STRIDE);
  for (let row = 0; row < p.rows; row += BLOCK) {
    const k = min(BLOCK, p.rows - row);
    let target = panels;
    const skipped = isZero(p.b0 + usize(row) * p.b0Step, p.b0Step, k, p.n0) ? p.n0 : 0;
    target = packPart(target, p.b0, p.b0Step, p.factor0, p.factor0Step, row, k, p.n0 - skipped);
    target = packPart(target, p.b1, p.b1Step, p.factor1, p.factor1Step, row, k, p.n1);
    packPart(target, p.b2, p.b2Step, p.factor2, p.factor2Step, row, k, p.n2);
    const a = p.a + usize(row) * p.aStep;
    for (let i = from; i < to; i += COLUMNS) {
      const m = min(COLUMNS, to - i);
      takeColumns(columns, a + bytes(i), p.aStep, k, m, p.sums ? p.sums + bytes(i) : 0);
      const c = p.c + usize(i) * cStep + bytes(skipped);
      gemm(c, cStep, c, cStep, columns, bytes(STRIDE), panels, m, p.n - skipped, padded(k));
    }
  }
}

/** Packs rows of a part of B; returns where the next part goes. */
function packPart(
  target: usize,
  b: usize,
  bStep: usize,
  factor: usize,
  factorStep: usize,
  row: i32,
  k: i32,
  n: i32,
): usize {
  packRows(target, b + usize(row) * bStep, bStep, factor ? factor + usize(row) * factorStep : 0, factorStep, k, n);
  return target + bytes(padded(k) * n);
}

/** Columns of A as rows of {@link STRIDE} numbers, zero-padded; adds their sums to `sums`. */
function takeColumns(target: usize, a: usize, step: usize, k: i32, m: i32, sums: usize): void {
  const row = bytes(STRIDE);
  const whole = k & -4;
  for (let i = 0; i < whole; i += 4) {
    for (let j = 0; j < m; j += 4) {
      transpose4(target + usize(j) * row + bytes(i), row, a + usize(i) * step + bytes(j), step);
    }
  }
  for (let i = whole; i < padded(k); i++) {
    for (let j = 0; j < m; j++) {
      store<f32>(target + usize(j) * row + bytes(i), i < k ? load<f32>(a + usize(i) * step + bytes(j)) : 0);
    }
  }
  if (!sums) return;
  for (let j = 0; j < m; j += 4) {
    let sum = splat(0);
    for (let i = 0; i < k; i++) sum = add(sum, v128.load(a + usize(i) * step + bytes(j)));
    v128.store(sums + bytes(j), add(v128.load(sums + bytes(j)), sum));
  }
}
