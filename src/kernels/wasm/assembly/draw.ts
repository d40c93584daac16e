import { normalQuantile } from "./normalQuantile";
import { bytes } from "./vector";

/**
 * Random integers of the generators in `src/random/block.ts`, all four lanes at once; with a mask instead `value` where the
 * integer is below `threshold`, else 0: Bernoulli draws.
 *
 * @param state words a, b, c, d, lanes 0 to 3 each
 * @param count a multiple of four
 */
@inline
function draw(target: usize, state: usize, count: i32, mask: bool, threshold: u32, value: f32): void {
  let a = v128.load(state);
  let b = v128.load(state, 16);
  let c = v128.load(state, 32);
  let d = v128.load(state, 48);
  const one = i32x4.splat(1);
  const limit = i32x4.splat(threshold);
  const values = f32x4.splat(value);
  const end = target + bytes(count);
  for (; target < end; target += 16) {
    const sum = i32x4.add(i32x4.add(a, b), d);
    v128.store(target, mask ? v128.and(i32x4.lt_u(sum, limit), values) : sum);
    d = i32x4.add(d, one);
    a = v128.xor(b, i32x4.shr_u(b, 9));
    b = i32x4.add(c, i32x4.shl(c, 3));
    c = i32x4.add(v128.or(i32x4.shl(c, 21), i32x4.shr_u(c, 11)), sum);
  }
}

export function drawIntegers(target: usize, state: usize, count: i32): void {
  draw(target, state, count, false, 0, 0);
}

export function drawBernoulli(target: usize, state: usize, count: i32, threshold: u32, value: f32): void {
  draw(target, state, count, true, threshold, value);
}

/** Standard normal draws in the place of random integers. */
export function normalOf(integers: usize, count: i32): void {
  const end = integers + bytes(count);
  for (; integers < end; integers += 4) {
    store<f32>(integers, f32(normalQuantile((f64(load<u32>(integers)) + 0.5) / 4294967296)));
  }
}
