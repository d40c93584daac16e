/** Chunks for a thread, and rows of one of them, that let threads make up for each other's delays. */
const SEVERAL = 3;
const LEAST = 16;
/** Units of a chunk, on average, that let chunks taper. */
const FINE = 4;

/** How the rows of a result may be split. */
export interface Split {
  readonly count: number;
  /** Rows of a chunk, at most: a multiple of the unit, and of six where that is left open. @default what gives each thread three */
  readonly grain?: number;
  /** What the rows of every chunk but the last must be a multiple of. @default a number of rows that products are fast in */
  readonly unit?: number;
  /** Multiply-adds of a row. */
  readonly cost: number;
}

/**
 * As many chunks for each of the threads that are worth it. If there are several for each, they may get smaller, from 1.5 times
 * their mean to half of it: what a late thread leaves, others take.
 *
 * @param least multiply-adds that are worth a thread
 */
export function chunksOf({ count, grain, unit: asked, cost }: Split, threads: number, least: number) {
  const worth = Math.max(1, Math.min(threads, Math.floor((count * cost) / least)));
  const each = (most: number) => Math.ceil(count / (worth * most));
  const several = worth > 1 && (!grain || count >= worth * SEVERAL * LEAST);
  const even = grain ? each(several ? grain / 1.5 : grain) : 1;
  const wanted = worth * (several ? Math.max(SEVERAL, even) : even);
  // A product takes blocks of six rows, what they leave over in blocks of four.
  const unit = asked ?? (count / wanted < 36 ? 2 : 6);
  const units = Math.ceil(count / unit);
  const chunks = Math.min(wanted, units);
  return { unit, chunks, tapered: several && units >= FINE * chunks ? 1 : 0 };
}
