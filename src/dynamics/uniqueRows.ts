/** Rows that stand for others within a distance. */
export interface UniqueRow {
  /** The one of lowest q. */
  readonly row: number;
  /** All rows that it stands for, itself included. */
  readonly members: readonly number[];
}

/**
 * Merges states that are closer than `distance`: in the order of q, each joins the first that is near enough.
 *
 * @param states `[rows, size]`
 * @param q `[rows]`; rows where it is not finite are left out
 */
export function uniqueRows(
  states: Float32Array,
  q: ArrayLike<number>,
  size: number,
  distance: number,
): UniqueRow[] {
  const order = Array.from(q, (_, row) => row)
    .filter((row) => Number.isFinite(q[row]))
    .sort((a, b) => q[a]! - q[b]! || a - b);
  const unique: { row: number; members: number[] }[] = [];
  for (const row of order) {
    const near = unique.find((one) => squaredDistance(states, one.row, row, size) < distance * distance);
    if (near) near.members.push(row);
    else unique.push({ row, members: [row] });
  }
  return unique;
}

function squaredDistance(states: Float32Array, a: number, b: number, size: number): number {
  let sum = 0;
  for (let k = 0; k < size; k++) sum += (states[a * size + k]! - states[b * size + k]!) ** 2;
  return sum;
}
