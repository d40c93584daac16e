import { requireCount } from "./checks";
import type { RandomStream } from "./stream";

/**
 * Bernoulli draws, 1 with the given probability and else 0: 1 if a random 32-bit integer is below
 * round(probability 2^32). Probabilities 0 and 1 are exact.
 *
 * @param value another number in the place of 1
 * @throws if count is not a whole number, or probability is not in [0, 1]
 */
export function bernoulli(stream: RandomStream, count: number, probability: number, value = 1): Float32Array {
  const limit = bernoulliThreshold(probability);
  const bits = stream.uint32(requireCount("bernoulli", count));
  const draws = new Float32Array(bits.buffer); // the random integers turn into draws in place
  if (limit === 0x100000000) return draws.fill(value);
  const threshold = limit | 0; // as a 32-bit pattern
  const hit = new Int32Array(Float32Array.of(value).buffer)[0]!;
  for (let i = 0; i < count; i++) {
    const u = bits[i]!;
    // The top bit says u < threshold. A comparison would become a branch, mispredicted at every other draw.
    const below = (~u & threshold) | ((~u | threshold) & (u - threshold));
    bits[i] = (below >> 31) & hit;
  }
  return draws;
}

/**
 * The number that random integers must be below, 0 to 2^32.
 *
 * @throws if probability is not in [0, 1]
 */
export function bernoulliThreshold(probability: number): number {
  if (!(probability >= 0 && probability <= 1)) {
    throw new Error(`bernoulli: probability must be a number from 0 to 1, got ${probability}`);
  }
  return Math.round(probability * 0x100000000);
}
