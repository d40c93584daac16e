import { exp, sigmoid, tanh } from "./exponentials";
import { bytes } from "./vector";

/** `e^x` of `count` numbers, a multiple of four. */
export function expAll(target: usize, source: usize, count: i32): void {
  for (let j: usize = 0; j < bytes(count); j += 16) v128.store(target + j, exp(v128.load(source + j)));
}

/** `1 / (1 + e^-x)` of `count` numbers, a multiple of four. */
export function sigmoidAll(target: usize, source: usize, count: i32): void {
  for (let j: usize = 0; j < bytes(count); j += 16) v128.store(target + j, sigmoid(v128.load(source + j)));
}

/** `tanh x` of `count` numbers, a multiple of four. */
export function tanhAll(target: usize, source: usize, count: i32): void {
  for (let j: usize = 0; j < bytes(count); j += 16) v128.store(target + j, tanh(v128.load(source + j)));
}

/** Arguments of {@link exponentialAll}. */
@unmanaged
export class ExponentialAll {
  target: usize;
  source: usize;
}

/** `e^x` of numbers `from` to `to`, both multiples of four. */
export function exponentialAll(p: ExponentialAll, scratch: usize, from: i32, to: i32): void {
  expAll(p.target + bytes(from), p.source + bytes(from), to - from);
}
