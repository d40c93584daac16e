/** Multiply-adds that are worth a thread. */
const WORTH = 2 ** 19;

/** How the rows of a result may be split. */
export interface Split {
  readonly count: number;
  /** Rows of a chunk, at most: a multiple of the unit, and of six where that is 1. */
  readonly grain: number;
  /** What the rows of every chunk but the last must be a multiple of; 1 for rows of products, of which some numbers are faster. */
  readonly unit: number;
  /** Multiply-adds of a row. */
  readonly cost: number;
}

/** Chunks of about the same size, as many for each of the threads that are worth it. */
export function chunksOf({ count, grain, unit: least, cost }: Split, threads: number) {
  const worth = Math.max(1, Math.min(threads, Math.floor((count * cost) / WORTH)));
  const chunks = worth * Math.ceil(count / (worth * grain));
  // A product takes blocks of six rows, what they leave over in blocks of four.
  const fast = count / chunks < 36 ? 2 : 6;
  const unit = least === 1 ? fast : least;
  return { unit, chunks: Math.min(chunks, Math.ceil(count / unit)) };
}
