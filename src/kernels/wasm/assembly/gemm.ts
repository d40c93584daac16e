import { bytes, madd } from "./vector";

/**
 * `C = S + A B` with C `[m, n]`, A `[m, k]`, n and k multiples of eight. S is what the sums start from: C itself, another matrix,
 * or with step 0 one row for all. B comes in panels of eight columns, `[n / 8, k, 8]` (`pack.ts`).
 *
 * Blocks of 6 x 8 or 4 x 8 numbers are summed in registers, each number over k in order: the bits of a row do not depend
 * on the rows around it, so that rows can be split among threads in any way.
 */
export function gemm(
  c: usize,
  cStep: usize,
  s: usize,
  sStep: usize,
  a: usize,
  aStep: usize,
  b: usize,
  m: i32,
  n: i32,
  k: i32,
): void {
  // Blocks of six are the faster ones. What they leave over takes one of four, or two in the place of a six.
  const rest = m % 6;
  const whole = m - rest;
  const six = rest == 5 ? m : rest == 1 || rest == 2 ? max(whole - 6, 0) : whole;
  const skip = usize(six);
  if (six > 0) rows6(c, cStep, s, sStep, a, aStep, b, six, n, k);
  if (six < m) {
    rows4(c + skip * cStep, cStep, s + skip * sStep, sStep, a + skip * aStep, aStep, b, m - six, n, k);
  }
}

/** The `i`-th row, but none beyond the last: what a block lacks computes the last row again, to the same bits. */
@inline
function rowAt(first: usize, step: usize, i: i32, last: i32): usize {
  return first + step * usize(min(i, last));
}

