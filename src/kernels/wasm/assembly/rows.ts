import { add, mul } from "./vector";

/** Adds `size` bytes of numbers. */
@inline
export function addTo(target: usize, source: usize, size: usize): void {
  for (let j: usize = 0; j < size; j += 16) {
    v128.store(target + j, add(v128.load(target + j), v128.load(source + j)));
  }
}

/** Products of `size` bytes of numbers; either source may be the target. */
@inline
export function multiply(target: usize, a: usize, b: usize, size: usize): void {
  for (let j: usize = 0; j < size; j += 16) {
    v128.store(target + j, mul(v128.load(a + j), v128.load(b + j)));
  }
}
