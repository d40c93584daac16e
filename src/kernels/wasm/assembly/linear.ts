import { gemm } from "./gemm";
import { bytes } from "./vector";

/** Arguments of {@link linear}. */
@unmanaged
export class Linear {
  /** `[rows, n]` */
  y: usize;
  n: i32;
  /** What the sums start from: `[rows, n]`, or one row with step 0. */
  s: usize;
  sStep: usize;
  /** `[rows, k]` */
  x: usize;
  xStep: usize;
  k: i32;
  /** Packed, `[k, n]`. */
  weight: usize;
}

/** Rows `from` to `to` of `Y = S + X W`. */
export function linear(p: Linear, scratch: usize, from: i32, to: i32): void {
  const step = bytes(p.n);
  const row = usize(from);
  const x = p.x + row * p.xStep;
  gemm(p.y + row * step, step, p.s + row * p.sStep, p.sStep, x, p.xStep, p.weight, to - from, p.n, p.k);
}
