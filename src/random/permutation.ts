import { requireCount } from "./checks";
import { below } from "./integers";
import type { RandomStream } from "./stream";

/**
 * The integers 0, ..., count - 1 in random order, all orders equally likely (Fisher-Yates).
 *
 * @throws if count is not a whole number
 */
export function permutation(stream: RandomStream, count: number): Uint32Array {
  const order = new Uint32Array(requireCount("permutation", count)).map((_, i) => i);
  const block = stream.block();
  for (let i = count - 1; i > 0; i--) {
    const j = below(block, i + 1);
    const kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
  return order;
}
