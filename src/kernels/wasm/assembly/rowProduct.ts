import { gemm } from "./gemm";
import { packRows, transpose4 } from "./pack";
import { add, bytes, padded, splat } from "./vector";

/** Rows that are summed in registers before they are added to the result: partial sums keep float32 accurate. */
const BLOCK: i32 = 256;
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
  /** `[rows, n]` */
  b: usize;
  bStep: usize;
  /** What B is multiplied by, number by number, or 0. */
  factor: usize;
  factorStep: usize;
  rows: i32;
  n: i32;
}

/**
 * Adds `A^T (B factor)` to C, which is what gradients of weights are. The sum over rows has one order, whatever part of
 * the result a call computes. Scratch: {@link BLOCK} rows of {@link COLUMNS} and of n numbers.
 *
 * @param from first row of C that this call computes, i.e. column of A
 * @param to the row after the last
 */
export function rowProduct(p: RowProduct, scratch: usize, from: i32, to: i32): void {
  const cStep = bytes(p.n);
  const columns = scratch;
  const panels = scratch + bytes(COLUMNS * BLOCK);
  for (let row = 0; row < p.rows; row += BLOCK) {
    const k = min(BLOCK, p.rows - row);
    const a = p.a + usize(row) * p.aStep;
    const factor = p.factor ? p.factor + usize(row) * p.factorStep : 0;
    packRows(panels, p.b + usize(row) * p.bStep, p.bStep, factor, p.factorStep, k, p.n);
    for (let i = from; i < to; i += COLUMNS) {
      const m = min(COLUMNS, to - i);
      takeColumns(columns, a + bytes(i), p.aStep, k, m, p.sums ? p.sums + bytes(i) : 0);
      const c = p.c + usize(i) * cStep;
      gemm(c, cStep, c, cStep, columns, bytes(BLOCK), panels, m, p.n, padded(k));
    }
  }
}

/** Columns of A as rows of {@link BLOCK} numbers, zero-padded; adds their sums to `sums`. */
function takeColumns(target: usize, a: usize, step: usize, k: i32, m: i32, sums: usize): void {
  const row = bytes(BLOCK);
  const whole = k & -4;
  for (let j = 0; j < m; j += 4) {
    let sum = splat(0);
    let p = a + bytes(j);
    let t = target + usize(j) * row;
    for (let i = 0; i < whole; i += 4) {
      transpose4(t, row, p, step);
      const first = add(v128.load(p), v128.load(p + step));
      sum = add(sum, add(first, add(v128.load(p + 2 * step), v128.load(p + 3 * step))));
      p += 4 * step;
      t += 16;
    }
    for (let column: usize = 0; column < 4; column++) {
      const rest = t + column * row;
      memory.fill(rest, 0, bytes(padded(k) - whole));
      for (let i: usize = 0; i < usize(k - whole); i++) {
        store<f32>(rest + 4 * i, load<f32>(p + i * step + 4 * column));
      }
    }
    for (let i = whole; i < k; i++) {
      sum = add(sum, v128.load(p));
      p += step;
    }
    if (sums) v128.store(sums + bytes(j), add(v128.load(sums + bytes(j)), sum));
  }
}
