import { exp, expMinusOne, tanh } from "./exponentials";
import { gemm } from "./gemm";
import { log } from "./log";
import { add, bytes, mul, splat, sub } from "./vector";

/** A layer of a multilayer perceptron. */
@unmanaged
export class MlpLayer {
  inputs: i32;
  outputs: i32;
  /** Packed weights `[inputs, outputs]`, their transpose, and the bias. */
  weight: usize;
  transposed: usize;
  bias: usize;
  /** The layer's results, `[rows, outputs]` for each of the stages, and the gradients of its sums: bytes from the start of the scratch memory. */
  y: usize;
  dSums: usize;
  /** Gradients of weights and bias: bytes from the start of those of all layers. */
  dWeight: usize;
  dBias: usize;
}

/** `y = x W + s` for `rows` rows; s is one row of sums if `sStep` is 0. */
@inline
export function layer(l: MlpLayer, y: usize, s: usize, sStep: usize, x: usize, rows: i32): void {
  gemm(y, bytes(l.outputs), s, sStep, x, bytes(l.inputs), l.weight, rows, l.outputs, l.inputs);
}

/** `dx = dy W^T` */
@inline
export function layerGradient(l: MlpLayer, dx: usize, dy: usize, rows: i32): void {
  const step = bytes(l.inputs);
  memory.fill(dx, 0, usize(rows) * step);
  gemm(dx, step, dx, step, dy, bytes(l.outputs), l.transposed, rows, l.inputs, l.outputs);
}

/** tanh (0), the positive part (1) or softplus (2) of `size` bytes of numbers, in place. */
export function activate(kind: i32, x: usize, size: usize): void {
  if (kind == 0) for (let j: usize = 0; j < size; j += 16) v128.store(x + j, tanh(v128.load(x + j)));
  else if (kind == 1) for (let j: usize = 0; j < size; j += 16) v128.store(x + j, positive(v128.load(x + j)));
  else for (let j: usize = 0; j < size; j += 16) v128.store(x + j, softplus(v128.load(x + j)));
}

/** Multiplies `size` bytes of gradients by the slopes of the activation, from its results. */
export function multiplySlopes(kind: i32, d: usize, y: usize, size: usize): void {
  const one = splat(1);
  for (let j: usize = 0; j < size; j += 16) {
    const result = v128.load(y + j);
    let slope: v128;
    if (kind == 0) slope = sub(one, mul(result, result));
    else if (kind == 1) slope = add(v128.and(one, f32x4.ne(result, splat(0))), sub(result, result)); // a NaN must come through
    else slope = f32x4.neg(expMinusOne(f32x4.neg(result)));
    v128.store(d + j, mul(v128.load(d + j), slope));
  }
}

/** pmax keeps a NaN, its first operand. */
@inline
function positive(x: v128): v128 {
  return f32x4.pmax(x, splat(0));
}

/** `log(1 + e^x) = max(x, 0) + log(1 + e^-|x|)` */
function softplus(x: v128): v128 {
  const e = exp(f32x4.neg(f32x4.abs(x)));
  let rest = splat(0);
  rest = f32x4.replace_lane(rest, 0, f32(log(1 + f64(f32x4.extract_lane(e, 0)))));
  rest = f32x4.replace_lane(rest, 1, f32(log(1 + f64(f32x4.extract_lane(e, 1)))));
  rest = f32x4.replace_lane(rest, 2, f32(log(1 + f64(f32x4.extract_lane(e, 2)))));
  rest = f32x4.replace_lane(rest, 3, f32(log(1 + f64(f32x4.extract_lane(e, 3)))));
  return f32x4.add(positive(x), rest);
}
