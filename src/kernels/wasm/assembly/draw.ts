import { normalQuantile } from "./normalQuantile";
import { bytes } from "./vector";

/** Numbers of a segment of `src/random/block.ts`. */
const SEGMENT: i32 = 65536;

/** Arguments of {@link draws}. */
@unmanaged
export class Draws {
  target: usize;
  /** A multiple of four. */
  count: i32;
  /** Where segments start: words a, b, c, d of their generators, lanes 0 to 3 each. */
  starts: usize;
  /** 1 for standard normal draws, 0 for Bernoulli draws: `value` where the random integer is below the threshold, else 0. */
  normal: i32;
  threshold: u32;
  value: f32;
}

/** Segments `from` to `to` of draws. */
export function draws(p: Draws, scratch: usize, from: i32, to: i32): void {
  for (let segment = from; segment < to; segment++) {
    const target = p.target + bytes(segment * SEGMENT);
    const count = min(SEGMENT, p.count - segment * SEGMENT);
    const start = p.starts + (usize(segment) << 6);
    if (p.normal) {
      draw(target, start, count, false, 0, 0);
      normalsOf(target, count);
    } else draw(target, start, count, true, p.threshold, p.value);
  }
}

/**
 * Random integers of the generators in `src/random/block.ts`, all four lanes at once; with a mask instead `value` where the
 * integer is below `threshold`, else 0.
 */
@inline
function draw(target: usize, start: usize, count: i32, mask: bool, threshold: u32, value: f32): void {
  let a = v128.load(start);
  let b = v128.load(start, 16);
  let c = v128.load(start, 32);
  let d = v128.load(start, 48);
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

/** Standard normal draws in the place of random integers. */
function normalsOf(integers: usize, count: i32): void {
  const end = integers + bytes(count);
  for (; integers < end; integers += 4) {
    store<f32>(integers, f32(normalQuantile((f64(load<u32>(integers)) + 0.5) / 4294967296)));
  }
}
