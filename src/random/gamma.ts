import { exp, log } from "./arithmetic";
import type { RandomBlock } from "./block";
import { requireCount, requirePositive } from "./checks";
import { normalQuantile } from "./normalQuantile";
import type { RandomStream } from "./stream";

/**
 * Gamma draws with density x^(shape - 1) e^-x / Gamma(shape): mean and variance are both `shape`.
 * Draws of very small shapes (below about 0.03) can be too small for a double, and are then 0.
 *
 * Source: Marsaglia and Tsang 2000, ACM Transactions on Mathematical Software 26(3).
 *
 * @throws if count is not a whole number, or shape is not finite and above 0
 */
export function gamma(stream: RandomStream, count: number, shape: number): Float64Array {
  requirePositive("gamma", "shape", shape);
  const draws = new Float64Array(requireCount("gamma", count));
  const block = stream.block();
  for (let i = 0; i < count; i++) {
    draws[i] =
      shape < 1 ? oneGamma(block, shape + 1) * exp(log(block.uniform()) / shape) : oneGamma(block, shape);
  }
  return draws;
}

/**
 * One draw for shape >= 1: d (1 + c z)^3 for a normal z, accepted with the probability that makes it exact.
 */
function oneGamma(block: RandomBlock, shape: number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const z = normalQuantile(block.uniform());
    const root = 1 + c * z;
    if (root <= 0) continue;
    const v = root * root * root;
    const u = block.uniform();
    const zz = z * z;
    if (u < 1 - 0.0331 * zz * zz) return d * v; // a cheap bound, true for nearly all
    if (log(u) < 0.5 * zz + d * (1 - v + log(v))) return d * v;
  }
}
