import { squareSum } from "./elementwise";
import { add, bytes, mul, splat, sub } from "./vector";

/** Arguments of {@link squareSums} and {@link adamW}: numbers of all tensors one after the other, as many in each group. */
@unmanaged
export class AdamW {
  /** Read and replaced, but for the gradients. */
  parameters: usize;
  gradients: usize;
  first: usize;
  second: usize;
  /** Sums of squares in double precision, one for every part. */
  sums: usize;
  /** All numbers, and those of a part, both multiples of four. */
  count: i32;
  grain: i32;
  /** Factors of parameters and gradients. */
  decay: f32;
  factor: f32;
  /** Factors of moment and gradient. */
  beta1: f32;
  rest1: f32;
  beta2: f32;
  rest2: f32;
  correction: f32;
  epsilon: f32;
  rate: f32;
}

/** The sums of the squares of the gradients of parts `from` to `to`. */
export function squareSums(p: AdamW, scratch: usize, from: i32, to: i32): void {
  for (let part = from; part < to; part++) {
    const first = part * p.grain;
    store<f64>(p.sums + (usize(part) << 3), squareSum(p.gradients + bytes(first), min(p.grain, p.count - first)));
  }
}

/** Updates parameters and moments of parts `from` to `to`, in the order of operations of `ops/adamW.ts`: the same bits. */
export function adamW(p: AdamW, scratch: usize, from: i32, to: i32): void {
  const decay = splat(p.decay);
  const factor = splat(p.factor);
  const beta1 = splat(p.beta1);
  const rest1 = splat(p.rest1);
  const beta2 = splat(p.beta2);
  const rest2 = splat(p.rest2);
  const correction = splat(p.correction);
  const epsilon = splat(p.epsilon);
  const rate = splat(p.rate);
  const end = bytes(min(to * p.grain, p.count));
  for (let j = bytes(from * p.grain); j < end; j += 16) {
    const g = mul(v128.load(p.gradients + j), factor);
    const m = add(mul(v128.load(p.first + j), beta1), mul(g, rest1));
    const v = add(mul(v128.load(p.second + j), beta2), mul(mul(g, g), rest2));
    const change = f32x4.div(m, add(f32x4.div(f32x4.sqrt(v), correction), epsilon));
    v128.store(p.parameters + j, sub(mul(v128.load(p.parameters + j), decay), mul(change, rate)));
    v128.store(p.first + j, m);
    v128.store(p.second + j, v);
  }
}
