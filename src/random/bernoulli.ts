import { requireCount } from "./checks";
import type { RandomStream } from "./stream";

/** The bits of the float32 number 1. */
const ONE = 0x3f800000;

/**
 * Bernoulli draws, 1 with the given probability and else 0: 1 if a random 32-bit integer is below
 * round(probability 2^32). Probabilities 0 and 1 are exact.
 *
 * @throws if count is not a whole number, or probability is not in [0, 1]
 */
export function bernoulli(stream: RandomStream, count: number, probability: number): Float32Array {
  if (!(probability >= 0 && probability <= 1)) {
    throw new Error(`bernoulli: probability must be a number from 0 to 1, got ${probability}`);
  }
  const bits = stream.uint32(requireCount("bernoulli", count));
  const draws = new Float32Array(bits.buffer); // the random integers turn into draws in place
  const rounded = Math.round(probability * 0x100000000);
  if (rounded === 0x100000000) return draws.fill(1);
  const threshold = rounded | 0; // as a 32-bit pattern
  for (let i = 0; i < count; i++) {
    const u = bits[i]!;
    // The top bit says u < threshold. A comparison would become a branch, mispredicted at every other draw.
    const below = (~u & threshold) | ((~u | threshold) & (u - threshold));
    bits[i] = (below >> 31) & ONE;
  }
  return draws;
}
