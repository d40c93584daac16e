import { bounded, sigmoid, tanh } from "./exponentials";
import { gemm } from "./gemm";
import { add, bytes, madd, mul, splat, sub } from "./vector";

/**
 * Recurrent part of one step of a GRU, for `rows` trials: `z, r = sigmoid(s + h U)`, `n = tanh(s_n + (r h) U_n)`,
 * `next = clip(n + z (h - n))`.
 *
 * @param gates z, r, n of each trial, `[rows, 3 units]`
 * @param s what the gates' sums start from, of that shape; step 0 for one row
 * @param reset takes `r h`, `[rows, units]`
 * @param u packed weights: `[units, 2 units]`, then `[units, units]`
 */
export function gruStep(
  gates: usize,
  s: usize,
  sStep: usize,
  h: usize,
  next: usize,
  reset: usize,
  u: usize,
  rows: i32,
  units: i32,
  clip: f32,
): void {
  const step = bytes(units);
  gemm(gates, 3 * step, s, sStep, h, step, u, rows, 2 * units, units);
  const size = usize(rows) * step;
  let z = gates;
  for (let row: usize = 0; row < size; row += step, z += 3 * step) {
    for (let j: usize = 0; j < step; j += 16) {
      v128.store(z + j, sigmoid(v128.load(z + j)));
      const r = sigmoid(v128.load(z + step + j));
      v128.store(z + step + j, r);
      v128.store(reset + row + j, mul(r, v128.load(h + row + j)));
    }
  }
  gemm(gates + 2 * step, 3 * step, s + 2 * step, sStep, reset, step, u + bytes(2 * units * units), rows, units, units);
  const bound = splat(clip);
  z = gates;
  for (let row: usize = 0; row < size; row += step, z += 3 * step) {
    for (let j: usize = 0; j < step; j += 16) {
      const n = tanh(v128.load(z + 2 * step + j));
      v128.store(z + 2 * step + j, n);
      const state = madd(n, v128.load(z + j), sub(v128.load(h + row + j), n));
      v128.store(next + row + j, bounded(state, bound));
    }
  }
}

/**
 * Gradient of {@link gruStep}.
 *
 * @param d gradient of the next state on entry, that of `h` on return, `[rows, units]`
 * @param dGates takes the gradients of the gates' sums, `[rows, 3 units]`
 * @param scratch `[rows, units]`
 * @param u packed weights: `[units, units]` of the candidate, then `[2 units, units]`
 */
export function gruStepGradient(
  d: usize,
  dGates: usize,
  gates: usize,
  h: usize,
  next: usize,
  scratch: usize,
  u: usize,
  rows: i32,
  units: i32,
  clip: f32,
): void {
  const step = bytes(units);
  const size = usize(rows) * step;
  const one = splat(1);
  const bound = splat(clip);
  let gate: usize = 0;
  for (let row: usize = 0; row < size; row += step, gate += 3 * step) {
    for (let j: usize = 0; j < step; j += 16) {
      const p = gates + gate + j;
      const q = dGates + gate + j;
      const z = v128.load(p);
      const n = v128.load(p + 2 * step);
      // A saturated state is at the bound itself. Times 0, not a choice of 0: a NaN must come through.
      const inside = v128.and(one, f32x4.lt(f32x4.abs(v128.load(next + row + j)), bound));
      const dh = mul(v128.load(d + row + j), inside);
      const dhz = mul(dh, z);
      v128.store(q + 2 * step, mul(sub(dh, dhz), sub(one, mul(n, n))));
      v128.store(q, mul(mul(dhz, sub(one, z)), sub(v128.load(h + row + j), n)));
      v128.store(d + row + j, dhz);
    }
  }
  memory.fill(scratch, 0, size);
  gemm(scratch, step, scratch, step, dGates + 2 * step, 3 * step, u, rows, units, units);
  gate = step;
  for (let row: usize = 0; row < size; row += step, gate += 3 * step) {
    for (let j: usize = 0; j < step; j += 16) {
      const r = v128.load(gates + gate + j);
      const dReset = mul(v128.load(scratch + row + j), r); // of h through r h
      v128.store(dGates + gate + j, mul(mul(dReset, sub(one, r)), v128.load(h + row + j)));
      v128.store(d + row + j, add(v128.load(d + row + j), dReset));
    }
  }
  gemm(d, step, d, step, dGates, 3 * step, u + bytes(units * units), rows, units, 2 * units);
}
