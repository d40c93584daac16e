import { requireCount } from "./checks";
import type { RandomStream } from "./stream";

/**
 * Uniform draws from (0, 1): the odd multiples of 2^-33, so neither 0 nor 1 occurs.
 *
 * @throws if count is not a whole number
 */
export function uniform(stream: RandomStream, count: number): Float64Array {
  const bits = stream.uint32(requireCount("uniform", count));
  const draws = new Float64Array(count);
  for (let i = 0; i < count; i++) draws[i] = (bits[i]! + 0.5) / 0x100000000;
  return draws;
}
