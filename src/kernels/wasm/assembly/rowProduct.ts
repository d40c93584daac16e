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

/** Arguments of {@link rowProducts}. */
@unmanaged
export class RowProducts {
  /** {@link RowProduct}s, one after the other. */
  list: usize;
}

/** A product `A^T B` of matrices with the same rows, in parts of the rows, which are summed afterwards. */
@unmanaged
export class RowProduct {
  /** Number of pieces, those of all products before it included. */
  end: i32;
  /** The result for each part, `[m, n]`, `step` bytes apart. */
  c: usize;
  /** Likewise the sums of the columns of A, `[m]`. */
  sums: usize;
  step: usize;
  sumsStep: usize;
  /** `[rows, m]` */
  a: usize;
  aStep: usize;
  rows: i32;
  m: i32;
  /** Columns of all operands together. */
  n: i32;
  /** How many parts, and pieces of each: some of the columns of A. */
  parts: i32;
  pieces: i32;
  /** The operands, `[rows, n]` each, and what they are multiplied by, number by number, or 0; n is 0 where there is none. */
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
 * Pieces `from` to `to` of products, which are what gradients of weights are made of. The order of all sums depends on the number
 * of parts alone. Scratch: {@link BLOCK} rows of n numbers, {@link COLUMNS} rows of {@link STRIDE} numbers.
 */
export function rowProducts(p: RowProducts, scratch: usize, from: i32, to: i32): void {
  for (let i = from; i < to; i++) {
    let product = changetype<RowProduct>(p.list);
    while (product.end <= i) product = changetype<RowProduct>(changetype<usize>(product) + offsetof<RowProduct>());
    piece(product, scratch, i - (product.end - product.parts * product.pieces));
  }
}

/** The `i`-th piece of a product. */
function piece(p: RowProduct, scratch: usize, i: i32): void {
  const part = i / p.pieces;
  const firstRow = share(p.rows, part, p.parts);
  const rows = share(p.rows, part + 1, p.parts) - firstRow;
  const from = share(p.m >> 3, i % p.pieces, p.pieces) << 3;
  const to = share(p.m >> 3, (i % p.pieces) + 1, p.pieces) << 3;
  const cStep = bytes(p.n);
  const columns = scratch;
  const panels = scratch + bytes(COLUMNS * STRIDE);
  const all = p.c + usize(part) * p.step;
  const sums = p.sums + usize(part) * p.sumsStep;
  memory.fill(all + usize(from) * cStep, 0, usize(to - from) * cStep);
  memory.fill(sums + bytes(from), 0, bytes(to - from));
  const blocks = (rows + BLOCK - 1) / BLOCK;
  for (let block = 0; block < blocks; block++) {
    const row = firstRow + share(rows, block, blocks);
    const k = firstRow + share(rows, block + 1, blocks) - row;
    let target = panels;
    const skipped = isZero(p.b0 + usize(row) * p.b0Step, p.b0Step, k, p.n0) ? p.n0 : 0;
    target = packOperand(target, p.b0, p.b0Step, p.factor0, p.factor0Step, row, k, p.n0 - skipped);
    target = packOperand(target, p.b1, p.b1Step, p.factor1, p.factor1Step, row, k, p.n1);
    packOperand(target, p.b2, p.b2Step, p.factor2, p.factor2Step, row, k, p.n2);
    const a = p.a + usize(row) * p.aStep + bytes(from);
    const c = all + usize(from) * cStep + bytes(skipped);
    addColumns(c, cStep, sums + bytes(from), a, p.aStep, k, to - from, panels, p.n - skipped, columns);
  }
}

/**
 * Adds `A^T B` to C `[m, n]`, and the sums of A's columns to `sums`, in the order of the rows. Scratch as for {@link rowProducts}.
 *
 * @param a `[rows, m]`
 * @param b `[rows, n]`
 */
export function addProduct(
  c: usize,
  sums: usize,
  a: usize,
  m: i32,
  b: usize,
  n: i32,
  rows: i32,
  scratch: usize,
): void {
  const panels = scratch + bytes(COLUMNS * STRIDE);
  for (let row = 0; row < rows; row += BLOCK) {
    const k = min(BLOCK, rows - row);
    packOperand(panels, b, bytes(n), 0, 0, row, k, n);
    addColumns(c, bytes(n), sums, a + bytes(row * m), bytes(m), k, m, panels, n, scratch);
  }
}

/** Adds the product of `m` columns of A with the packed rows of B to C, at most {@link BLOCK} rows. */
@inline
function addColumns(
  c: usize,
  cStep: usize,
  sums: usize,
  a: usize,
  aStep: usize,
  k: i32,
  m: i32,
  panels: usize,
  n: i32,
  columns: usize,
): void {
  for (let j = 0; j < m; j += COLUMNS) {
    const some = min(COLUMNS, m - j);
    takeColumns(columns, a + bytes(j), aStep, k, some, sums + bytes(j));
    const target = c + usize(j) * cStep;
    gemm(target, cStep, target, cStep, columns, bytes(STRIDE), panels, some, n, padded(k));
  }
}

/** Where the `i`-th of some equal shares of a count begins. */
@inline
export function share(count: i32, i: i32, shares: i32): i32 {
  return i32((i64(count) * i) / shares);
}

/** Packs rows of an operand; returns where the next one goes. */
function packOperand(
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

/** Columns of A as rows of {@link STRIDE} numbers, zero-padded; adds the sum of each to `sums`. */
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
  for (let j = 0; j < m; j += 4) {
    let sum = splat(0);
    for (let i = 0; i < k; i++) sum = add(sum, v128.load(a + usize(i) * step + bytes(j)));
    v128.store(sums + bytes(j), add(v128.load(sums + bytes(j)), sum));
  }
}
