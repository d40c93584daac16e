import type { RandomBlock } from "./block";
import { requireCount } from "./checks";
import type { RandomStream } from "./stream";

/**
 * Integers low, ..., highExclusive - 1, all equally likely (no bias from the size of the range).
 *
 * @param low from -2^31
 * @param highExclusive up to 2^31, above low
 * @throws if count is not a whole number, or the bounds are not integers as above
 */
export function integers(
  stream: RandomStream,
  count: number,
  low: number,
  highExclusive: number,
): Int32Array {
  const inRange = (bound: number) => Number.isInteger(bound) && Math.abs(bound) <= 0x80000000;
  if (!inRange(low) || !inRange(highExclusive) || low >= highExclusive) {
    throw new Error(
      `integers: bounds must be integers from -2^31 to 2^31, low below highExclusive, got ${low} and ${highExclusive}`,
    );
  }
  const draws = new Int32Array(requireCount("integers", count));
  const block = stream.block();
  for (let i = 0; i < count; i++) draws[i] = low + below(block, highExclusive - low);
  return draws;
}

/**
 * An integer from 0 to range - 1, range <= 2^32: which of `range` equal pieces of the 2^32 integers is hit.
 */
export function below(block: RandomBlock, range: number): number {
  const piece = Math.floor(0x100000000 / range);
  for (;;) {
    const draw = Math.floor(block.uint32() / piece);
    if (draw < range) return draw; // else it fell into the rest that cannot be shared out evenly
  }
}