/** {@link gemm} in blocks of 6 rows. */
function rows6(
  c: usize,
  cStep: usize,
  s: usize,
  sStep: usize,
  a: usize,
  aStep: usize,
  b: usize,
  m: i32,
  n: i32,
  k: i32,
): void {
  for (let j = 0; j < n; j += 8) {
    for (let i = 0; i < m; i += 6) {
      const last = m - i - 1;
      let a0 = a + usize(i) * aStep;
      let a1 = rowAt(a0, aStep, 1, last);
      let a2 = rowAt(a0, aStep, 2, last);
      let a3 = rowAt(a0, aStep, 3, last);
      let a4 = rowAt(a0, aStep, 4, last);
      let a5 = rowAt(a0, aStep, 5, last);
      const start = s + usize(i) * sStep + bytes(j);
      let q = start;
      let c00 = v128.load(q);
      let c01 = v128.load(q, 16);
      q = rowAt(start, sStep, 1, last);
      let c10 = v128.load(q);
      let c11 = v128.load(q, 16);
      q = rowAt(start, sStep, 2, last);
      let c20 = v128.load(q);
      let c21 = v128.load(q, 16);
      q = rowAt(start, sStep, 3, last);
      let c30 = v128.load(q);
      let c31 = v128.load(q, 16);
      q = rowAt(start, sStep, 4, last);
      let c40 = v128.load(q);
      let c41 = v128.load(q, 16);
      q = rowAt(start, sStep, 5, last);
      let c50 = v128.load(q);
      let c51 = v128.load(q, 16);
      let p = b + bytes(j) * k;
      const panel = p + (bytes(k) << 3);
      while (p < panel) {
        let x: v128;
        const b00 = v128.load(p, 0);
        const b01 = v128.load(p, 16);
        x = v128.load32_splat(a0);
        c00 = madd(c00, x, b00);
        c01 = madd(c01, x, b01);
        x = v128.load32_splat(a1);
        c10 = madd(c10, x, b00);
        c11 = madd(c11, x, b01);
        x = v128.load32_splat(a2);
        c20 = madd(c20, x, b00);
        c21 = madd(c21, x, b01);
        x = v128.load32_splat(a3);
        c30 = madd(c30, x, b00);
        c31 = madd(c31, x, b01);
        x = v128.load32_splat(a4);
        c40 = madd(c40, x, b00);
        c41 = madd(c41, x, b01);
        x = v128.load32_splat(a5);
        c50 = madd(c50, x, b00);
        c51 = madd(c51, x, b01);
        const b10 = v128.load(p, 32);
        const b11 = v128.load(p, 48);
        x = v128.load32_splat(a0, 4);
        c00 = madd(c00, x, b10);
        c01 = madd(c01, x, b11);
        x = v128.load32_splat(a1, 4);
        c10 = madd(c10, x, b10);
        c11 = madd(c11, x, b11);
        x = v128.load32_splat(a2, 4);
        c20 = madd(c20, x, b10);
        c21 = madd(c21, x, b11);
        x = v128.load32_splat(a3, 4);
        c30 = madd(c30, x, b10);
        c31 = madd(c31, x, b11);
        x = v128.load32_splat(a4, 4);
        c40 = madd(c40, x, b10);
        c41 = madd(c41, x, b11);
        x = v128.load32_splat(a5, 4);
        c50 = madd(c50, x, b10);
        c51 = madd(c51, x, b11);
        const b20 = v128.load(p, 64);
        const b21 = v128.load(p, 80);
        x = v128.load32_splat(a0, 8);
        c00 = madd(c00, x, b20);
        c01 = madd(c01, x, b21);
        x = v128.load32_splat(a1, 8);
        c10 = madd(c10, x, b20);
        c11 = madd(c11, x, b21);
        x = v128.load32_splat(a2, 8);
        c20 = madd(c20, x, b20);
        c21 = madd(c21, x, b21);
        x = v128.load32_splat(a3, 8);
        c30 = madd(c30, x, b20);
        c31 = madd(c31, x, b21);
        x = v128.load32_splat(a4, 8);
        c40 = madd(c40, x, b20);
        c41 = madd(c41, x, b21);
        x = v128.load32_splat(a5, 8);
        c50 = madd(c50, x, b20);
        c51 = madd(c51, x, b21);
        const b30 = v128.load(p, 96);
        const b31 = v128.load(p, 112);
        x = v128.load32_splat(a0, 12);
        c00 = madd(c00, x, b30);
        c01 = madd(c01, x, b31);
        x = v128.load32_splat(a1, 12);
        c10 = madd(c10, x, b30);
        c11 = madd(c11, x, b31);
        x = v128.load32_splat(a2, 12);
        c20 = madd(c20, x, b30);
        c21 = madd(c21, x, b31);
        x = v128.load32_splat(a3, 12);
        c30 = madd(c30, x, b30);
        c31 = madd(c31, x, b31);
        x = v128.load32_splat(a4, 12);
        c40 = madd(c40, x, b30);
        c41 = madd(c41, x, b31);
        x = v128.load32_splat(a5, 12);
        c50 = madd(c50, x, b30);
        c51 = madd(c51, x, b31);
        a0 += 16;
        a1 += 16;
        a2 += 16;
        a3 += 16;
        a4 += 16;
        a5 += 16;
        p += 128;
      }
      const end = c + usize(i) * cStep + bytes(j);
      q = end;
      v128.store(q, c00);
      v128.store(q, c01, 16);
      q = rowAt(end, cStep, 1, last);
      v128.store(q, c10);
      v128.store(q, c11, 16);
      q = rowAt(end, cStep, 2, last);
      v128.store(q, c20);
      v128.store(q, c21, 16);
      q = rowAt(end, cStep, 3, last);
      v128.store(q, c30);
      v128.store(q, c31, 16);
      q = rowAt(end, cStep, 4, last);
      v128.store(q, c40);
      v128.store(q, c41, 16);
      q = rowAt(end, cStep, 5, last);
      v128.store(q, c50);
      v128.store(q, c51, 16);
    }
  }
}

