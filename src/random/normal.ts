import { requireCount } from "./checks";
import { normalQuantile } from "./normalQuantile";
import type { RandomStream } from "./stream";

/**
 * Normal draws: mean + sd z, z = quantile((u + 1/2) / 2^32) for a random 32-bit integer u. |z| reaches 6.3.
 *
 * @param mean of the draws, 0 by default
 * @param sd standard deviation; 1 by default; 0 gives the mean
 * @throws if count is not a whole number, or mean or sd is not finite, or sd is negative
 */
export function normal(stream: RandomStream, count: number, mean = 0, sd = 1): Float32Array {
  if (!Number.isFinite(mean)) throw new Error(`normal: mean must be a finite number, got ${mean}`);
  if (!(Number.isFinite(sd) && sd >= 0)) {
    throw new Error(`normal: sd must be a finite number, not negative, got ${sd}`);
  }
  const bits = stream.uint32(requireCount("normal", count));
  const draws = new Float32Array(count);
  for (let i = 0; i < count; i++) draws[i] = mean + sd * normalQuantile((bits[i]! + 0.5) / 0x100000000);
  return draws;
}
