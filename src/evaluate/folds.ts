import { permutation } from "../random/permutation";
import type { RandomStream } from "../random/stream";

/**
 * Deals groups of rows (say, the bins of one trial) into folds of equal numbers of groups; the first folds take the rest.
 *
 * @param groups the group of every row; rows of one group stay together
 * @param folds number of folds, at least 2
 * @param stream shuffles the groups; without it, folds are contiguous in the order in which groups first appear
 * @returns row numbers of every fold
 * @throws if there are fewer groups than folds
 */
export function groupFolds(groups: ArrayLike<number>, folds: number, stream?: RandomStream): Int32Array[] {
  const order = new Map<number, number>();
  for (let row = 0; row < groups.length; row++) {
    if (!order.has(groups[row]!)) order.set(groups[row]!, order.size);
  }
  const count = order.size;
  if (!Number.isInteger(folds) || folds < 2 || folds > count) {
    throw new RangeError(
      `groupFolds: folds must be an integer from 2 to the number of groups, ${count}, got ${folds}`,
    );
  }
  const place = stream ? permutation(stream, count) : Uint32Array.from({ length: count }, (_, i) => i);
  const foldAt = new Int32Array(count);
  for (let fold = 0, at = 0; fold < folds; fold++) {
    const size = Math.floor(count / folds) + (fold < count % folds ? 1 : 0);
    foldAt.fill(fold, at, at + size);
    at += size;
  }
  const rows: number[][] = Array.from({ length: folds }, () => []);
  for (let row = 0; row < groups.length; row++) rows[foldAt[place[order.get(groups[row]!)!]!]!]!.push(row);
  return rows.map((members) => Int32Array.from(members));
}