/** {@link gemm} in blocks of 4 rows. */
function rows4(
  c: usize,
  cStep: usize,
  s: usize,
  sStep: usize,
  a: usize,
  aStep: usize,
  b: usize,
  m: i32,
  n: i32,
  k: i32,
): void {
  for (let j = 0; j < n; j += 8) {
    for (let i = 0; i < m; i += 4) {
      const last = m - i - 1;
      let a0 = a + usize(i) * aStep;
      let a1 = rowAt(a0, aStep, 1, last);
      let a2 = rowAt(a0, aStep, 2, last);
      let a3 = rowAt(a0, aStep, 3, last);
      const start = s + usize(i) * sStep + bytes(j);
      let q = start;
      let c00 = v128.load(q);
      let c01 = v128.load(q, 16);
      q = rowAt(start, sStep, 1, last);
      let c10 = v128.load(q);
      let c11 = v128.load(q, 16);
      q = rowAt(start, sStep, 2, last);
      let c20 = v128.load(q);
      let c21 = v128.load(q, 16);
      q = rowAt(start, sStep, 3, last);
      let c30 = v128.load(q);
      let c31 = v128.load(q, 16);
      let p = b + bytes(j) * k;
      const panel = p + (bytes(k) << 3);
      while (p < panel) {
        let x: v128;
        const b00 = v128.load(p, 0);
        const b01 = v128.load(p, 16);
        x = v128.load32_splat(a0);
        c00 = madd(c00, x, b00);
        c01 = madd(c01, x, b01);
        x = v128.load32_splat(a1);
        c10 = madd(c10, x, b00);
        c11 = madd(c11, x, b01);
        x = v128.load32_splat(a2);
        c20 = madd(c20, x, b00);
        c21 = madd(c21, x, b01);
        x = v128.load32_splat(a3);
        c30 = madd(c30, x, b00);
        c31 = madd(c31, x, b01);
        const b10 = v128.load(p, 32);
        const b11 = v128.load(p, 48);
        x = v128.load32_splat(a0, 4);
        c00 = madd(c00, x, b10);
        c01 = madd(c01, x, b11);
        x = v128.load32_splat(a1, 4);
        c10 = madd(c10, x, b10);
        c11 = madd(c11, x, b11);
        x = v128.load32_splat(a2, 4);
        c20 = madd(c20, x, b10);
        c21 = madd(c21, x, b11);
        x = v128.load32_splat(a3, 4);
        c30 = madd(c30, x, b10);
        c31 = madd(c31, x, b11);
        const b20 = v128.load(p, 64);
        const b21 = v128.load(p, 80);
        x = v128.load32_splat(a0, 8);
        c00 = madd(c00, x, b20);
        c01 = madd(c01, x, b21);
        x = v128.load32_splat(a1, 8);
        c10 = madd(c10, x, b20);
        c11 = madd(c11, x, b21);
        x = v128.load32_splat(a2, 8);
        c20 = madd(c20, x, b20);
        c21 = madd(c21, x, b21);
        x = v128.load32_splat(a3, 8);
        c30 = madd(c30, x, b20);
        c31 = madd(c31, x, b21);
        const b30 = v128.load(p, 96);
        const b31 = v128.load(p, 112);
        x = v128.load32_splat(a0, 12);
        c00 = madd(c00, x, b30);
        c01 = madd(c01, x, b31);
        x = v128.load32_splat(a1, 12);
        c10 = madd(c10, x, b30);
        c11 = madd(c11, x, b31);
        x = v128.load32_splat(a2, 12);
        c20 = madd(c20, x, b30);
        c21 = madd(c21, x, b31);
        x = v128.load32_splat(a3, 12);
        c30 = madd(c30, x, b30);
        c31 = madd(c31, x, b31);
        a0 += 16;
        a1 += 16;
        a2 += 16;
        a3 += 16;
        p += 128;
      }
      const end = c + usize(i) * cStep + bytes(j);
      q = end;
      v128.store(q, c00);
      v128.store(q, c01, 16);
      q = rowAt(end, cStep, 1, last);
      v128.store(q, c10);
      v128.store(q, c11, 16);
      q = rowAt(end, cStep, 2, last);
      v128.store(q, c20);
      v128.store(q, c21, 16);
      q = rowAt(end, cStep, 3, last);
      v128.store(q, c30);
      v128.store(q, c31, 16);
    }
  }
}
