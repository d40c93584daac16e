import { below } from "../random/integers";
import type { RandomStream } from "../random/stream";

/** The random numbers that a search decides with. */
export interface SearchDraws {
  /** A number from (0, 1). */
  uniform(): number;
  /** One of 0, ..., count - 1. */
  integer(count: number): number;
  /** 0, ..., count - 1 in random order. */
  permutation(count: number): readonly number[];
}

/** Draws from the next block of a stream: the same numbers on every engine. */
export function searchDraws(stream: RandomStream): SearchDraws {
  const block = stream.block();
  const integer = (count: number) => below(block, count);
  return {
    uniform: () => block.uniform(),
    integer,
    permutation(count) {
      const order = Array.from({ length: count }, (_, i) => i);
      for (let i = count - 1; i > 0; i--) {
        const j = integer(i + 1);
        [order[i], order[j]] = [order[j]!, order[i]!];
      }
      return order;
    },
  };
}
