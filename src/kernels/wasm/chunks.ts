/** Multiply-adds that are worth waking a thread for. */
const WORTH = 2 ** 19;

/** How the rows of a result may be split. */
export interface Rows {
  readonly count: number;
  /** Rows that are computed at a time, at most. */
  readonly grain: number;
  /** What the rows of a chunk must be a multiple of. @default none, but blocks of 6 and even numbers are fast */
  readonly unit?: number;
  /** Multiply-adds of one row. @default 0: not to be split among threads */
  readonly cost?: number;
}

/** Chunks of about the same size, as many for each of the threads that are worth it. */
export function chunksOf({ count, grain, unit, cost = 0 }: Rows, threads: number) {
  const worth = Math.max(1, Math.min(threads, Math.floor((count * cost) / WORTH)));
  const wanted = worth * Math.ceil(count / (worth * grain));
  const even = count / wanted < 36 ? 2 : 6;
  const used = unit ?? even;
  return { unit: used, chunks: Math.min(wanted, Math.ceil(count / used)) };
}
